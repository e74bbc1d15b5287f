import type { Warehouse } from '@vouch/warehouse'
import type { Measurement } from '../bench.ts'
import { type Phase, phase } from '../child.ts'
import type { Figure } from '../figure.ts'
import { openTables } from '../fold.ts'
import { imported } from '../folder.ts'

export interface QueryTimes {
  readonly name: string
  readonly p50Ms: number
  readonly p95Ms: number
  readonly runs: number
}

/** Asks the questions of analysts of tables that hold all events. */
export type MeasureQueries = (warehouse: Warehouse) => Promise<readonly QueryTimes[]>

type Ask = Phase<{ readonly folder: string }, readonly QueryTimes[]>

/**
 * The questions as a phase.
 * @param file the file that exports it, and `name` as what
 */
export const queriesPhase = (file: string, name: string, measureQueries: MeasureQueries): Ask =>
  phase(file, name, async ({ folder }) => {
    const warehouse = await openTables(folder)
    try {
      return await measureQueries(warehouse)
    } finally {
      await warehouse.close()
    }
  })

export const queriesMeasurement = (ask: Ask): Measurement => ({
  name: 'queries',
  async measure(bench) {
    const { events } = bench
    const { folder } = await imported(bench)
    const times = (await bench.run('queries', ask, { folder })).result
    return [
      ...times.flatMap(({ name, p50Ms, p95Ms }): Figure[] => [
        { name: `queries/${name}/p50`, label: `query ${name}: p50`, unit: 'ms', events, values: [p50Ms] },
        { name: `queries/${name}/p95`, label: `query ${name}: p95`, unit: 'ms', events, values: [p95Ms] },
      ]),
      {
        name: 'queries/slowest',
        label: 'slowest query: p95',
        unit: 'ms',
        events,
        values: [Math.max(...times.map(({ p95Ms }) => p95Ms))],
      },
    ]
  },
})
