import type { Bench, Measurement } from '../bench.ts'
import type { Took } from '../clock.ts'
import type { Figure } from '../figure.ts'
import { rebuilds } from '../rebuilds.ts'
import { ratios } from '../stats.ts'

/** What one more event costs a rebuild, where the log is large and where it is small. */
export const cost: Measurement = {
  name: 'cost',
  async measure(bench) {
    return [
      ...(await measureIn(bench, 'processor', 'cpu', ({ cpuSeconds }) => cpuSeconds)),
      ...(await measureIn(bench, 'time', 'wall', ({ seconds }) => seconds)),
    ]
  },
}

async function measureIn(bench: Bench, what: string, name: string, of: (took: Took) => number): Promise<Figure[]> {
  const { events } = bench
  const { fold, small } = await rebuilds(bench)
  const perEvent = (runs: typeof fold) => runs.map(({ result: { lastTenth } }) => of(lastTenth) / lastTenth.events)
  const label = `${what} of an event in the last tenth of a rebuild, of that at 100k`
  return [{ name: `cost/${name}`, label, unit: 'ratio', events, values: ratios(perEvent(fold), perEvent(small)) }]
}
