import { type ReadRow, unitsOf } from '../row.ts'
import { add, cell, decimalOf, type Finding, keyOfCells, type Law, momentsOf } from './law.ts'

/** What may never fall below zero, by table: the columns that tell one from another, and those that are summed. */
const sums = {
  conversions: { of: ['program_id', 'conversion_id', 'currency'], what: ['amount'] },
  attributions: {
    of: ['program_id', 'conversion_id', 'model', 'advocate_id', 'touch_id', 'currency', 'terms_version'],
    what: ['credit', 'amount'],
  },
  rewards: { of: ['program_id', 'reward_id', 'beneficiary_id', 'currency', 'terms_version'], what: ['amount'] },
} as const

const isSummed = (table: string): table is keyof typeof sums => table in sums

export const refunds: Law = {
  name: 'refunds',
  says: 'After every event nothing is taken back beyond what there was: no net amount, credit or reward is below zero',
  check(log, rows) {
    const standing = new Map<string, bigint>()
    const found: Finding[] = []
    for (const { position, rows: own } of momentsOf(log, rows)) {
      const changed = new Map<string, ReadRow>()
      for (const row of own) {
        if (!isSummed(row.table) || cell(row, 'rule_id') === 'by-hand') continue
        const { of, what } = sums[row.table]
        for (const column of what) {
          const key = `${row.table} ${column} of ${keyOfCells(row, ...of)}`
          add(standing, key, unitsOf(cell(row, column)))
          changed.set(key, row)
        }
      }
      for (const [key, { table, line }] of changed) {
        const sum = standing.get(key) ?? 0n
        if (sum < 0n) found.push({ law: 'refunds', table, position, line, says: `${key} comes to ${decimalOf(sum)}` })
      }
    }
    return found
  },
}
