import {
  compareFractions,
  digitsOf,
  type Fraction,
  fraction,
  minorUnits,
  roundHalfAway,
  split,
  times,
} from './exact.ts'
import { type Fact, inOrder, nameOf, type Role, type Rule } from './log.ts'
import {
  advocateAt,
  countedConversions,
  type Facts,
  factsOfType,
  isTooLate,
  outOfAccount,
  suspendedAt,
  type Version,
  versionAt,
} from './program.ts'
import { isSpent, matchingShare, type Revenue, rateOf, revenueOf } from './revenue.ts'
import { ownersShare, type Share, sharesOf, type TriggerFact } from './shares.ts'

/** What one rule gives one beneficiary for one trigger, before caps, as the facts are. */
export interface Claim {
  readonly rule: Rule
  readonly version: Version
  readonly trigger: TriggerFact
  readonly triggerId: string
  readonly role: Role
  readonly beneficiary: string
  /** Minor units of the terms' currency; a tier's step depends on how many conversions came before. */
  readonly amountMinor: (earlierConversions: number) => bigint
}

export interface RuleOutcome {
  readonly rule: Rule
  readonly triggerId: string
  /** In the order in which they take room under a cap. */
  readonly claims: readonly Claim[]
  /** Why there are no claims. */
  readonly silence?: string
}

/** Every rule of the version in force, for every trigger that is taken into account; triggers in order, rules as listed. */
export function ruleOutcomes(facts: Facts): RuleOutcome[] {
  const triggers: TriggerFact[] = [
    ...countedConversions(facts),
    ...factsOfType(facts, 'click'),
    ...factsOfType(facts, 'share'),
    ...factsOfType(facts, 'signup'),
  ]
  return triggers
    .filter((trigger) => outOfAccount(facts, trigger) === undefined)
    .sort(inOrder)
    .flatMap((trigger) => {
      const version = versionAt(facts, trigger.time)
      const rules = version?.terms.rewards.filter((rule) => rule.trigger === trigger.type) ?? []
      if (version === undefined || rules.length === 0) return []
      const shares =
        trigger.type === 'conversion' ? sharesOf(facts, trigger, version) : ownersShare(facts, trigger, version)
      return rules.map((rule) => outcomeOf(facts, { rule, version, trigger, shares }))
    })
}

export function triggerIdOf(trigger: TriggerFact): string {
  return trigger.type === 'conversion' ? trigger.data.conversionId : nameOf(trigger)
}

interface RuleCase {
  readonly rule: Rule
  readonly version: Version
  readonly trigger: TriggerFact
  readonly shares: readonly Share[]
}

function outcomeOf(facts: Facts, ruleCase: RuleCase): RuleOutcome {
  const { rule, trigger, shares } = ruleCase
  const triggerId = triggerIdOf(trigger)
  const silent = (silence: string): RuleOutcome => ({ rule, triggerId, claims: [], silence })
  if (shares.length === 0) return silent('no-touch')
  const failed = trigger.type === 'conversion' ? failedCondition(facts, ruleCase, trigger) : conditionOfOthers(rule)
  if (failed !== undefined) return silent(failed)
  const beneficiaries = beneficiariesOf(facts, ruleCase)
  if (beneficiaries.every((one) => one.beneficiary === undefined)) {
    return silent(rule.to === 'upline' ? 'no-upline' : 'no-customer')
  }
  return { rule, triggerId, claims: claimsOf(facts, ruleCase, beneficiaries) }
}

/** A rule for clicks, shares or signups can only give fixed amounts without conditions. */
function conditionOfOthers(rule: Rule): string | undefined {
  if (rule.amount.fixed === undefined) return 'no-revenue'
  return rule.when !== undefined && Object.keys(rule.when).length > 0 ? 'condition-needs-conversion' : undefined
}

function failedCondition(
  facts: Facts,
  { rule, version }: RuleCase,
  conversion: Fact<'conversion'>,
): string | undefined {
  const { when = {} } = rule
  const { data } = conversion
  const { currency } = version.terms
  const revenue = revenueOf(facts, conversion)
  const rate = rateOf(conversion, currency)
  if (isSpent(facts, conversion)) return 'fully-refunded'
  if (rate === undefined) return 'no-rate'
  if (when.kinds && (data.kind === undefined || !when.kinds.includes(data.kind))) return 'kind'
  if (when.countries && (data.country === undefined || !when.countries.includes(data.country))) return 'country'
  if (when.customer === 'new' && !isFirst(facts, conversion)) return 'not-new'
  if (when.categories && matchingShare(revenue, when.categories) === undefined) return 'no-matching-items'
  if (when.minAmount !== undefined) {
    const net = inMinorOf(currency, revenue, rate)
    const minimum = { numerator: minorUnits(when.minAmount, currency), denominator: 1n }
    if (compareFractions(net, minimum) < 0) return 'below-minimum'
  }
  return undefined
}

function isFirst(facts: Facts, conversion: Fact<'conversion'>): boolean {
  const { customerId } = conversion.data
  const first = factsOfType(facts, 'conversion')
    .filter((other) => other.data.customerId === customerId && !isTooLate(facts, other))
    .sort(inOrder)[0]
  return customerId !== undefined && first !== undefined && inOrder(first, conversion) === 0
}

/** The net amount in minor units of the program's currency, not rounded. */
function inMinorOf(programCurrency: string, revenue: Revenue, rate: Fraction): Fraction {
  return times(
    times({ numerator: revenue.netMinor, denominator: 1n }, rate),
    shiftTo(programCurrency, revenue.currency),
  )
}

function shiftTo(programCurrency: string, currency: string): Fraction {
  return fraction(`1e${digitsOf(programCurrency) - digitsOf(currency)}`)
}

/** A part of the trigger and who gets it: nobody, if it falls to an upline that does not exist. */
interface Part {
  readonly beneficiary: string | undefined
  readonly weight: bigint
  readonly creditedMinor: bigint
}

function beneficiariesOf(facts: Facts, { rule, trigger, shares }: RuleCase): Part[] {
  if (rule.to === 'referee') {
    const customerId = 'customerId' in trigger.data ? trigger.data.customerId : undefined
    const creditedMinor = shares.reduce((sum, share) => sum + share.creditedMinor, 0n)
    return [{ beneficiary: customerId, weight: 1n, creditedMinor }]
  }
  const parts: Part[] = []
  for (const { advocateId, weight, creditedMinor } of shares) {
    const beneficiary: string | undefined =
      rule.to === 'advocate' ? advocateId : uplineOf(facts, advocateId, trigger.time)
    const at = beneficiary === undefined ? -1 : parts.findIndex((part) => part.beneficiary === beneficiary)
    const before = parts[at]
    if (before === undefined) parts.push({ beneficiary, weight, creditedMinor })
    else
      parts[at] = { beneficiary, weight: before.weight + weight, creditedMinor: before.creditedMinor + creditedMinor }
  }
  return parts
}

function uplineOf(facts: Facts, advocateId: string, time: number): string | undefined {
  const parent = advocateAt(facts, advocateId, time).parentAdvocateId
  if (parent === undefined || parent === advocateId) return undefined
  return suspendedAt(facts, parent, time) ? undefined : parent
}

function claimsOf(facts: Facts, { rule, version, trigger }: RuleCase, parts: readonly Part[]): Claim[] {
  const { fixed, percent, tiers } = rule.amount
  const { currency } = version.terms
  const fixedParts = split(
    fixed === undefined ? 0n : minorUnits(fixed, currency),
    parts.map((part) => part.weight),
  )
  const ofRevenue = (creditedMinor: bigint, points: string): bigint => {
    if (trigger.type !== 'conversion') return 0n
    const revenue = revenueOf(facts, trigger)
    const one = { numerator: 1n, denominator: 1n }
    const matching = rule.when?.categories ? matchingShare(revenue, rule.when.categories) : one
    const rate = rateOf(trigger, currency)
    if (matching === undefined || rate === undefined) return 0n
    const credited = { numerator: creditedMinor, denominator: 1n }
    const factors = [matching, fraction(points), fraction('0.01'), rate, shiftTo(currency, revenue.currency)]
    return roundHalfAway(factors.reduce(times, credited))
  }
  return parts.flatMap(({ beneficiary, creditedMinor }, index) => {
    if (beneficiary === undefined) return []
    const amountMinor = (earlierConversions: number): bigint => {
      if (fixed !== undefined) return fixedParts[index] ?? 0n
      const step = tiers?.steps
        .filter(({ from }) => from <= earlierConversions)
        .reduce((best, one) => (one.from >= best.from ? one : best), { from: -1, percent: '0' })
      return ofRevenue(creditedMinor, percent ?? step?.percent ?? '0')
    }
    return [{ rule, version, trigger, triggerId: triggerIdOf(trigger), role: rule.to, beneficiary, amountMinor }]
  })
}
