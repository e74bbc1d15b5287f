import { advance, type OnProgress } from './advance.ts'
import { nameInState } from './folding.ts'
import { Gate } from './gate.ts'
import { type Generation, nextGeneration, openGeneration, sweep } from './generations.ts'
import { Live, type LiveParts, type Progress } from './live.ts'
import { pause } from './pause.ts'
import type { FoldState } from './projection.ts'
import { type Breathe, slices } from './slices.ts'
import { compareGenerations, type Difference } from './verify.ts'

export interface ProjectorParts extends LiveParts {
  /** Least time between two writes while live, ms: fewer, larger parts. Default 200. */
  readonly minFlushMs?: number | undefined
  /** Longest time between two turns of the event loop, ms; default 12. */
  readonly sliceMs?: number | undefined
  /** Lets others have their turn, in place of `sliceMs`: for simulations, whose scheduler decides. */
  readonly breathe?: Breathe | undefined
  /** How to wait; by the system's timers unless a simulation brings its own. */
  readonly pause?: typeof pause | undefined
  /** Calls back when others have had their turn; by default with the next turn of the event loop. */
  readonly later?: ((next: () => void) => void) | undefined
  /** How long a replaced generation stays for queries that have read the pointer and not yet the tables, ms; default 200. */
  readonly graceMs?: number | undefined
}

export interface OpenOptions {
  /** The live tables lack rows; see `Migration`. */
  readonly needsRebuild?: boolean | undefined
  readonly onRebuild?: OnProgress | undefined
  /** Gives up a rebuild; the next start begins it anew. */
  readonly signal?: AbortSignal | undefined
}

export interface Verification {
  readonly position: bigint
  /** How many tables were compared. */
  readonly tables: number
  readonly differences: readonly Difference[]
}

/**
 * The runtime of the projections: reads the log in order, folds, writes rows, stores the checkpoint, and then moves the
 * one pointer that readers follow. It may be stopped at any instruction: what was written and not checkpointed is written
 * again, the same, and rows past the pointer are not seen.
 *
 * What is interrupted by a signal rejects with the signal's reason. After any other failure it can be used on: it takes up
 * at the last checkpoint.
 */
export class Projector {
  readonly #parts: ProjectorParts
  readonly #breathe: Breathe
  readonly #pause: typeof pause
  readonly #live: Live
  /** Around what builds a generation beside the live one: one at a time. */
  readonly #upkeep = new Gate()
  readonly #closing = new AbortController()

  private constructor(parts: ProjectorParts) {
    this.#parts = parts
    this.#breathe = parts.breathe ?? slices(parts)
    this.#pause = parts.pause ?? pause
    this.#live = new Live(parts, this.#breathe)
  }

  /**
   * Opens the live generation at its checkpoint and clears away what a crash left behind. A generation whose state is
   * lost or damaged, or was made by other code or from another log, is not used: all is then rebuilt beside it.
   */
  static async open(parts: ProjectorParts, options: OpenOptions = {}): Promise<Projector> {
    const projector = new Projector(parts)
    try {
      await sweep(parts)
      const stale = await projector.#live.ensureOpen()
      if (options.needsRebuild) projector.#live.markStale()
      if (stale || options.needsRebuild) await projector.rebuild(options.onRebuild, options.signal)
      else await projector.#live.show()
      return projector
    } catch (error) {
      await projector.close()
      throw error
    }
  }

  /** What is published, and how far the log is ahead of it now. */
  progress(): Promise<Progress> {
    return this.#live.progress()
  }

  /** Why `run` failed, until the projection goes on. */
  get failure(): unknown {
    return this.#live.failure
  }

  /** The live fold's state of one projection, to read between events; it may be ahead of the tables. */
  state(projection: string): Pick<FoldState, 'get' | 'members' | 'keys'> {
    const own = (name: string) => nameInState(projection, name)
    const state = () => this.#live.generation.state
    return {
      get: (kind, key) => state().get(own(kind), key),
      members: (index, key) => state().members(own(index), key),
      keys: (kind, prefix) => state().keys(own(kind), prefix),
    }
  }

  /** Folds up to the log's present head. Interrupted, it writes what was folded before it rejects. */
  async catchUp(onProgress?: OnProgress, signal?: AbortSignal): Promise<void> {
    const stop = this.#stopOf(signal)
    await this.#catchUp(stop, onProgress)
    stop.throwIfAborted()
  }

  /** Follows the log until the signal is aborted. The subscription wakes it; what it folds it reads by its own position. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, minFlushMs = 200, clock, batchSize } = this.#parts
    const stop = this.#stopOf(signal)
    this.#closing.signal.throwIfAborted()
    try {
      await this.#catchUp(stop)
      let lastFlush = clock()
      for await (const batch of store.subscribe(this.#live.position, stop, batchSize)) {
        if ((batch.at(-1)?.position ?? 0n) <= this.#live.position) continue
        await this.#pause(Math.min(minFlushMs, lastFlush + minFlushMs - clock()), stop)
        if (stop.aborted) break
        lastFlush = clock()
        await this.#catchUp(stop)
      }
      this.#live.stopped()
    } catch (error) {
      if (stop.aborted && error === stop.reason) return this.#live.stopped()
      this.#live.failed(error)
      throw error
    }
  }

  /** Resolves when the tables are complete up to a position; rejects if the projector fails or is stopped before. */
  reached(position: bigint): Promise<void> {
    return this.#live.reached(position)
  }

  /** All tables anew from the log, beside the live ones; then the pointer moves. Until then readers see the old. */
  rebuild(onProgress?: OnProgress, signal?: AbortSignal): Promise<{ generation: number; position: bigint }> {
    return this.#upkeepStep(signal, (stop) => this.#rebuild(stop, onProgress))
  }

  /** What was known at a position, in the slot `asof`. Resolves with the newest position that this has. */
  rebuildTo(position: bigint, onProgress?: OnProgress, signal?: AbortSignal): Promise<bigint> {
    return this.#upkeepStep(signal, (stop) => this.#rebuildTo(position, stop, onProgress))
  }

  /** Folds the log again beside the live tables and says where the two differ. */
  verify(onProgress?: OnProgress, signal?: AbortSignal): Promise<Verification> {
    return this.#upkeepStep(signal, (stop) => this.#verify(stop, onProgress))
  }

  /** Interrupts what is under way, waits for it and closes the state; the store and the warehouse are the caller's. */
  async close(): Promise<void> {
    const closed = new Error('the projector was closed')
    this.#closing.abort(closed)
    await this.#upkeep.enter(() => this.#live.close(closed))
  }

  #stopOf(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal
  }

  async #catchUp(stop: AbortSignal, onProgress?: OnProgress): Promise<void> {
    const isStale = () => this.#live.ensureOpen()
    if (await isStale()) {
      await this.#upkeep.enter(async () => ((await isStale()) ? this.#rebuild(stop, onProgress) : undefined))
    }
    await this.#live.catchUp(stop, onProgress)
  }

  /** Each begins and ends with no generations but those that are shown. */
  #upkeepStep<T>(signal: AbortSignal | undefined, step: (stop: AbortSignal) => Promise<T>): Promise<T> {
    const stop = this.#stopOf(signal)
    return this.#upkeep.enter(async () => {
      stop.throwIfAborted()
      await sweep(this.#parts)
      return step(stop)
    })
  }

  async #rebuild(stop: AbortSignal, onProgress?: OnProgress): Promise<{ generation: number; position: bigint }> {
    const next = await this.#build(undefined, stop, onProgress)
    try {
      await this.#live.replace(next, stop, onProgress)
    } catch (error) {
      await this.#discard(next, true)
      throw error
    }
    const { generation, flushedTo } = next.folding
    await this.#afterGrace(stop)
    return { generation, position: flushedTo }
  }

  async #rebuildTo(position: bigint, stop: AbortSignal, onProgress?: OnProgress): Promise<bigint> {
    const { warehouse, clock } = this.#parts
    const next = await this.#build(position, stop, onProgress)
    const { generation, flushedTo } = next.folding
    try {
      const mark = { generation, ...(await this.#live.progressAt(flushedTo)), publishedAt: clock() }
      if (this.#parts.shared) await warehouse.shared.raise('asof', mark)
      else await warehouse.publish('asof', mark)
    } catch (error) {
      await this.#discard(next, true)
      throw error
    }
    await next.folding.close()
    await this.#afterGrace(stop)
    return flushedTo
  }

  async #verify(stop: AbortSignal, onProgress?: OnProgress): Promise<Verification> {
    const { warehouse } = this.#parts
    if (await this.#live.ensureOpen()) await this.#rebuild(stop)
    await this.#live.catchUp(stop)
    stop.throwIfAborted()
    const { position } = this.#live
    const { generation } = this.#live.generation.folding
    const next = await this.#build(position, stop, onProgress)
    try {
      const differences = await compareGenerations(warehouse, generation, next.folding.generation, position, stop)
      return { position, tables: warehouse.tables().length, differences }
    } finally {
      await this.#discard(next)
    }
  }

  async #build(to: bigint | undefined, stop: AbortSignal, onProgress?: OnProgress): Promise<Generation> {
    const next = openGeneration(this.#parts, await nextGeneration(this.#parts), this.#breathe)
    try {
      await advance(this.#live.wayOf(next, to, stop, onProgress))
      stop.throwIfAborted()
      return next
    } catch (error) {
      await this.#discard(next)
      throw error
    }
  }

  /** @param mayBeShown whether its publication was tried, and may still take place where others are between */
  async #discard(next: Generation, mayBeShown = false): Promise<void> {
    await next.folding.close()
    await this.#tidy()
    const { warehouse, shared } = this.#parts
    if (shared && !mayBeShown) await warehouse.dropGeneration(next.folding.generation).catch(() => undefined)
  }

  async #afterGrace(stop: AbortSignal): Promise<void> {
    await this.#pause(this.#parts.graceMs ?? 200, stop)
    await this.#tidy()
  }

  /** What cannot be removed now is removed before the next upkeep, which then says why it cannot be. */
  async #tidy(): Promise<void> {
    await sweep(this.#parts).catch(() => undefined)
  }
}
