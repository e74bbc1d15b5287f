import { type Batch, type BatchLine, type BatchStatus, formatMinor, type LineOutcome } from '@vouch/domain'

/** A batch as it is printed after it was opened. */
export const openedJson = (batch: Batch) => ({
  batchId: batch.batchId,
  position: Number(batch.computedAt),
  lines: [...batch.lines.values()].map(({ reference, beneficiaryId, currency, amountMinor }) => ({
    reference,
    beneficiaryId,
    amount: formatMinor(amountMinor, currency),
    currency,
  })),
  totals: totalsOf(batch),
  carried: batch.carried.map(({ beneficiaryId, kind, currency, amountMinor, reason }) => ({
    beneficiaryId,
    kind,
    amount: formatMinor(amountMinor, currency),
    currency,
    reason,
  })),
})

/** All that is known of a batch. */
export function batchJson(batch: Batch) {
  const { batchId, programId, status, asOf, minimum, openedBy, approvedBy, cancelledBy, lines } = batch
  const { position, totals, carried } = openedJson(batch)
  return {
    batchId,
    programId,
    status,
    asOf,
    minimum: minimum ?? null,
    position,
    openedBy,
    openedAt: new Date(batch.openedAt).toISOString(),
    approvedBy: approvedBy ?? null,
    approvedAt: timeOf(batch.approvedAt),
    cancelledBy: cancelledBy ?? null,
    cancelledAt: timeOf(batch.cancelledAt),
    cancelReason: batch.cancelReason ?? null,
    submittedAt: timeOf(batch.submittedAt),
    submittedAs: batch.submittedAs ?? null,
    lines: [...lines.values()].map((line) => ({
      reference: line.reference,
      beneficiaryId: line.beneficiaryId,
      kind: line.kind,
      amount: formatMinor(line.amountMinor, line.currency),
      currency: line.currency,
      status: statusOf(line, status),
      statedOn: line.said?.on ?? null,
      provider: line.said?.provider ?? null,
      reason: line.said?.reason ?? null,
    })),
    totals,
    outcomes: outcomesOf(batch),
    carried,
  }
}

const timeOf = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())

/** `resolved`: somebody said what became of it, since the statements did not. */
export type LineStatus = BatchStatus | LineOutcome | 'resolved'

const statusOf = ({ isResolved, outcome }: BatchLine, ofBatch: BatchStatus): LineStatus =>
  isResolved ? 'resolved' : (outcome ?? ofBatch)

/** What lines of one status come to in one currency. */
export interface OutcomeTotal {
  readonly status: LineStatus
  readonly currency: string
  readonly lines: number
  readonly amount: string
}

/** The lines by what became of them and by currency; those of which nobody has said anything first. */
function outcomesOf({ status, lines }: Batch): OutcomeTotal[] {
  const order: readonly string[] = [status, 'settled', 'failed', 'returned', 'resolved']
  const groups = Map.groupBy(lines.values(), (line) => `${order.indexOf(statusOf(line, status))} ${line.currency}`)
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => {
      const [line] = own as [BatchLine]
      const { currency } = line
      const minor = own.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
      return { status: statusOf(line, status), currency, lines: own.length, amount: formatMinor(minor, currency) }
    })
}

/** What the lines come to, by currency. */
export function totalsOf({ lines }: Batch): Record<string, string> {
  const sums = new Map<string, bigint>()
  for (const { currency, amountMinor } of lines.values()) sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor)
  return Object.fromEntries([...sums].map(([currency, minor]) => [currency, formatMinor(minor, currency)]))
}
