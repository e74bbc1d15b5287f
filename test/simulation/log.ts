import { type EventStore, openMemoryStore, type RecordedEvent } from '@vouch/event-store'

/** The log that all processes of a simulation share, one after the other, and that outlives them. */
export class Log {
  /** The store in memory: durable here, since it is never closed. */
  readonly store: EventStore = openMemoryStore()
  readonly #events: RecordedEvent[] = []
  readonly #byIdentity = new Map<string, RecordedEvent>()
  readonly #watchers: ((event: RecordedEvent) => void)[] = []
  readonly #waiting = new Set<() => void>()

  get head(): bigint {
    return BigInt(this.#events.length)
  }

  /** All events so far, in their order. */
  get events(): readonly RecordedEvent[] {
    return this.#events
  }

  find(identity: string): RecordedEvent | undefined {
    return this.#byIdentity.get(identity)
  }

  at(position: bigint): RecordedEvent | undefined {
    return this.#events[Number(position) - 1]
  }

  /** Calls back with each event that is appended from now on. */
  watch(watcher: (event: RecordedEvent) => void): void {
    this.#watchers.push(watcher)
  }

  /** To be called after each append. */
  async grown(): Promise<void> {
    for await (const batch of this.store.readAll(this.head)) {
      for (const event of batch) {
        this.#events.push(event)
        this.#byIdentity.set(event.identity, event)
        for (const watcher of this.#watchers) watcher(event)
      }
      break
    }
    for (const wake of [...this.#waiting]) wake()
  }

  /** Resolves when something has been appended, or the signal is aborted. */
  growth(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
      if (signal.aborted) wake()
    })
  }
}
