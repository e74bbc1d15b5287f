import type { TableRow } from '../../../packages/testing/src/index.ts'
import {
  changed,
  type Kind,
  type Mutant,
  ofTable,
  pairsWithin,
  replaced,
  type Subject,
  some,
  valuesOf,
} from './mutation.ts'

/** A decimal with so many of its last digits added. */
export function plus(value: string, steps: bigint): string {
  const places = value.split('.')[1]?.length ?? 0
  const units = BigInt(value.replace('.', '')) + steps
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  return `${units < 0n ? '-' : ''}${whole}${places === 0 ? '' : `.${digits.slice(digits.length - places)}`}`
}

const negated = (value: string | undefined): string => `${value}`.replace(/^-?/, (sign) => (sign === '-' ? '' : '-'))

const withMoney = ['conversions', 'attributions', 'rewards'] as const

/** What one of two rows loses and the other gains. */
function moved({ rows }: Subject, [from, to]: [TableRow, TableRow], column: string, steps: bigint): Mutant {
  const less = changed(from, { [column]: plus(`${from.values[column]}`, -steps) })
  const more = changed(to, { [column]: plus(`${to.values[column]}`, steps) })
  return { table: from.table, column, rows: replaced(replaced(rows, from, less), to, more) }
}

const inOneSplit = (row: TableRow): string => {
  const { program_id, conversion_id, model } = valuesOf(row)
  return [row.position, program_id, conversion_id, model].join('|')
}

const attributionPairs = (subject: Subject, sameAdvocate: boolean): [TableRow, TableRow][] =>
  pairsWithin(ofTable(subject.rows, 'attributions'), inOneSplit).filter(
    ([a, b]) => (valuesOf(a).advocate_id === valuesOf(b).advocate_id) === sameAdvocate,
  )

export const amounts: readonly Kind[] = [
  {
    name: 'one minor unit moves from an advocate to another, sums kept',
    mutants: (subject) =>
      some(subject.random, attributionPairs(subject, false), 6).map((pair) => moved(subject, pair, 'amount', 1n)),
  },
  {
    name: 'one minor unit moves between two touches of one advocate',
    mutants: (subject) =>
      some(subject.random, attributionPairs(subject, true), 6).map((pair) => moved(subject, pair, 'amount', 1n)),
  },
  {
    name: 'a billionth of the credit moves from a touch to another',
    mutants: (subject) =>
      some(subject.random, [...attributionPairs(subject, true), ...attributionPairs(subject, false)], 6).map((pair) =>
        moved(subject, pair, 'credit', 1n),
      ),
  },
  {
    name: 'one minor unit moves between two positions of one conversion',
    mutants: (subject) =>
      some(subject.random, acrossPositions(subject), 6).map((pair) => moved(subject, pair, 'amount', 1n)),
  },
  {
    name: 'one minor unit moves from a reward to another',
    mutants: (subject) => {
      const pairs = pairsWithin(ofTable(subject.rows, 'rewards'), (row) => `${row.values.currency}`)
      return some(subject.random, pairs, 6).map((pair) => moved(subject, pair, 'amount', 1n))
    },
  },
  {
    name: 'a reward is raised above its cap, and others of its rule are lowered by as much',
    mutants: (subject) => {
      const pairs = pairsWithin(
        ofTable(subject.rows, 'rewards'),
        ({ values }) => `${values.rule_id} ${values.currency}`,
      )
      return some(subject.random, pairs, 6).map((pair) => moved(subject, pair, 'amount', 1_000_000n))
    },
  },
  {
    name: 'two rows swap their amounts',
    mutants: ({ rows, random }) =>
      withMoney.flatMap((table) =>
        some(
          random,
          pairsWithin(ofTable(rows, table), ({ values }) => `${values.currency}`),
          4,
        ).map(([a, b]) => ({
          table,
          column: 'amount',
          rows: replaced(
            replaced(rows, a, changed(a, { amount: b.values.amount })),
            b,
            changed(b, { amount: a.values.amount }),
          ),
        })),
      ),
  },
  {
    name: 'an amount has the other sign',
    mutants: ({ rows, random }) =>
      withMoney.flatMap((table) =>
        some(random, ofTable(rows, table), 4).map((row) => {
          const { amount, credit } = valuesOf(row)
          const turned = { amount: negated(amount), ...(credit === undefined ? {} : { credit: negated(credit) }) }
          return { table, rows: replaced(rows, row, changed(row, turned)) }
        }),
      ),
  },
]

function acrossPositions({ rows }: Subject): [TableRow, TableRow][] {
  return withMoney.flatMap((table) =>
    pairsWithin(ofTable(rows, table), (row) => {
      const { conversion_id, model, touch_id, reward_id } = valuesOf(row)
      return [conversion_id, model, touch_id, reward_id].join('|')
    }).filter(([a, b]) => a.position !== b.position && valuesOf(a).conversion_id !== ''),
  )
}
