import { type EventStore, lagBehind } from '@vouch/event-store'
import type { OnProgress, Progress } from '@vouch/projector'
import type { Warehouse } from '@vouch/warehouse'
import { Failure } from '../failure.ts'

export interface PointerParts {
  readonly store: Pick<EventStore, 'head' | 'readAll'>
  readonly warehouse: Pick<Warehouse, 'published'>
  /** ms since the epoch, UTC; for lag. */
  readonly clock: () => number
  /** How to wait. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
  /** How long the pointer may stand still before nobody waits for it any longer, ms; default a minute. */
  readonly patienceMs?: number | undefined
  /** How long a look may take before what was seen last has to do, ms; default 2,000. */
  readonly lookMs?: number | undefined
}

/** How far the tables are that processes elsewhere fold: by the pointer that they move, and the log's head. */
export interface Pointer {
  /** Where the warehouse does not answer, what it said last; `failure` then says why. */
  progress(): Promise<Progress>
  readonly failure: unknown
  /**
   * Resolves when the tables have all that the log has now.
   * @throws Failure when they stand still, the signal's reason when it is aborted
   */
  reachHead(signal: AbortSignal, onProgress?: OnProgress): Promise<void>
}

/** ms between two looks. */
const pauseMs = 100

export function createPointer(parts: PointerParts): Pointer {
  const { store, warehouse, clock, pause, patienceMs = 60_000, lookMs = 2_000 } = parts
  let shown = 0n
  let failure: unknown
  let looking: Promise<void> | undefined

  async function lookNow(): Promise<void> {
    try {
      shown = (await warehouse.published('live'))?.position ?? 0n
      failure = undefined
    } catch (error) {
      failure = error
    } finally {
      looking = undefined
    }
  }

  /** A server that is away is asked again and again below, for longer than Prometheus would wait. */
  async function look(): Promise<bigint> {
    looking ??= lookNow()
    const enough = new AbortController()
    const late = pause(lookMs, enough.signal).then(() => 'late')
    if ((await Promise.race([looking, late])) === 'late')
      failure ??= new Error(`it has not answered for ${lookMs / 1000} s`)
    enough.abort()
    return shown
  }

  return {
    get failure() {
      return failure
    },
    async progress() {
      const position = await look()
      return { position, ...(await lagBehind(store, position, clock)) }
    },
    async reachHead(signal, onProgress) {
      const head = await store.head()
      let before = await look()
      let since = performance.now()
      while (before < head) {
        onProgress?.(before, head)
        await pause(pauseMs, signal)
        signal.throwIfAborted()
        const now = await look()
        if (now !== before) since = performance.now()
        else if (performance.now() - since > patienceMs) throw standstill(now, head, failure)
        before = now
      }
      if (failure !== undefined) throw failure
    },
  }
}

function standstill(position: bigint, head: bigint, failure: unknown): Failure {
  const why = failure instanceof Error ? ` (${failure.message})` : ''
  return new Failure(
    `The tables stand still at position ${position} of ${head}${why}; see that vouch-relay and vouch-projector run. What was appended is in the log, and the tables get it when they go on.`,
  )
}
