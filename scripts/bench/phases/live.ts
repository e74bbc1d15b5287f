import { setTimeout as pause } from 'node:timers/promises'
import type { Incoming } from '@vouch/ingestion'
import { isLeft } from 'fp-ts/lib/Either.js'
import { quantile } from 'simple-statistics'
import { type Engine, openEngine } from '../../../services/vouch/src/engine.ts'
import { phase } from '../child.ts'
import { stopwatch } from '../clock.ts'
import { type WorkloadOptions, workload } from '../workload.ts'
import { seed } from './write-log.ts'

export interface LiveParams extends Pick<WorkloadOptions, 'maxTouches'> {
  /** The data folder; is written to. */
  readonly folder: string
  /** How many events it has: those of the workload that are not to be sent. */
  readonly has: number
  /** The size of the log whose workload goes on. */
  readonly followsOn: number
  readonly seconds: number
  readonly perSecond: number
}

export interface Lived {
  /** From the answer that an event is in the log until a query sees it, ms. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** The same as `p99Ms`, of the seconds after the start that count for nothing else. */
  readonly coldP99Ms: number
  /** How much later than planned events were sent, ms. */
  readonly lateP99Ms: number
  /** Processors that were used on average. */
  readonly cpus: number
}

const tickMs = 10
/** Sent before it counts, s: code that is not compiled and visitors that no cache has take their time after a start. */
const warmUpSeconds = 10
const scopes = new Set(['ingest', 'admin'] as const)
const settingUp = /^vouch\.(program\.published|advocate\.enrolled|code\.issued)\.v1$/

/** Sends events at a fixed pace, whether or not others have been answered, and looks when queries see them. */
export const live = phase(
  import.meta.url,
  'live',
  async ({ folder, has, followsOn, maxTouches, seconds, perSecond }: LiveParams, onProgress): Promise<Lived> => {
    const engine = await openEngine({ dataDir: folder, command: 'the benchmark', inThreads: true })
    const perTick = Math.round((perSecond * tickMs) / 1_000)
    const ticks = ((warmUpSeconds + seconds) * 1_000) / tickMs
    const batches = eventsAfter(has, ticks * perTick, perTick, { followsOn, maxTouches })
    await engine.admission.admit(batches.setUp, { scopes })()
    await engine.projector.catchUp()

    const stop = new AbortController()
    const projecting = engine.projector.run(stop.signal)
    const seen = watch(engine)
    const time = stopwatch()
    const begun = performance.now()
    const latencies: number[] = []
    const cold: number[] = []
    const late: number[] = []
    const waiting: Promise<void>[] = []
    for (let tick = 0; tick < ticks; tick++) {
      const due = begun + tick * tickMs
      if (performance.now() < due) await pause(due - performance.now())
      const counts = tick * tickMs >= warmUpSeconds * 1_000
      if (counts) late.push(performance.now() - due)
      waiting.push(
        admit(engine, batches.next()).then(async (position) => {
          const answered = performance.now()
          const shown = await seen.reached(position)
          const into = counts ? latencies : cold
          into.push(shown - answered)
        }),
      )
      onProgress(tick, ticks)
    }
    await Promise.all(waiting)
    const took = time()
    stop.abort()
    await projecting
    await seen.stop()
    await engine.close()
    return {
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      maxMs: Math.max(...latencies),
      coldP99Ms: quantile(cold, 0.99),
      lateP99Ms: quantile(late, 0.99),
      cpus: took.cpuSeconds / took.seconds,
    }
  },
)

/** @returns the newest position of the batch */
async function admit(engine: Engine, items: readonly Incoming[]): Promise<bigint> {
  const answer = await engine.admission.admit(items, { scopes })()
  if (isLeft(answer)) throw new Error(answer.left.message)
  let newest = 0n
  for (const outcome of answer.right) {
    if (outcome.outcome !== 'appended') throw new Error(`An event of the workload is answered with ${outcome.outcome}.`)
    if (outcome.position > newest) newest = outcome.position
  }
  return newest
}

/**
 * Asks as an analyst would up to where the tables are complete, whenever the projector has shown more: before that the
 * answer is the same, and asking a hundred times a second takes a third of a processor from what is measured.
 */
function watch({ warehouse, projector }: Engine) {
  const waiters: { readonly position: bigint; readonly resolve: (at: number) => void }[] = []
  let seen = 0n
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      if ((await projector.progress()).position > seen) {
        const [row] = await warehouse.rows<{ position: string }>('SELECT max(position) AS position FROM vouch.progress')
        seen = BigInt(row?.position ?? 0)
        const now = performance.now()
        while (waiters[0] && waiters[0].position <= seen) waiters.shift()?.resolve(now)
      }
      await pause(tickMs)
    }
  })()
  return {
    /** Resolves with when it was seen; positions are asked for in ascending order. */
    reached: (position: bigint) =>
      new Promise<number>((resolve) => {
        if (position <= seen) resolve(performance.now())
        else waiters.push({ position, resolve })
      }),
    stop() {
      isOver = true
      return watching
    },
  }
}

/** The events of the workload that the log does not have: what sets the program up, and the rest in batches. */
function eventsAfter(has: number, wanted: number, size: number, how: Omit<WorkloadOptions, 'events' | 'seed'>) {
  const source = workload({ events: has + wanted + 3_000, seed, ...how })
  for (let skipped = 0; skipped < has; skipped++) source.next()
  const take = (): { readonly value: Readonly<Record<string, unknown>>; readonly tag: 'value' } => {
    const { value } = source.next()
    if (!value) throw new Error('The workload has no more events.')
    return { tag: 'value', value: value.event }
  }
  const setUp: Incoming[] = []
  let first = take()
  for (; settingUp.test(String(first.value.type)); first = take()) setUp.push(first)
  const pending = [first]
  return {
    setUp,
    next(): Incoming[] {
      while (pending.length < size) pending.push(take())
      return pending.splice(0)
    },
  }
}
