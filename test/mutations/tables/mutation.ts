import { type LoggedEvent, type Random, randomFrom, type TableRow } from '../../../packages/testing/src/index.ts'

/** Right tables and the log that they follow from. */
export interface Subject {
  readonly log: readonly LoggedEvent[]
  readonly rows: readonly TableRow[]
  readonly random: Random
}

/** Tables with something changed. */
export interface Mutant {
  readonly table: string
  /** Where one column alone is changed. */
  readonly column?: string
  readonly rows: readonly TableRow[]
}

/** A way to falsify tables. */
export interface Kind {
  readonly name: string
  /** Some tables falsified in this way, chosen by the subject's random source; none where the log has no occasion for it. */
  mutants(subject: Subject): readonly Mutant[]
}

export const subjectOf = (log: readonly LoggedEvent[], rows: readonly TableRow[], seed: number): Subject => ({
  log,
  rows,
  random: randomFrom(seed),
})

export type Values = Readonly<Record<string, string>>

export const valuesOf = (row: TableRow): Values => row.values as Values

export const ofTable = (rows: readonly TableRow[], table: string): TableRow[] =>
  rows.filter((row) => row.table === table)

/** One row instead of another. */
export const replaced = (rows: readonly TableRow[], before: TableRow, ...after: readonly TableRow[]): TableRow[] =>
  rows.flatMap((row) => (row === before ? after : [row]))

export const changed = (row: TableRow, values: Readonly<Record<string, unknown>>): TableRow => ({
  ...row,
  values: { ...row.values, ...values },
})

/** Numbers the rows of each table and position anew, so that a mutation does not show by its numbers alone. */
export function renumbered(rows: readonly TableRow[]): TableRow[] {
  const lines = new Map<string, number>()
  return rows.map((row) => {
    const key = `${row.table} ${row.position}`
    const line = lines.get(key) ?? 0
    lines.set(key, line + 1)
    return row.line === line ? row : { ...row, line }
  })
}

/** Up to so many, by chance. */
export const some = <T>(random: Random, from: readonly T[], most: number): T[] => random.shuffled(from).slice(0, most)

/** Every pair of neighbours in the groups that a key makes. */
export function pairsWithin(rows: readonly TableRow[], key: (row: TableRow) => string): [TableRow, TableRow][] {
  return [...Map.groupBy(rows, key).values()].flatMap((group) =>
    group.slice(1).map((row, index): [TableRow, TableRow] => [group[index] as TableRow, row]),
  )
}
