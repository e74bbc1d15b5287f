import type { EventToAppend, RecordedEvent } from '@vouch/event-store'
import type { Outcome } from '@vouch/ingestion'
import type { Item } from './items.ts'
import type { Log } from './log.ts'

const publication = 'vouch.program.published.v1'

/** Every answer that was given to a producer, held to the log: at once, and again when all is over. */
export class Answers {
  readonly #log: Log
  readonly #wrong: (why: string) => void
  /** Position by identity, of what was acknowledged as in the log. */
  readonly #acknowledged = new Map<string, bigint>()
  readonly #rejected = new Set<string>()
  readonly #appended = new Set<string>()
  #count = 0

  /** @param wrong is told of an answer that is not true */
  constructor(log: Log, wrong: (why: string) => void) {
    this.#log = log
    this.#wrong = wrong
  }

  /** An event that came before its time, or terms that could not be; nothing else is rejected. */
  wasRejected({ identity }: EventToAppend): boolean {
    return this.#rejected.has(identity)
  }

  get count(): number {
    return this.#count
  }

  /** @param askedAt ms since the epoch, UTC */
  note(item: Item, outcome: Outcome | undefined, askedAt: number): void {
    this.#count++
    if (outcome === undefined) return this.#wrong(`${String(item.wire.id)} was given no answer`)
    const why = this.#problemOf(item, outcome, askedAt)
    if (why !== undefined) this.#wrong(`the answer ${outcome.outcome} to ${String(item.wire.id)} is not true: ${why}`)
  }

  /** What was acknowledged is in the log, once and where it was said to be. */
  check(): void {
    const places = new Map<string, bigint[]>()
    for (const event of this.#log.events) {
      const name = `${event.source} ${event.id} ${event.contentHash}`
      places.set(name, [...(places.get(name) ?? []), event.position])
    }
    for (const [name, at] of places) if (at.length > 1) this.#wrong(`${name} is in the log at ${at.join(' and ')}`)
    for (const [identity, position] of this.#acknowledged) {
      const found = this.#log.at(position)
      if (found?.identity !== identity) this.#wrong(`${identity} was acknowledged and is not at ${position} of the log`)
    }
  }

  #problemOf({ event }: Item, outcome: Outcome, askedAt: number): string | undefined {
    if (event === undefined) return outcome.outcome === 'rejected' ? undefined : 'it is no event'
    switch (outcome.outcome) {
      case 'rejected':
        this.#rejected.add(event.identity)
        return event.type === publication || (outcome.field === 'time' && event.time > askedAt)
          ? undefined
          : `it is an event; ${outcome.field} ${outcome.reason}`
      case 'conflict':
        return this.#conflict(event, outcome.existing)
      case 'appended':
        if (this.#appended.has(event.identity)) return 'another was told the same'
        this.#appended.add(event.identity)
        return this.#present(event, outcome.position)
      case 'duplicate':
        return this.#present(event, outcome.position)
    }
  }

  #present(event: EventToAppend, position: bigint): string | undefined {
    const found = this.#log.at(position)
    if (found === undefined) return `the log has no position ${position}`
    // Terms that equal a version are a duplicate of that version's own event.
    if (event.type === publication && found.type === publication && found.data === event.data) return undefined
    if (found.identity !== event.identity) return `position ${position} of the log has ${found.identity}`
    if (found.contentHash !== event.contentHash) return `position ${position} of the log has other content`
    this.#acknowledged.set(event.identity, position)
    return undefined
  }

  #conflict(event: EventToAppend, existing: RecordedEvent): string | undefined {
    const found = this.#log.at(existing.position)
    if (found?.identity !== event.identity) return `position ${existing.position} of the log does not have it`
    return found.contentHash === event.contentHash ? 'the log has the very same' : undefined
  }
}
