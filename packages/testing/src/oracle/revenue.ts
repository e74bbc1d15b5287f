import { type Fraction, fraction, type Money, minorUnits } from './exact.ts'
import { type Fact, type Item, inOrder } from './log.ts'
import { type Facts, factsOfType } from './program.ts'

/** A conversion's amended gross amount less its refunds, in its own currency. */
export interface Revenue {
  readonly netMinor: bigint
  readonly grossMinor: bigint
  readonly currency: string
  readonly items: readonly Item[]
  readonly itemRefunds: readonly { readonly amount: Money; readonly items: readonly Item[] }[]
}

/** A conversion's amendments and refunds in its own currency, each in order. */
export function correctionsOf(
  facts: Facts,
  { data: { conversionId, amount } }: Fact<'conversion'>,
): { amendments: Fact<'conversion.amended'>[]; refunds: Fact<'refund'>[] } {
  const concerns = (fact: Fact<'refund'> | Fact<'conversion.amended'>) =>
    fact.data.conversionId === conversionId && fact.data.amount.currency === amount.currency
  return {
    amendments: factsOfType(facts, 'conversion.amended').filter(concerns).sort(inOrder),
    refunds: factsOfType(facts, 'refund').filter(concerns).sort(inOrder),
  }
}

export function revenueOf(facts: Facts, conversion: Fact<'conversion'>): Revenue {
  const { currency } = conversion.data.amount
  const { amendments, refunds } = correctionsOf(facts, conversion)
  const gross = minorUnits((amendments.at(-1) ?? conversion).data.amount.value, currency)
  const refunded = refunds.reduce((sum, refund) => sum + minorUnits(refund.data.amount.value, currency), 0n)
  const restated = amendments.findLast((amendment) => amendment.data.items !== undefined)
  return {
    netMinor: refunded > gross ? 0n : gross - refunded,
    grossMinor: gross,
    currency,
    items: (restated ?? conversion).data.items ?? [],
    itemRefunds: refunds.flatMap(({ data }) =>
      data.items && data.items.length > 0 ? [{ amount: data.amount, items: data.items }] : [],
    ),
  }
}

/** It had an amount at some time, and corrections have left none of it. */
export function isSpent(facts: Facts, conversion: Fact<'conversion'>): boolean {
  const { netMinor, grossMinor, currency } = revenueOf(facts, conversion)
  return netMinor === 0n && (grossMinor > 0n || minorUnits(conversion.data.amount.value, currency) > 0n)
}

/**
 * The part of what is left that lies in the categories; undefined if none does. Refunds that name items take these away from
 * the items, and their own amount from the whole; others take from all alike. What no item accounts for (shipping) is in no
 * category, and items that come to more than the whole (a discount) share it among themselves.
 */
export function matchingShare(revenue: Revenue, categories: readonly string[]): Fraction | undefined {
  const { items, itemRefunds, grossMinor } = revenue
  const matches = (item: Item): boolean => {
    const category = item.category ?? items.findLast((known) => known.sku === item.sku)?.category
    return category !== undefined && categories.includes(category)
  }
  const returned = itemRefunds.flatMap((refund) => refund.items)
  const matching = sumOf(items.filter(matches)) - sumOf(returned.filter(matches))
  const listed = sumOf(items) - sumOf(returned)
  const whole = grossMinor - sumOf(itemRefunds)
  const all = listed < whole ? whole : listed
  if (matching <= 0n || all <= 0n) return undefined
  return all < matching ? fraction('1') : { numerator: matching, denominator: all }
}

function sumOf(items: readonly { readonly amount: Money }[]): bigint {
  return items.reduce((sum, item) => sum + minorUnits(item.amount.value, item.amount.currency), 0n)
}

/** Units of the program's currency for one of the conversion's; undefined if nobody said. */
export function rateOf(conversion: Fact<'conversion'>, programCurrency: string): Fraction | undefined {
  if (conversion.data.amount.currency === programCurrency) return fraction('1')
  return conversion.data.fxRate === undefined ? undefined : fraction(conversion.data.fxRate)
}
