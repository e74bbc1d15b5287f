import { type Bench, baseEvents, type Measurement } from '../bench.ts'
import type { Figure } from '../figure.ts'
import { inTurn } from '../in-turn.ts'
import { appendInTurn } from '../phases/append.ts'
import { ratios } from '../stats.ts'

const batches = [1_000, 100]

/** Appends of prepared events, against SQLite with one table, and against themselves where the log is small. */
export const append: Measurement = {
  name: 'append',
  async measure(bench) {
    const figures: Figure[] = []
    for (const batch of batches) figures.push(...(await measureBatch(bench, batch)))
    return figures
  },
}

async function measureBatch(bench: Bench, batch: number): Promise<Figure[]> {
  const [log, small] = [await bench.log(), await bench.log(baseEvents)]
  const { events, runs } = bench
  const round = (what: string, file: string) => (run: number) =>
    bench.run(`append by ${batch}, ${what}, run ${run + 1} of ${runs}`, appendInTurn, {
      log: file,
      folder: bench.fresh('append'),
      batch,
    })
  const { whole, base } = await inTurn(runs, { whole: round('in turn with SQLite', log), base: round('small', small) })
  const logs = whole.map(({ result }) => result.log)
  const raw = whole.map(({ result }) => result.raw.all)
  const perCpu = ratios(
    logs.map(({ perCpuSecond }) => perCpuSecond),
    whole.map(({ result }) => result.raw.perCpuSecond),
  )
  const last = logs.map(({ lastTenth }) => lastTenth)
  const baseLast = base.map(({ result }) => result.log.lastTenth)
  const own = logs.map(({ all }) => all)
  const by = `append by ${batch.toLocaleString('en-US')}`
  const name = `append/${batch}`
  return [
    { name: `${name}/rate`, label: by, unit: 'events/s', events, values: own },
    { name: `${name}/raw`, label: `limit of ${by}: SQLite, one table`, unit: 'events/s', events, values: raw },
    { name: `${name}/of-raw`, label: `${by}, of SQLite`, unit: 'ratio', events, values: ratios(own, raw) },
    { name: `${name}/cpu-of-raw`, label: `${by}, of SQLite, by the processor`, unit: 'ratio', events, values: perCpu },
    { name: `${name}/last`, label: `${by}, the last tenth`, unit: 'events/s', events, values: last },
    {
      name: `${name}/of-100k`,
      label: `${by}, the last tenth, of that at 100k`,
      unit: 'ratio',
      events,
      values: ratios(last, baseLast),
    },
  ]
}
