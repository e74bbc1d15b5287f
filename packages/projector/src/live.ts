import { type EventStore, eventAt, lagBehind } from '@vouch/event-store'
import type { Published } from '@vouch/warehouse'
import { advance, type OnFolded, type OnProgress, type Way } from './advance.ts'
import { FoldError } from './folding.ts'
import { Gate } from './gate.ts'
import {
  type Generation,
  type GenerationParts,
  madeByOf,
  nextGeneration,
  openGeneration,
  removeState,
} from './generations.ts'
import type { Breathe } from './slices.ts'
import { Waiters } from './waiters.ts'

export interface LiveParts extends GenerationParts {
  readonly store: EventStore
  /** ms since the epoch, UTC; for lag and the time of publication alone, never for what the rows say. */
  readonly clock: () => number
  /** Events that are read and folded at once; default 1,000. */
  readonly batchSize?: number | undefined
  /** How much to fold between two checkpoints, in events and changed values; default 100,000. */
  readonly checkpointAfter?: number | undefined
  /** Told of what the live generation folds, at least once, for whoever else wants to see the log go by. */
  readonly onFolded?: OnFolded | undefined
}

export interface Progress {
  /** The tables are complete up to this log position. */
  readonly position: bigint
  /** The newest position of the log. */
  readonly head: bigint
  /** How long the oldest event that the tables lack has been waiting; 0 when they lack none. */
  readonly lagMs: number
}

/** Another process has put a later generation live: what this one writes is seen by nobody. It stays so until a restart. */
export class Superseded extends Error {
  override readonly name = 'Superseded'

  constructor(own: number, live: number) {
    super(
      `Another process has put generation ${live} live in this warehouse, in place of generation ${own} of this one, which has stopped folding. Stop one of the two; started anew, this one would make a generation of its own and take over.`,
    )
  }
}

/**
 * The generation that readers see, and the pointer that they follow. One step at a time. After a failed one the
 * generation is opened again at its checkpoint, by the same code that a start-up runs.
 */
export class Live {
  readonly #parts: LiveParts
  readonly #breathe: Breathe
  readonly #gate = new Gate()
  readonly #waiters = new Waiters()
  #generation: Generation | undefined
  #shown: Progress & { readonly generation: number } = { generation: 0, position: 0n, head: 0n, lagMs: 0 }
  /** Generations up to this one may not be used on. */
  #staleUpTo = 0
  #failure: unknown
  #closed: Error | undefined
  #superseded: Superseded | undefined

  constructor(parts: LiveParts, breathe: Breathe) {
    this.#parts = parts
    this.#breathe = breathe
  }

  /** @throws Error while it waits to be opened again after a failure */
  get generation(): Generation {
    if (this.#generation) return this.#generation
    throw this.#closed ?? new Error('the state of the projections is not open', { cause: this.#failure })
  }

  /** The newest position that readers see. */
  get position(): bigint {
    return this.#shown.position
  }

  /** Why it stopped, until it goes on. */
  get failure(): unknown {
    return this.#failure
  }

  /** Opens the generation that is published, unless it is open. Resolves with whether it must be rebuilt, not used. */
  ensureOpen(): Promise<boolean> {
    return this.#gate.enter(async () => {
      this.#assertInForce()
      const { folding } = this.#generation ?? (await this.#open())
      return folding.generation <= this.#staleUpTo
    })
  }

  /** The generation that is open lacks something that is not to be seen from here. */
  markStale(): void {
    this.#staleUpTo = this.generation.folding.generation
  }

  /** Folds up to the log's present head, or until it is stopped, and shows it. */
  catchUp(stop: AbortSignal, onProgress?: OnProgress): Promise<void> {
    return this.#step(async (generation) => {
      const head = await this.#parts.store.head()
      await this.#foldTo(generation, head, stop, onProgress)
    })
  }

  /** Shows what is flushed. */
  show(): Promise<void> {
    return this.#step((generation) => this.#publish(generation))
  }

  /** Puts another generation in the place of this one, once it has come as far as the log. */
  replace(next: Generation, stop: AbortSignal, onProgress?: OnProgress): Promise<void> {
    return this.#gate.enter(async () => {
      this.#assertInForce()
      await advance(this.wayOf(next, await this.#parts.store.head(), stop, onProgress))
      stop.throwIfAborted()
      const old = this.#generation
      try {
        await this.#publish(next)
      } catch (error) {
        // Whether the pointer has moved is not known; opening finds out.
        await next.folding.close()
        await this.#reopen()
        throw error
      }
      this.#generation = next
      await old?.folding.close()
    })
  }

  /** How a generation that nobody sees yet gets to a position; without one, to the head of the log. */
  wayOf({ folding }: Generation, to: bigint | undefined, stop: AbortSignal, onProgress?: OnProgress): Way {
    const { store, batchSize, checkpointAfter } = this.#parts
    return { store, folding, to, stop, batchSize, checkpointAfter, onProgress, flush: () => folding.flush(0n) }
  }

  /** What is shown, and how far the log is ahead of it now. */
  async progress(): Promise<Progress> {
    return this.progressAt(this.#shown.position)
  }

  async progressAt(position: bigint): Promise<Progress> {
    const { store, clock } = this.#parts
    return { position, ...(await lagBehind(store, position, clock)) }
  }

  /** Resolves when readers see a position; rejects if this fails or is stopped before. */
  reached(position: bigint): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#shown.position >= position) return Promise.resolve()
    return this.#waiters.wait(position)
  }

  /** Nothing more is to come for now. */
  stopped(): void {
    this.#waiters.fail(new Error('the projection was stopped before it came so far'))
  }

  failed(error: unknown): void {
    this.#failure = error
    this.#waiters.fail(error)
  }

  close(error: Error): Promise<void> {
    return this.#gate.enter(async () => {
      this.#closed = error
      await this.#generation?.folding.close()
      this.#generation = undefined
      this.failed(error)
    })
  }

  #assertInForce(): void {
    if (this.#closed) throw this.#closed
    if (this.#superseded) throw this.#superseded
  }

  #step(use: (generation: Generation) => Promise<void>): Promise<void> {
    return this.#gate.enter(async () => {
      this.#assertInForce()
      const generation = this.#generation ?? (await this.#open())
      if (generation.folding.generation <= this.#staleUpTo) throw new Error('the tables must be rebuilt first')
      try {
        await use(generation)
      } catch (error) {
        await this.#reopen()
        if (error instanceof FoldError) await this.#foldUpTo(error)
        throw error
      }
    })
  }

  async #foldTo(generation: Generation, to: bigint, stop: AbortSignal, onProgress?: OnProgress): Promise<void> {
    const flush = async () => {
      await generation.folding.flush(this.#shown.position)
      await this.#publish(generation)
    }
    await advance({ ...this.wayOf(generation, to, stop, onProgress), flush, onFolded: this.#parts.onFolded })
  }

  /** What cannot be folded keeps readers from what comes after it, not from what was before. */
  async #foldUpTo({ position }: FoldError): Promise<void> {
    const generation = this.#generation
    if (generation === undefined || generation.folding.generation <= this.#staleUpTo) return
    try {
      await this.#foldTo(generation, position - 1n, new AbortController().signal)
    } catch {
      await this.#reopen()
    }
  }

  /** A state that a power loss took back is behind what readers see already; the pointer waits until it has caught up. */
  async #publish({ folding }: Generation): Promise<void> {
    const { generation, flushedTo } = folding
    const same = generation === this.#shown.generation
    if (same && flushedTo < this.#shown.position) return
    const progress = await this.progressAt(flushedTo)
    if (!same || flushedTo !== this.#shown.position || progress.head !== this.#shown.head) {
      await this.#move({ generation, ...progress, publishedAt: this.#parts.clock() })
    }
    this.#shown = { generation, ...progress }
    this.#failure = undefined
    this.#waiters.reached(flushedTo)
  }

  async #move(mark: Published): Promise<void> {
    const { warehouse, shared } = this.#parts
    if (!shared) return warehouse.publish('live', mark)
    await warehouse.shared.raise('live', mark)
    const live = await warehouse.published('live')
    if (live === undefined || live.generation <= mark.generation) return
    this.#superseded = new Superseded(mark.generation, live.generation)
    throw this.#superseded
  }

  async #open(): Promise<Generation> {
    const published = await this.#parts.warehouse.published('live')
    const number = published?.generation ?? (await nextGeneration(this.#parts))
    const generation = openGeneration(this.#parts, number, this.#breathe)
    try {
      if (published && !(await this.#isUsable(generation, published))) this.#staleUpTo = number
      else if (generation.state.at.position === 0n && !this.#parts.shared) await this.#empty(number)
    } catch (error) {
      await generation.folding.close()
      throw error
    }
    if (published) this.#shown = published
    this.#generation = generation
    return generation
  }

  /** A state that stands at no event does not know what was written beyond what was shown; it may be of another log. */
  async #empty(number: number): Promise<void> {
    const { warehouse } = this.#parts
    if ((await warehouse.generations()).includes(number)) await warehouse.dropGeneration(number)
  }

  /** Whether a state was made by these projections from this log, and the tables have all that it has written. */
  async #isUsable({ isNew, state: { madeBy, at } }: Generation, published: Published): Promise<boolean> {
    const { store, projections } = this.#parts
    // What a process of other code had sent off when it died may still come, under the number of this generation.
    if (isNew || madeBy !== madeByOf(projections)) return false
    if (at.shown > published.position || published.position > (await store.head())) return false
    // Where others write, rows of a generation that this state knows nothing of may be theirs.
    if (at.position === 0n) return published.position === 0n && !this.#parts.shared
    return (await eventAt(store, at.position))?.identity === at.identity
  }

  /** Throws away what a failed step has left in memory. */
  async #reopen(): Promise<void> {
    const broken = this.#generation
    this.#generation = undefined
    await broken?.folding.close()
    if (broken?.state.damaged) removeState(this.#parts.folder, broken.folding.generation)
    // If it cannot be opened now, the next step tries again, and says why.
    await this.#open().catch(() => undefined)
  }
}
