import { type Fraction, fraction, minorUnits } from './exact.ts'
import { type Fact, type Item, inOrder } from './log.ts'
import { type Facts, factsOfType } from './program.ts'

/** A conversion's amended gross amount less its refunds, in its own currency. */
export interface Revenue {
  readonly netMinor: bigint
  readonly currency: string
  /** Refunded in its currency beyond the gross amount. */
  readonly overMinor: bigint
  readonly items: readonly Item[]
  readonly refundedItems: readonly Item[]
}

export function revenueOf(facts: Facts, conversion: Fact<'conversion'>): Revenue {
  const { currency } = conversion.data.amount
  const concerns = (fact: Fact<'refund'> | Fact<'conversion.amended'>) =>
    fact.data.conversionId === conversion.data.conversionId && fact.data.amount.currency === currency
  const amendments = factsOfType(facts, 'conversion.amended').filter(concerns).sort(inOrder)
  const refunds = factsOfType(facts, 'refund').filter(concerns)
  const gross = minorUnits((amendments.at(-1) ?? conversion).data.amount.value, currency)
  const refunded = refunds.reduce((sum, refund) => sum + minorUnits(refund.data.amount.value, currency), 0n)
  const restated = amendments.findLast((amendment) => amendment.data.items !== undefined)
  return {
    netMinor: refunded > gross ? 0n : gross - refunded,
    currency,
    overMinor: refunded > gross ? refunded - gross : 0n,
    items: (restated ?? conversion).data.items ?? [],
    refundedItems: refunds.flatMap((refund) => refund.data.items ?? []),
  }
}

/** The part of the remaining items' amounts that lies in the categories; undefined if none does. */
export function matchingShare(revenue: Revenue, categories: readonly string[]): Fraction | undefined {
  let matching = 0n
  let all = 0n
  for (const category of new Set(revenue.items.map((item) => item.category))) {
    const remaining = sumOf(revenue.items, category) - sumOf(revenue.refundedItems, category)
    if (remaining <= 0n) continue
    all += remaining
    if (category !== undefined && categories.includes(category)) matching += remaining
  }
  return matching > 0n ? { numerator: matching, denominator: all } : undefined
}

function sumOf(items: readonly Item[], category: string | undefined): bigint {
  return items
    .filter((item) => item.category === category)
    .reduce((sum, item) => sum + minorUnits(item.amount.value, item.amount.currency), 0n)
}

/** Units of the program's currency for one of the conversion's; undefined if nobody said. */
export function rateOf(conversion: Fact<'conversion'>, programCurrency: string): Fraction | undefined {
  if (conversion.data.amount.currency === programCurrency) return fraction('1')
  return conversion.data.fxRate === undefined ? undefined : fraction(conversion.data.fxRate)
}
