import type { Measurement } from '../bench.ts'
import type { Ran } from '../child.ts'
import type { Figure } from '../figure.ts'
import { imported } from '../folder.ts'
import { inTurn } from '../in-turn.ts'
import { inspect, restart } from '../phases/folder.ts'
import { rebuilds } from '../rebuilds.ts'
import { lives } from './live.ts'

/** The most memory that a process of its own has held for each kind of work, and how soon a start is ready. */
export const memory: Measurement = {
  name: 'memory',
  async measure(bench) {
    const { events, runs } = bench
    const { folder, ran } = await imported(bench)
    const { result: contents } = await bench.run('visitors', inspect, { folder })
    const { starts } = await inTurn(runs, { starts: () => bench.run('start', restart, { folder }) })
    const peak = (name: string, label: string, rans: readonly Ran<unknown>[]): Figure => ({
      name: `memory/${name}`,
      label: `peak memory, ${label}`,
      unit: 'MiB',
      events,
      values: rans.map(({ peakMiB }) => peakMiB),
    })
    return [
      { name: 'memory/visitors', label: 'visitors', unit: 'visitors', events, values: [contents.visitors] },
      ...(ran ? [peak('import', 'import', [ran])] : []),
      peak('rebuild', 'rebuild', (await rebuilds(bench)).fold),
      peak('live', 'live', (await lives(bench)).full),
      peak('start', 'start', starts),
      {
        name: 'restart',
        label: 'start of the process until ready',
        unit: 's',
        events,
        values: starts.map(({ startedAt, result }) => (result.readyAt - startedAt) / 1_000),
      },
    ]
  },
}
