import type { Instruction } from './reconcile.ts'
import { type StatedLine, type StatementLine, statementLine, statementLineIds } from './statement-line.ts'

/** Words for specs of reconciliation. */

export const instruction = (reference: string, amountMinor = 1000n, more: Partial<Instruction> = {}): Instruction => ({
  batchId: 'summer-1',
  programId: 'summer',
  reference,
  beneficiaryId: `who-${reference}`,
  amountMinor,
  currency: 'EUR',
  ...more,
})

/** A line of a statement that says that 10.00 EUR were paid. */
export const stated = (reference: string, more: Partial<StatedLine> = {}): StatedLine => ({
  provider: 'bank',
  reference,
  beneficiaryId: `who-${reference}`,
  amount: { value: '10.00', currency: 'EUR' },
  status: 'settled',
  date: '2026-04-03',
  ...more,
})

/** What the log has of files, each line once. */
export function recorded(...files: readonly (readonly StatedLine[])[]): StatementLine[] {
  const known = new Map<string, StatementLine>()
  for (const file of files) {
    for (const [index, id] of statementLineIds(file).entries()) {
      const data = { programId: 'summer', ...(file[index] as StatedLine) }
      if (!known.has(id)) known.set(id, statementLine({ id, data }))
    }
  }
  return [...known.values()]
}
