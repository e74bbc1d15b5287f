import type { Ratio } from '../decimal.ts'
import { type MoneyJson, toMinor } from '../money.ts'

export interface Item {
  readonly sku: string
  readonly category?: string | undefined
  /** Of the whole line, in the currency of its conversion. */
  readonly amount: MoneyJson
}

export interface ItemRefund {
  readonly amount: MoneyJson
  readonly items?: readonly Item[] | undefined
}

/**
 * Which share of what is left of a conversion is owed to items of the given categories.
 *
 * The share is of the whole amount, so that shipping belongs to no category; where the items come to more than the amount
 * (a discount on the order), it is of the items. A refund that names its items takes them away, and its amount from the
 * whole; one that does not takes from all alike. An item of a refund without a category is found by its sku.
 */
export function categoryShare(
  grossMinor: bigint,
  items: readonly Item[],
  refunds: readonly ItemRefund[],
  categories: ReadonlySet<string>,
): Ratio {
  const categoryOf = new Map(items.map((item) => [item.sku, item.category]))
  const matchingIn = (list: readonly Item[]): bigint => {
    let sum = 0n
    for (const item of list) {
      const category = item.category ?? categoryOf.get(item.sku)
      if (category !== undefined && categories.has(category)) sum += toMinor(item.amount)
    }
    return sum
  }
  const itemised = refunds.filter((refund) => refund.items && refund.items.length > 0)
  const returned = itemised.flatMap((refund) => refund.items ?? [])
  const listed = sumOf(items) - sumOf(returned)
  const left = grossMinor - sumOf(itemised)
  const whole = listed > left ? listed : left
  const matching = matchingIn(items) - matchingIn(returned)
  if (whole <= 0n || matching <= 0n) return { num: 0n, den: 1n }
  return matching >= whole ? { num: 1n, den: 1n } : { num: matching, den: whole }
}

const sumOf = (list: readonly { readonly amount: MoneyJson }[]): bigint =>
  list.reduce((sum, it) => sum + toMinor(it.amount), 0n)
