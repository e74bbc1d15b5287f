import { type ConvertedEvent, convertedLines, exchangeTotals, formatMinor } from '@vouch/domain'

/**
 * A conversion of balances as it is printed. `totals` has both sums, what the rate makes of the first, and the difference that
 * rounding each balance by itself has made.
 */
export function conversionJson({ time, data }: ConvertedEvent) {
  const { programId, conversionId, from, to, rate, asOf, by, reason, position, lines, carried } = data
  return {
    conversionId,
    programId,
    from,
    to,
    rate,
    asOf,
    by,
    reason: reason ?? null,
    convertedAt: new Date(time).toISOString(),
    position,
    lines: lines.map((line) => ({ beneficiaryId: line.beneficiaryId, role: line.role, from: line.from, to: line.to })),
    totals: totalsJson(data, convertedLines(data)),
    carried: carried.map(({ beneficiaryId, role, value, reason }) => ({
      beneficiaryId,
      role,
      amount: value,
      currency: from,
      reason,
    })),
  }
}

export function totalsJson(
  exchange: Parameters<typeof exchangeTotals>[0],
  lines: Parameters<typeof exchangeTotals>[1],
): Readonly<Record<'from' | 'to' | 'atRate' | 'difference', string>> {
  const { from, to } = exchange
  const { fromMinor, toMinor, atRateMinor, differenceMinor } = exchangeTotals(exchange, lines)
  return {
    from: formatMinor(fromMinor, from),
    to: formatMinor(toMinor, to),
    atRate: formatMinor(atRateMinor, to),
    difference: formatMinor(differenceMinor, to),
  }
}
