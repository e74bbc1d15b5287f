import type { EventStore } from '@vouch/event-store'
import type { Slot } from '@vouch/warehouse'
import type { Folding } from './folding.ts'
import { Gate } from './gate.ts'
import {
  type GenerationParts,
  madeByOf,
  nextGeneration,
  openGeneration,
  removeState,
  reopenGeneration,
  sweep,
} from './generations.ts'
import type { FoldState } from './projection.ts'
import type { DurableState } from './sqlite-state.ts'
import { compareGenerations, type Difference } from './verify.ts'

export interface ProjectorParts extends GenerationParts {
  readonly store: EventStore
  /** ms since the epoch, UTC; for lag and the time of publication alone, never for what the rows say. */
  readonly clock: () => number
  readonly batchSize?: number
  /** Rows to hold before they are written, while catching up. */
  readonly flushRows?: number
  /** Least time between two writes while live, ms: fewer, larger parts. */
  readonly minFlushMs?: number
}

export interface Progress {
  readonly position: bigint
  readonly head: bigint
  readonly lagMs: number
}

export interface Verification {
  readonly position: bigint
  /** How many tables were compared. */
  readonly tables: number
  readonly differences: readonly Difference[]
}

export type OnProgress = (done: bigint, head: bigint) => void

/**
 * The runtime of the projections: reads the log in order, folds, writes rows, stores the checkpoint, and then moves the
 * one pointer that readers follow. It may be stopped at any instruction: what was written and not checkpointed is written
 * again, the same, and rows past the pointer are not seen.
 */
export class Projector {
  readonly #parts: ProjectorParts
  /** Around every step on the live generation. */
  readonly #gate = new Gate()
  /** Around what builds a generation beside it: one at a time. */
  readonly #upkeep = new Gate()
  readonly #waiting = new Set<{
    readonly position: bigint
    readonly resolve: () => void
    readonly reject: (error: unknown) => void
  }>()
  #live: { folding: Folding; state: DurableState }
  #published: Progress = { position: 0n, head: 0n, lagMs: 0 }
  #failure: unknown

  private constructor(parts: ProjectorParts, live: { folding: Folding; state: DurableState }) {
    this.#parts = parts
    this.#live = live
  }

  /**
   * Opens the live generation at its checkpoint and clears away what a crash left behind. A generation that is missing, or
   * was made by other code, is not used: the tables are then rebuilt from the log beside it.
   */
  static async open(
    parts: ProjectorParts,
    options: { needsRebuild?: boolean; onRebuild?: OnProgress } = {},
  ): Promise<Projector> {
    const published = await parts.warehouse.published('live')
    const asof = await parts.warehouse.published('asof')
    const generation = published?.generation ?? (await nextGeneration(parts))
    const live = reopenGeneration(parts, generation)
    const projector = new Projector(parts, live)
    if (published) projector.#published = published
    await sweep(parts, new Set([generation, ...(asof ? [asof.generation] : [])]))
    const lost = published !== undefined && published.position > 0n && live.state.position === 0n
    const stale = live.state.madeBy !== madeByOf(parts.projections)
    if (options.needsRebuild || lost || stale) await projector.rebuild(options.onRebuild)
    else await projector.#publish('live', live.folding)
    return projector
  }

  get #batchSize(): number {
    return this.#parts.batchSize ?? 5_000
  }

  /** What is published, and how far the log is ahead of it now. */
  async progress(): Promise<Progress> {
    const head = await this.#parts.store.head()
    const { position, lagMs } = this.#published
    return { position, head, lagMs: head > position ? Math.max(lagMs, this.#lagMs(head, this.#live.folding)) : 0 }
  }

  /** Why it stopped, if it did. */
  get failure(): unknown {
    return this.#failure
  }

  /** The live fold's state of one projection, to read between events. */
  state(projection: string): Pick<FoldState, 'get' | 'members' | 'keys'> {
    const own = (kind: string) => `${projection}.${kind}`
    return {
      get: (kind, key) => this.#live.state.get(own(kind), key),
      members: (index, key) => this.#live.state.members(own(index), key),
      keys: (kind, prefix) => this.#live.state.keys(own(kind), prefix),
    }
  }

  /** Folds up to the log's present head and returns. */
  async catchUp(onProgress?: OnProgress, signal?: AbortSignal): Promise<void> {
    await this.#gate.enter(() => this.#foldTo(this.#live.folding, undefined, 'live', onProgress, signal))
  }

  /** Follows the log until the signal is aborted. The subscription wakes it; what it folds it reads by its own position. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, minFlushMs = 200, clock } = this.#parts
    try {
      await this.catchUp(undefined, signal)
      let lastFlush = clock()
      for await (const batch of store.subscribe(this.#live.folding.position, signal, this.#batchSize)) {
        if ((batch.at(-1)?.position ?? 0n) <= this.#live.folding.position) continue
        await pause(Math.min(minFlushMs, lastFlush + minFlushMs - clock()), signal)
        if (signal.aborted) break
        lastFlush = clock()
        await this.catchUp(undefined, signal)
      }
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  /** Resolves when the tables are complete up to a position; rejects if the projector stops before. */
  reached(position: bigint): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#published.position >= position) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiting.add({ position, resolve, reject }))
  }

  /** All tables anew from the log, beside the live ones; then the pointer moves. Until then readers see the old. */
  rebuild(onProgress?: OnProgress, signal?: AbortSignal): Promise<{ generation: number; position: bigint }> {
    return this.#upkeep.enter(() => this.#rebuild(onProgress, signal))
  }

  /** What was known at a position, in the slot `asof`. */
  rebuildTo(position: bigint, onProgress?: OnProgress, signal?: AbortSignal): Promise<bigint> {
    return this.#upkeep.enter(() => this.#rebuildTo(position, onProgress, signal))
  }

  /** Folds the log again beside the live tables and says where the two differ. */
  verify(onProgress?: OnProgress, signal?: AbortSignal): Promise<Verification> {
    return this.#upkeep.enter(() => this.#verify(onProgress, signal))
  }

  async #rebuild(onProgress?: OnProgress, signal?: AbortSignal): Promise<{ generation: number; position: bigint }> {
    const next = await this.#build(undefined, onProgress, signal)
    return this.#gate.enter(async () => {
      try {
        await this.#foldTo(next.folding, undefined, undefined, onProgress, signal)
        signal?.throwIfAborted()
      } catch (error) {
        await this.#discard(next)
        throw error
      }
      const old = this.#live
      await this.#publish('live', next.folding)
      this.#live = next
      await this.#discard(old)
      return { generation: next.folding.generation, position: next.folding.position }
    })
  }

  async #rebuildTo(position: bigint, onProgress?: OnProgress, signal?: AbortSignal): Promise<bigint> {
    const before = await this.#parts.warehouse.published('asof')
    const next = await this.#build(position, onProgress, signal)
    await this.#publish('asof', next.folding)
    next.folding.close()
    removeState(this.#parts.folder, next.folding.generation)
    if (before) await this.#parts.warehouse.dropGeneration(before.generation)
    return next.folding.position
  }

  async #verify(onProgress?: OnProgress, signal?: AbortSignal): Promise<Verification> {
    await this.catchUp(undefined, signal)
    const { position } = this.#published
    const next = await this.#build(position, onProgress, signal)
    try {
      const { warehouse } = this.#parts
      const differences = await compareGenerations(
        warehouse,
        this.#live.folding.generation,
        next.folding.generation,
        position,
      )
      return { position, tables: warehouse.tables().length, differences }
    } finally {
      await this.#discard(next)
    }
  }

  /** Waits for the step under way and closes the state; the store and the warehouse are the caller's. */
  async close(): Promise<void> {
    await this.#gate.enter(async () => this.#live.folding.close())
    this.#fail(new Error('the projector was closed'))
  }

  async #build(to: bigint | undefined, onProgress?: OnProgress, signal?: AbortSignal) {
    const next = openGeneration(this.#parts, await nextGeneration(this.#parts))
    try {
      await this.#foldTo(next.folding, to, undefined, onProgress, signal)
      signal?.throwIfAborted()
      return next
    } catch (error) {
      await this.#discard(next)
      throw error
    }
  }

  async #discard({ folding }: { folding: Folding }): Promise<void> {
    folding.close()
    await this.#parts.warehouse.dropGeneration(folding.generation)
    removeState(this.#parts.folder, folding.generation)
  }

  /** Folds from where a generation stands to a position (default: the head), flushing as it goes. */
  async #foldTo(
    folding: Folding,
    to: bigint | undefined,
    slot: Slot | undefined,
    onProgress?: OnProgress,
    signal?: AbortSignal,
  ): Promise<void> {
    const { store, flushRows = 100_000 } = this.#parts
    const head = await store.head()
    for await (const batch of store.readAll(folding.position, this.#batchSize)) {
      if (signal?.aborted) break
      const wanted = to === undefined ? batch : batch.filter((event) => event.position <= to)
      folding.fold(wanted)
      if (folding.bufferedRows >= flushRows) {
        await folding.flush()
        if (slot) await this.#publish(slot, folding)
      }
      onProgress?.(folding.position, to === undefined || head < to ? head : to)
      if (wanted.length < batch.length) break
      await immediate()
    }
    await folding.flush()
    if (slot) await this.#publish(slot, folding)
  }

  /** A state that a power loss took back is behind what readers see already; the pointer waits until it has caught up. */
  async #publish(slot: Slot, folding: Folding): Promise<void> {
    const { warehouse, store, clock } = this.#parts
    const position = folding.flushedTo
    const same = slot === 'live' && folding === this.#live.folding
    if (same && position < this.#published.position) return
    const head = await store.head()
    const lagMs = this.#lagMs(head, folding)
    const known = same && position === this.#published.position && head === this.#published.head && position > 0n
    if (!known) {
      await warehouse.publish(slot, { generation: folding.generation, position, head, lagMs, publishedAt: clock() })
    }
    if (slot === 'live') this.#announce({ position, head, lagMs })
  }

  #announce(published: Progress): void {
    this.#published = published
    for (const waiter of this.#waiting) {
      if (waiter.position > published.position) continue
      this.#waiting.delete(waiter)
      waiter.resolve()
    }
  }

  #lagMs(head: bigint, folding: Folding): number {
    if (head <= folding.position || folding.recordedAt === undefined) return 0
    return Math.max(0, this.#parts.clock() - folding.recordedAt)
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    for (const waiter of this.#waiting) waiter.reject(error)
    this.#waiting.clear()
  }
}

/** Lets whatever else the process does have its turn. */
const immediate = () => new Promise<void>((resolve) => setImmediate(resolve))

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
