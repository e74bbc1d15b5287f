import type { MoneyJson } from '../money.ts'
import { toMinor } from '../money.ts'
import { compareOccurrence, type Occurrence } from '../order.ts'

export interface Correction extends Occurrence {
  readonly amount: MoneyJson
}

export type CorrectionReason = 'currency-differs' | 'superseded' | 'refund-exceeds-amount'

export interface Net<A extends Correction, R extends Correction> {
  readonly originalMinor: bigint
  /** The amount, or what the latest amendment made of it. */
  readonly grossMinor: bigint
  /** The gross amount less what was refunded of it, never below zero. */
  readonly netMinor: bigint
  readonly amendment: A | undefined
  /** Those in the conversion's currency, by their own time. */
  readonly refunds: readonly R[]
  readonly refused: readonly { readonly correction: A | R; readonly reason: CorrectionReason }[]
}

/** What a conversion is worth after all that is known of it. The order of arrival does not matter. */
export function netOf<A extends Correction, R extends Correction>(
  amount: MoneyJson,
  amendments: readonly A[],
  refunds: readonly R[],
): Net<A, R> {
  const refused: { correction: A | R; reason: CorrectionReason }[] = []
  const sameCurrency = <C extends A | R>(corrections: readonly C[]): C[] => {
    const kept: C[] = []
    for (const correction of [...corrections].sort(compareOccurrence)) {
      if (correction.amount.currency === amount.currency) kept.push(correction)
      else refused.push({ correction, reason: 'currency-differs' })
    }
    return kept
  }
  const amended = sameCurrency(amendments)
  const amendment = amended.pop()
  for (const correction of amended) refused.push({ correction, reason: 'superseded' })
  const grossMinor = toMinor(amendment?.amount ?? amount)
  const taken = sameCurrency(refunds)
  let netMinor = grossMinor
  for (const correction of taken) {
    const refundMinor = toMinor(correction.amount)
    if (refundMinor > netMinor) refused.push({ correction, reason: 'refund-exceeds-amount' })
    netMinor = refundMinor > netMinor ? 0n : netMinor - refundMinor
  }
  return { originalMinor: toMinor(amount), grossMinor, netMinor, amendment, refunds: taken, refused }
}
