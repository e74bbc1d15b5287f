import { compareFractions, digitsOf, type Fraction, fraction, minorUnits, times } from './exact.ts'
import { type Fact, inOrder, type Rule } from './log.ts'
import { type Facts, factsOfType, isTooLate, type Version } from './program.ts'
import { isSpent, matchingShare, type Revenue, rateOf, revenueOf } from './revenue.ts'
import type { TriggerFact } from './shares.ts'

/** Every reason for which a rule pays nothing for a trigger, whoever would be paid. */
export function unmetConditions(facts: Facts, rule: Rule, version: Version, trigger: TriggerFact): string[] {
  return [
    ...(trigger.type === 'conversion' ? unmetAmounts(facts, rule, version, trigger) : unmetWithoutAmount(rule)),
    ...unmetCustomer(facts, rule, trigger),
  ]
}

/** Minor units of the program's currency: from here on the tables could not hold what might be owed. */
const tooLarge = fraction('1e13')

function unmetAmounts(
  facts: Facts,
  { when = {} }: Rule,
  { terms: { currency } }: Version,
  conversion: Fact<'conversion'>,
): string[] {
  const { kind, country } = conversion.data
  const revenue = revenueOf(facts, conversion)
  const rate = rateOf(conversion, currency)
  const net = rate === undefined ? undefined : inMinorOf(currency, revenue, rate)
  const minimum = fraction(String(when.minAmount === undefined ? 0n : minorUnits(when.minAmount, currency)))
  return [
    ...(isSpent(facts, conversion) ? ['fully-refunded'] : []),
    ...(rate === undefined ? ['no-fx-rate'] : []),
    ...(net !== undefined && compareFractions(net, tooLarge) >= 0 ? ['amount-too-large'] : []),
    ...(net !== undefined && compareFractions(net, minimum) < 0 ? ['below-min-amount'] : []),
    ...(when.kinds && (kind === undefined || !when.kinds.includes(kind)) ? ['kind'] : []),
    ...(when.countries && (country === undefined || !when.countries.includes(country)) ? ['country'] : []),
    ...(when.categories && matchingShare(revenue, when.categories) === undefined ? ['category'] : []),
  ]
}

/** A click, share or signup has no amount, kind, country or items: what asks for one of them is never met. */
function unmetWithoutAmount({ when = {} }: Rule): string[] {
  return [
    ...(when.minAmount === undefined ? [] : ['below-min-amount']),
    ...(when.kinds === undefined ? [] : ['kind']),
    ...(when.countries === undefined ? [] : ['country']),
    ...(when.categories === undefined ? [] : ['category']),
  ]
}

/** New is a customer without an earlier conversion; before the terms is earlier too, but not what came beyond the horizon. */
function unmetCustomer(facts: Facts, { when = {} }: Rule, trigger: TriggerFact): string[] {
  if (when.customer !== 'new') return []
  const customerId = customerOf(trigger)
  if (customerId === undefined) return ['customer-unknown']
  const earlier = factsOfType(facts, 'conversion').filter(
    (other) => other.data.customerId === customerId && inOrder(other, trigger) < 0,
  )
  return earlier.some((other) => !isTooLate(facts, other)) ? ['customer-not-new'] : []
}

export function customerOf(trigger: TriggerFact): string | undefined {
  return 'customerId' in trigger.data ? trigger.data.customerId : undefined
}

/** The net amount in minor units of the program's currency, not rounded. */
function inMinorOf(programCurrency: string, revenue: Revenue, rate: Fraction): Fraction {
  return times(
    times({ numerator: revenue.netMinor, denominator: 1n }, rate),
    shiftTo(programCurrency, revenue.currency),
  )
}

/** Minor units of the program's currency for one of another, at a rate of one. */
export function shiftTo(programCurrency: string, currency: string): Fraction {
  return fraction(`1e${digitsOf(programCurrency) - digitsOf(currency)}`)
}
