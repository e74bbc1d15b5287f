import { type Batch, formatMinor } from '@vouch/domain'

/** A line of CSV as RFC 4180 has it, but for its end, which is a line feed. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(cellOf).join(',')}\n`

const cellOf = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** The payment instructions of a batch: the same text whenever it is asked for. */
export function instructionsCsv({ lines }: Batch): string {
  const rows = [...lines.values()].map(({ reference, beneficiaryId, currency, amountMinor }) =>
    csvLine([reference, beneficiaryId, formatMinor(amountMinor, currency), currency]),
  )
  return csvLine(['reference', 'beneficiary_id', 'amount', 'currency']) + rows.join('')
}
