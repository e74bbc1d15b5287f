import { type TableRow, tableNames } from '../../../packages/testing/src/index.ts'
import { plus } from './amounts.ts'
import {
  changed,
  type Kind,
  type Mutant,
  ofTable,
  renumbered,
  replaced,
  type Subject,
  some,
  valuesOf,
} from './mutation.ts'

/** Some rows of every table, each put through a change; the rows are numbered anew. */
const eachTable =
  (most: number, change: (subject: Subject, row: TableRow) => readonly TableRow[] | undefined) =>
  (subject: Subject): Mutant[] =>
    tableNames.flatMap((table) =>
      some(subject.random, ofTable(subject.rows, table), most).flatMap((row) => {
        const rows = change(subject, row)
        return rows === undefined ? [] : [{ table, rows: renumbered(rows) }]
      }),
    )

const anotherPosition = ({ log, random }: Subject, { position }: TableRow): number =>
  random.any(log.filter((logged) => logged.position !== position))?.position ?? position + 1

/** Rows stay in the order of their positions. */
const inOrder = (rows: readonly TableRow[]): TableRow[] => [...rows].sort((a, b) => a.position - b.position)

export const wholeRows: readonly Kind[] = [
  { name: 'a row is dropped', mutants: eachTable(6, ({ rows }, row) => replaced(rows, row)) },
  {
    name: 'a row is there twice, under another line',
    mutants: eachTable(3, ({ rows }, row) => replaced(rows, row, row, row)),
  },
  {
    name: 'a row is there twice, at another position',
    mutants: eachTable(3, (subject, row) =>
      inOrder([...subject.rows, { ...row, position: anotherPosition(subject, row) }]),
    ),
  },
  {
    name: 'a row moves to another position',
    mutants: eachTable(3, (subject, row) =>
      inOrder(replaced(subject.rows, row, { ...row, position: anotherPosition(subject, row) })),
    ),
  },
  {
    name: 'a row moves past the end of the log',
    mutants: eachTable(1, ({ rows, log }, row) => [
      ...replaced(rows, row),
      { ...row, position: (log.at(-1)?.position ?? 0) + 1 },
    ]),
  },
  {
    name: 'two events swap their rows',
    mutants: eachTable(3, (subject, { table, position }) => {
      const other = anotherPosition(subject, { table, position, line: 0, values: {} })
      const swap = (row: TableRow) =>
        row.table !== table || (row.position !== position && row.position !== other)
          ? row
          : { ...row, position: row.position === position ? other : position }
      return inOrder(subject.rows.map(swap))
    }),
  },
  {
    name: 'all rows of an event are missing in one table',
    mutants: eachTable(3, ({ rows }, { table, position }) =>
      rows.filter((row) => row.table !== table || row.position !== position),
    ),
  },
  {
    name: 'all rows of an event are missing in all tables but events',
    mutants: eachTable(1, ({ rows }, { position }) =>
      rows.filter((row) => row.table === 'events' || row.position !== position),
    ),
  },
  {
    name: 'the tables end before the log does',
    mutants: ({ rows, random }) =>
      some(random, rows, 3).map(({ position }) => ({
        table: 'all',
        rows: rows.filter((row) => row.position < position),
      })),
  },
  {
    name: 'every row is there twice',
    mutants: ({ rows }) => [{ table: 'all', rows: renumbered(rows.flatMap((row) => [row, row])) }],
  },
  {
    name: 'a row is split in two that add up to it',
    mutants: ({ rows, random }) =>
      ['conversions', 'attributions', 'rewards'].flatMap((table) =>
        some(random, ofTable(rows, table), 3).map((row) => {
          const { amount = '0', credit } = valuesOf(row)
          const none = plus(amount, -BigInt(amount.replace('.', '')))
          const empty = credit === undefined ? {} : { credit: '0.000000000' }
          const rest = changed(row, { amount: plus(amount, -1n) })
          return {
            table,
            rows: renumbered(replaced(rows, row, rest, changed(row, { amount: plus(none, 1n), ...empty }))),
          }
        }),
      ),
  },
  {
    name: 'a row of nothing is added',
    mutants: ({ rows, random }) =>
      ['conversions', 'attributions', 'rewards'].flatMap((table) =>
        some(random, ofTable(rows, table), 2).map((row) => {
          const nothing = { amount: '0', ...('credit' in row.values ? { credit: '0' } : {}) }
          return { table, rows: renumbered(replaced(rows, row, row, changed(row, nothing))) }
        }),
      ),
  },
  {
    name: 'a row and one that takes it back are added',
    mutants: ({ rows, random }) =>
      ['conversions', 'attributions', 'rewards'].flatMap((table) =>
        some(random, ofTable(rows, table), 2).map((row) => {
          const { amount = '0', credit } = valuesOf(row)
          const back = (value: string) => (value.startsWith('-') ? value.slice(1) : `-${value}`)
          const turned = { amount: back(amount), ...(credit === undefined ? {} : { credit: back(credit) }) }
          return { table, rows: renumbered(replaced(rows, row, row, row, changed(row, turned))) }
        }),
      ),
  },
]
