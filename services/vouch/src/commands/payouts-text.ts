import { type Batch, formatMinor } from '@vouch/domain'
import { batchJson, totalsOf } from '../finance/batch-json.ts'
import type { ListedBatch } from '../finance/list.ts'

/** A batch for people to read. */
export function batchText(batch: Batch): string {
  const { batchId, programId, status, asOf, minimum, computedAt, openedBy, approvedBy, cancelledBy, lines, carried } =
    batch
  const least = minimum === undefined ? '' : `, from ${minimum} on`
  const whom = [
    `opened by ${openedBy}`,
    ...(approvedBy === undefined ? [] : [`approved by ${approvedBy}`]),
    ...(cancelledBy === undefined ? [] : [`cancelled by ${cancelledBy}`]),
  ]
  const rows = batchJson(batch).lines.map((line) => [
    line.reference,
    line.beneficiaryId,
    `${line.amount} ${line.currency}`,
    ...(line.status === status ? [] : [line.status]),
  ])
  return [
    `Batch ${batchId} of ${programId}: what was payable on ${asOf}${least}, as known at position ${computedAt}.`,
    `It is ${status}: ${whom.join(', ')}. ${lines.size === 1 ? '1 line' : `${lines.size} lines`}, ${totalsText(totalsOf(batch))}.`,
    ...columns(rows),
    ...(carried.length === 0 ? [] : ['Carried over:']),
    ...columns(
      carried.map(({ beneficiaryId, currency, amountMinor, reason }) => [
        beneficiaryId,
        `${formatMinor(amountMinor, currency)} ${currency}`,
        reason,
      ]),
    ),
  ].join('\n')
}

export const listText = (batches: readonly ListedBatch[]): string =>
  batches.length === 0
    ? 'There is no batch; vouch payouts open makes one.'
    : columns(
        batches.map(({ batchId, programId, status, openedAt, lines, totals }) => [
          batchId,
          programId,
          status,
          openedAt,
          String(lines),
          totalsText(totals),
        ]),
      ).join('\n')

const totalsText = (totals: Readonly<Record<string, string>>): string =>
  Object.entries(totals)
    .map(([currency, amount]) => `${amount} ${currency}`)
    .join(', ')

/** Cells one below the other. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
