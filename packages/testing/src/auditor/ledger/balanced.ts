import { add, cell, type Finding } from '../laws/law.ts'
import { type ReadRow, unitsOf } from '../row.ts'

/** Each transaction comes to nothing in each currency. */
export function balanced(rows: readonly ReadRow[]): Finding[] {
  const sums = new Map<string, bigint>()
  const last = new Map<string, ReadRow>()
  for (const row of rows) {
    if (row.table !== 'ledger') continue
    const key = `${cell(row, 'transaction_id')} in ${cell(row, 'currency')}`
    add(sums, key, unitsOf(cell(row, 'amount')))
    last.set(key, row)
  }
  return [...last].flatMap(([key, { table, position, line }]) =>
    sums.get(key) === 0n ? [] : [{ law: 'balanced', table, position, line, says: `${key} does not come to zero` }],
  )
}
