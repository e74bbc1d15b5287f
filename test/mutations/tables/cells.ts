import { type ColumnKind, columnsOf, type TableRow, tableNames } from '../../../packages/testing/src/index.ts'
import { plus } from './amounts.ts'
import { changed, type Kind, type Mutant, ofTable, replaced, type Subject, some } from './mutation.ts'

/** How the values of a kind of column are falsified, beside values that stand elsewhere in the same column. */
const falsifications: Readonly<Record<ColumnKind, (value: unknown) => readonly unknown[]>> = {
  text: (value) => [`${value}x`, ...(value === '' ? [] : ['', String(value).slice(0, -1)])],
  number: (value) => [Number(value) + 1, -Number(value)],
  decimal: (value) => [plus(String(value), 1n), plus(String(value), -1n), '0', negated(String(value))],
  time: (value) => [shifted(String(value), 1), shifted(String(value), -86_400_000)],
  'maybe time': (value) => [value === null ? '2026-01-01 00:00:00.000' : null],
  day: (value) => [shifted(`${value} 00:00:00.000`, 86_400_000).slice(0, 10)],
  json: (value) => (typeof value === 'string' ? [`${value}x`, withMore(JSON.parse(value))] : [withMore(value)]),
}

const withMore = (value: unknown): unknown => ({ ...(value as object), more: 1 })

const negated = (value: string): string => (value.startsWith('-') ? value.slice(1) : `-${value}`)

const shifted = (time: string, ms: number): string =>
  new Date(Date.parse(`${time.replace(' ', 'T')}Z`) + ms).toISOString().replace('T', ' ').replace('Z', '')

export const cells: Kind = {
  name: 'one cell is altered',
  mutants: (subject) =>
    tableNames.flatMap((table) =>
      Object.entries(columnsOf(table)).flatMap(([column, kind]) =>
        some(subject.random, ofTable(subject.rows, table), 3).flatMap((row) => alterations(subject, row, column, kind)),
      ),
    ),
}

function alterations({ rows, random }: Subject, row: TableRow, column: string, kind: ColumnKind): Mutant[] {
  const elsewhere = some(random, ofTable(rows, row.table), 2).map(({ values }) => values[column])
  const values = [...falsifications[kind](row.values[column]), ...elsewhere]
  return values.map((value) => ({
    table: row.table,
    column,
    rows: replaced(rows, row, changed(row, { [column]: value })),
  }))
}

export const lines: Kind = {
  name: 'a row has the number of another, or one too high',
  mutants: ({ rows, random }) =>
    tableNames.flatMap((table) =>
      some(random, ofTable(rows, table), 2).flatMap((row) => {
        const last = rows.filter((one) => one.table === table && one.position === row.position).length - 1
        return [row.line === 0 ? last + 1 : 0, last + 7].map((line) => ({
          table,
          column: 'line',
          rows: replaced(rows, row, { ...row, line }),
        }))
      }),
    ),
}
