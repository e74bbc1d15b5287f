import { type Batch, formatMinor } from '@vouch/domain'
import { batchJson, totalsOf } from '../finance/batch-json.ts'
import type { ListedBatch } from '../finance/list.ts'
import { columns } from './columns.ts'

/** A batch for people to read, as it was opened. */
export function openedText(batch: Batch): string {
  const { batchId, programId, asOf, minimum, computedAt, openedBy, lines } = batch
  const least = minimum === undefined ? '' : `, from ${minimum} on`
  return [
    `Batch ${batchId} of ${programId}: what was payable on ${asOf}${least}, as known at position ${computedAt}.`,
    `It is ${batch.status}: opened by ${openedBy}. ${countText(lines.size)}, ${totalsText(totalsOf(batch))}.`,
    ...linesText(batch),
    ...carriedText(batch),
  ].join('\n')
}

/** All that became of it. */
export function batchText(batch: Batch): string {
  const { batchId, programId, status, asOf, minimum, position, outcomes, ...json } = batchJson(batch)
  const least = minimum === null ? '' : `, from ${minimum} on`
  const why = json.cancelReason === null ? '' : `: ${json.cancelReason}`
  const history = [
    ['opened', json.openedAt, `by ${json.openedBy}`],
    ['approved', json.approvedAt, `by ${json.approvedBy}`],
    ['cancelled', json.cancelledAt, `by ${json.cancelledBy}${why}`],
    ['submitted', json.submittedAt, `as ${json.submittedAs}`],
  ]
  const totals = outcomes.map((it) => [it.status, countText(it.lines), `${it.amount} ${it.currency}`])
  return [
    `Batch ${batchId} of ${programId}: what was payable on ${asOf}${least}, as known at position ${position}.`,
    `It is ${status}. ${countText(json.lines.length)}, ${totalsText(json.totals)}.`,
    ...columns(history.filter((row): row is string[] => row[1] !== null)),
    'Lines:',
    ...linesText(batch),
    'Totals:',
    ...columns(totals, [1, 2]),
    ...carriedText(batch),
  ].join('\n')
}

const countText = (lines: number): string => (lines === 1 ? '1 line' : `${lines} lines`)

/** With what a provider has said of them. */
function linesText(batch: Batch): string[] {
  const { lines, status } = batchJson(batch)
  const rows = lines.map((line) => [
    line.reference,
    line.beneficiaryId,
    `${line.amount} ${line.currency}`,
    line.status === status ? '' : line.status,
    line.statedOn ?? '',
    line.provider === null ? '' : `says ${line.provider}${line.reason === null ? '' : `: ${line.reason}`}`,
  ])
  return columns(rows, [2])
}

function carriedText({ carried }: Batch): string[] {
  if (carried.length === 0) return []
  const rows = carried.map(({ beneficiaryId, currency, amountMinor, reason }) => [
    beneficiaryId,
    `${formatMinor(amountMinor, currency)} ${currency}`,
    reason,
  ])
  return ['Carried over:', ...columns(rows, [1])]
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
