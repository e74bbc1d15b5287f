import type { LogOptions } from '../../../packages/testing/src/index.ts'
import { attribution } from '../../../projections/attribution/src/index.ts'
import { events } from '../../../projections/events/src/index.ts'
import type { Outcome } from '../outcome.ts'
import { rowsOf, storedRandomLog } from '../stored.ts'
import { type Missed, type Tally, tryTables } from './trial.ts'

const projections = [events, attribution]

/** Right tables to falsify: of two logs with an occasion for every kind in every table, and of others. */
export const busy: readonly (readonly [seed: number, options: Partial<LogOptions>])[] = [
  [1, { facts: [30, 45] }],
  [12, { facts: [30, 45] }],
]
const others: typeof busy = Array.from({ length: 8 }, (_, index) => [
  index + 100,
  index % 2 === 0 ? {} : { bounded: false },
])

/** Falsifies the tables of all these logs in every way, and asks every law by itself, too. */
export function falsifyTables(onProgress: (what: string, done: number, of: number) => void): Outcome['tables'] {
  const logs = [...busy, ...others]
  const tallies = new Map<string, Tally>()
  const missed: Missed[] = []
  for (const [index, [seed, options]] of logs.entries()) {
    const log = storedRandomLog(seed, options)
    missed.push(...tryTables({ log, rows: rowsOf(log, projections), seed }, tallies, { byItself: true }).missed)
    onProgress('falsified tables', index + 1, logs.length)
  }
  return { tallies: [...tallies.values()], missed, logs: logs.length }
}
