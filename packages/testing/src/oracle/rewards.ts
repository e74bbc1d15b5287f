import { customerOf, shiftTo, unmetConditions } from './conditions.ts'
import { fraction, minorUnits, roundHalfAway, split, times } from './exact.ts'
import { inOrder, nameOf, type Role, type Rule } from './log.ts'
import {
  advocateAt,
  countedConversions,
  type Facts,
  factsOfType,
  outOfAccount,
  suspendedAt,
  type Version,
  versionAt,
} from './program.ts'
import { matchingShare, rateOf, revenueOf } from './revenue.ts'
import { ownersShare, reasonsAgainstOwn, type Share, sharesOf, type TriggerFact } from './shares.ts'

/** What one rule gives one beneficiary for one trigger, before caps, as the facts are. */
export interface Claim {
  readonly rule: Rule
  readonly version: Version
  readonly trigger: TriggerFact
  readonly triggerId: string
  readonly role: Role
  readonly beneficiary: string
  readonly creditedMinor: bigint
  /** Minor units of the terms' currency; a tier's step depends on how many triggers came before. */
  readonly amountMinor: (earlierTriggers: number) => bigint
}

export interface RuleOutcome {
  readonly rule: Rule
  readonly trigger: TriggerFact
  readonly triggerId: string
  /** In the order in which they take room under a cap. */
  readonly claims: readonly Claim[]
  /** Why there are no claims, or why a part of the trigger falls to nobody: all that holds. */
  readonly silences: readonly string[]
  /** Those of them that are to be named: the first in order of precedence, or what each part without a beneficiary lacks. */
  readonly named: readonly string[]
}

/** Of several conditions that a trigger fails, the first here is the one to be named. */
const conditionReasons = [
  'fully-refunded',
  'no-fx-rate',
  'amount-too-large',
  'below-min-amount',
  'customer-unknown',
  'customer-not-new',
  'country',
  'category',
  'kind',
]

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
  const { rule, version, trigger, shares } = ruleCase
  const triggerId = triggerIdOf(trigger)
  const silent = (silences: readonly string[], named = silences.slice(0, 1)): RuleOutcome => {
    return { rule, trigger, triggerId, claims: [], silences, named }
  }
  const own = reasonsAgainstOwn(facts, trigger, version)
  if (shares.length === 0) return silent(own.length > 0 ? own : ['no-touch'])
  const unmet = unmetConditions(facts, rule, version, trigger)
  const parts = partsOf(facts, ruleCase)
  const lacking = parts.flatMap((part) => part.silence ?? [])
  if (unmet.length > 0) {
    const first = conditionReasons.find((reason) => unmet.includes(reason)) ?? ''
    return silent([...unmet, ...lacking], [first])
  }
  const claims = claimsOf(facts, ruleCase, parts)
  const silences = [...new Set(lacking)]
  return { rule, trigger, triggerId, claims, silences, named: claims.length > 0 ? silences : silences.slice(0, 1) }
}

/** A part of the trigger and who gets it: nobody, if it falls to a customer or an upline that is not there. */
interface Part {
  readonly beneficiary?: string | undefined
  readonly silence?: string | undefined
  readonly weight: bigint
  readonly creditedMinor: bigint
}

function partsOf(facts: Facts, { rule, trigger, shares }: RuleCase): Part[] {
  if (rule.to === 'referee') {
    const beneficiary = customerOf(trigger)
    const creditedMinor = shares.reduce((sum, share) => sum + share.creditedMinor, 0n)
    const silence = beneficiary === undefined ? 'customer-unknown' : undefined
    return [{ beneficiary, silence, weight: 1n, creditedMinor }]
  }
  const parts: Part[] = []
  for (const { advocateId, weight, creditedMinor } of shares) {
    const who = rule.to === 'advocate' ? { beneficiary: advocateId } : uplineOf(facts, advocateId, trigger.time)
    const at = parts.findIndex((part) => part.beneficiary !== undefined && part.beneficiary === who.beneficiary)
    const before = parts[at]
    if (before === undefined) parts.push({ ...who, weight, creditedMinor })
    else parts[at] = { ...before, weight: before.weight + weight, creditedMinor: before.creditedMinor + creditedMinor }
  }
  return parts
}

function uplineOf(facts: Facts, advocateId: string, time: number): Pick<Part, 'beneficiary' | 'silence'> {
  const parent = advocateAt(facts, advocateId, time).parentAdvocateId
  if (parent === undefined || parent === advocateId) return { silence: 'no-parent' }
  return suspendedAt(facts, parent, time) ? { silence: 'beneficiary-suspended' } : { beneficiary: parent }
}

function claimsOf(facts: Facts, { rule, version, trigger }: RuleCase, parts: readonly Part[]): Claim[] {
  const { currency } = version.terms
  const weights = parts.map((part) => part.weight)
  const ofRevenue = (creditedMinor: bigint, percent: string): bigint => {
    if (trigger.type !== 'conversion') return 0n
    const revenue = revenueOf(facts, trigger)
    const matching = rule.when?.categories ? matchingShare(revenue, rule.when.categories) : fraction('1')
    const rate = rateOf(trigger, currency)
    if (matching === undefined || rate === undefined) return 0n
    const credited = { numerator: creditedMinor, denominator: 1n }
    const factors = [matching, fraction(percent), fraction('0.01'), rate, shiftTo(currency, revenue.currency)]
    return roundHalfAway(factors.reduce(times, credited))
  }
  return parts.flatMap(({ beneficiary, creditedMinor }, index) => {
    if (beneficiary === undefined) return []
    const amountMinor = (earlierTriggers: number): bigint => {
      const { fixed, percent } = stepOf(rule, earlierTriggers)
      return fixed === undefined
        ? ofRevenue(creditedMinor, percent ?? '0')
        : (split(minorUnits(fixed, currency), weights)[index] ?? 0n)
    }
    const role = rule.to
    return [{ rule, version, trigger, triggerId: triggerIdOf(trigger), role, beneficiary, creditedMinor, amountMinor }]
  })
}

/** What the rule gives after so many earlier triggers: the highest step that is not above them. */
function stepOf({ amount }: Rule, earlierTriggers: number): { percent?: string; fixed?: string } {
  const reached = amount.tiers?.steps.filter(({ from }) => from <= earlierTriggers) ?? []
  return amount.tiers === undefined ? amount : ([...reached].sort((a, b) => b.from - a.from)[0] ?? {})
}
