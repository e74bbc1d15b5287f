import { type Batch, formatMinor } from '@vouch/domain'

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
  const { batchId, programId, status, asOf, minimum, openedBy, openedAt, approvedBy, cancelledBy, lines } = batch
  const { position, totals, carried } = openedJson(batch)
  return {
    batchId,
    programId,
    status,
    asOf,
    minimum: minimum ?? null,
    position,
    openedBy,
    openedAt: new Date(openedAt).toISOString(),
    approvedBy: approvedBy ?? null,
    cancelledBy: cancelledBy ?? null,
    lines: [...lines.values()].map(
      ({ reference, beneficiaryId, kind, currency, amountMinor, outcome, isResolved }) => ({
        reference,
        beneficiaryId,
        kind,
        amount: formatMinor(amountMinor, currency),
        currency,
        status: isResolved ? ('resolved' as const) : (outcome ?? status),
      }),
    ),
    totals,
    carried,
  }
}

/** What the lines come to, by currency. */
export function totalsOf({ lines }: Batch): Record<string, string> {
  const sums = new Map<string, bigint>()
  for (const { currency, amountMinor } of lines.values()) sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor)
  return Object.fromEntries([...sums].map(([currency, minor]) => [currency, formatMinor(minor, currency)]))
}
