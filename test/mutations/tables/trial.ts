import { auditorOf, type LoggedEvent, readRow, type TableRow } from '../../../packages/testing/src/index.ts'
import { amounts } from './amounts.ts'
import { cells, lines } from './cells.ts'
import { type Kind, type Mutant, subjectOf } from './mutation.ts'
import { stories } from './stories.ts'
import { wholeRows } from './whole-rows.ts'

export const kinds: readonly Kind[] = [cells, lines, ...wholeRows, ...amounts, ...stories]

/** What became of the mutants of one kind in one table, or in one column of it. */
export interface Tally {
  readonly kind: string
  readonly table: string
  readonly column: string | undefined
  tried: number
  noticed: number
  /** The same rows after all, as another order of the lines of one event: nothing to notice. */
  equivalent: number
  /** How many one of the laws noticed by itself, where they were asked. */
  byLaw: number
}

/**
 * Two sets of tables are equivalent if they have the same multiset of rows by table, position and every column, as the
 * auditor reads them, and number the rows of each event from 0 on. Which of them has which number is free.
 */
export function areEquivalent(left: readonly TableRow[], right: readonly TableRow[]): boolean {
  return textOf(left) === textOf(right)
}

const textOf = (rows: readonly TableRow[]): string => {
  const numbers = rows.map(({ table, position, line }) => `${table} ${position} ${line}`)
  return JSON.stringify([numbers.sort(), rows.map(contentOf).sort()])
}

const contents = new WeakMap<TableRow, string>()

function contentOf(row: TableRow): string {
  const known = contents.get(row)
  if (known !== undefined) return known
  const read = readRow(row)
  const text = `${row.table} ${row.position} ${JSON.stringify(typeof read === 'string' ? row.values : read.cells)}`
  contents.set(row, text)
  return text
}

/** Right tables of one log, and a seed for what is falsified in them. */
export interface Occasion {
  readonly log: readonly LoggedEvent[]
  readonly rows: readonly TableRow[]
  readonly seed: number
}

export interface Missed extends Mutant {
  readonly kind: string
}

/**
 * Falsifies the tables of one log in every way, and asks the auditor each time.
 * @param tallies are added to
 * @param byItself whether to ask each law by itself, too
 */
export function tryTables(
  { log, rows, seed }: Occasion,
  tallies: Map<string, Tally>,
  { byItself = false } = {},
): { missed: Missed[] } {
  const auditor = auditorOf(log)
  const missed: Missed[] = []
  for (const kind of kinds) {
    for (const mutant of kind.mutants(subjectOf(log, rows, seed))) {
      const tally = tallyOf(tallies, kind.name, mutant)
      if (areEquivalent(rows, mutant.rows)) {
        tally.equivalent += 1
        continue
      }
      tally.tried += 1
      const laws = byItself ? new Set(auditor.findings(mutant.rows).map(({ law }) => law)) : undefined
      if (laws && [...laws].some((law) => law !== 'rows')) tally.byLaw += 1
      if (laws === undefined ? auditor.notices(mutant.rows) : laws.size > 0) tally.noticed += 1
      else missed.push({ ...mutant, kind: kind.name })
    }
  }
  return { missed }
}

function tallyOf(tallies: Map<string, Tally>, kind: string, { table, column }: Mutant): Tally {
  const key = JSON.stringify([kind, table, column])
  const known = tallies.get(key) ?? { kind, table, column, tried: 0, noticed: 0, equivalent: 0, byLaw: 0 }
  tallies.set(key, known)
  return known
}
