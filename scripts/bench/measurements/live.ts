import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import type { Bench, Measurement } from '../bench.ts'
import type { Ran } from '../child.ts'
import type { Figure } from '../figure.ts'
import { imported } from '../folder.ts'
import { inTurn } from '../in-turn.ts'
import { type Lived, live as livePhase } from '../phases/live.ts'
import { ratios } from '../stats.ts'

export const perSecond = 5_000
/** Where more than this passes between when an event was to be sent and when it was, the pace was not kept. */
const lateMs = 1_000

interface Lives {
  readonly empty: readonly Ran<Lived>[]
  readonly full: readonly Ran<Lived>[]
}

/** Events at a fixed pace into an empty folder and into one that has the size's events, in turn. */
export const lives = (bench: Bench): Promise<Lives> =>
  bench.once('lives', async () => {
    const { events, runs, liveSeconds } = bench
    const { folder: source } = await imported(bench)
    const round = (what: string, has: number) => async (run: number) => {
      const folder = bench.fresh('live')
      if (has > 0) cpSync(source, folder, { recursive: true, verbatimSymlinks: true })
      // Gigabytes that are still on their way to the disk would hold up each commit.
      execFileSync('sync')
      const params = { folder, has, followsOn: events, seconds: liveSeconds, perSecond }
      const lived = await bench.run(`live into ${what} folder, run ${run + 1} of ${runs}`, livePhase, params)
      rmSync(folder, { recursive: true })
      return lived
    }
    return inTurn(runs, { empty: round('an empty', 0), full: round('the full', events) })
  })

/** From the answer that an event is in the log until a query sees it. */
export const live: Measurement = {
  name: 'live',
  async measure(bench) {
    const { events } = bench
    const { empty, full } = await lives(bench)
    const figure = (name: string, label: string, of: (lived: Lived) => number): Figure => ({
      name: `live/${name}`,
      label: `5,000 events/s, accepted to queryable: ${label}`,
      unit: 'ms',
      events,
      values: full.map(({ result }) => of(result)),
    })
    const late = Math.max(...full.map(({ result }) => result.lateP99Ms))
    if (late > lateMs) {
      bench.note(
        `events were sent up to ${Math.round(late)} ms late (p99): this machine cannot send 5,000 a second live.`,
      )
    }
    const p99 = (runs: readonly Ran<Lived>[]) => runs.map(({ result }) => result.p99Ms)
    return [
      figure('p50', 'p50', ({ p50Ms }) => p50Ms),
      figure('p99', 'p99', ({ p99Ms }) => p99Ms),
      figure('max', 'longest', ({ maxMs }) => maxMs),
      figure('cold', 'p99 in the ten seconds after a start, which do not count', ({ coldP99Ms }) => coldP99Ms),
      { ...figure('empty', 'limit: p99 into an empty folder', () => 0), values: p99(empty) },
      {
        ...figure('of-empty', 'p99, of that into an empty folder', () => 0),
        unit: 'ratio',
        values: ratios(p99(full), p99(empty)),
      },
      figure('late', 'sent later than planned, p99', ({ lateP99Ms }) => lateP99Ms),
      { ...figure('cpus', 'processors in use', ({ cpus }) => cpus), unit: 'CPUs' },
    ]
  },
}
