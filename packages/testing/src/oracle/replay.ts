import { customerOf } from './conditions.ts'
import { minorUnits } from './exact.ts'
import type { Cap } from './log.ts'
import type { Facts } from './program.ts'
import { type Claim, type RuleOutcome, ruleOutcomes } from './rewards.ts'

/** What is paid on a claim, and what was fixed when it was first accrued. */
export interface Standing {
  readonly claim: Claim
  readonly rawMinor: bigint
  readonly paidMinor: bigint
  /** Earlier triggers that counted for the tier's step. */
  readonly earlier: number
  /** The caps that kept it below what its rule gives when it last grew. */
  readonly cappedBy: readonly CapName[]
}

export type CapName = 'cap-per-advocate' | 'cap-per-customer' | 'cap-per-program'

export interface Rewarded {
  readonly standings: readonly Standing[]
  readonly outcomes: readonly RuleOutcome[]
}

/**
 * The rewards that stand at the end of the log. Only where a rule has caps or tiers does the order of arrival matter, and
 * the log is replayed: all claims are worked out anew for each prefix, and the change since the prefix before is applied.
 */
export function rewardsOf(facts: Facts): Rewarded {
  const ordered = facts.some(
    (fact) =>
      fact.type === 'program.published' &&
      'rewards' in fact.data &&
      fact.data.rewards.some((rule) => rule.caps !== undefined || rule.amount.tiers !== undefined),
  )
  let standings: readonly Standing[] = []
  for (let length = ordered ? 1 : facts.length; length <= facts.length; length += 1) {
    standings = advance(standings, ruleOutcomes(facts.slice(0, length)))
  }
  return { standings, outcomes: ruleOutcomes(facts) }
}

export function keyOf({ rule, role, beneficiary, triggerId, trigger }: Claim): string {
  return [rule.ruleId, role, beneficiary, trigger.type, triggerId].join('|')
}

function advance(before: readonly Standing[], outcomes: readonly RuleOutcome[]): Standing[] {
  const claims = outcomes.flatMap((outcome) => outcome.claims)
  const after = before.map((standing) => shrink(standing, claims))
  for (const claim of claims) {
    const at = after.findIndex((standing) => keyOf(standing.claim) === keyOf(claim))
    const known = after[at]
    if (known === undefined) {
      const earlier = earlierTriggers(after, claim)
      after.push({ claim, rawMinor: 0n, paidMinor: 0n, earlier, cappedBy: [] })
    }
    const index = known === undefined ? after.length - 1 : at
    const standing = after[index]
    if (standing !== undefined) after[index] = grow(standing, after)
  }
  return after
}

/** First, whatever has become less: the room it leaves can be used by what becomes more at the same position. */
function shrink(standing: Standing, claims: readonly Claim[]): Standing {
  const claim = claims.find((one) => keyOf(one) === keyOf(standing.claim))
  const wantedMinor = claim?.amountMinor(standing.earlier) ?? 0n
  const next = { ...standing, claim: claim ?? standing.claim }
  if (wantedMinor >= standing.rawMinor) return next
  const paidMinor = wantedMinor < standing.paidMinor ? wantedMinor : standing.paidMinor
  return { ...next, rawMinor: wantedMinor, paidMinor }
}

function grow(standing: Standing, all: readonly Standing[]): Standing {
  const rawMinor = standing.claim.amountMinor(standing.earlier)
  if (rawMinor <= standing.rawMinor) return standing
  let paidMinor = rawMinor
  const cappedBy: CapName[] = []
  for (const { name, roomMinor } of roomsFor(standing.claim, all)) {
    const mostMinor = standing.paidMinor + (roomMinor > 0n ? roomMinor : 0n)
    if (mostMinor < rawMinor) cappedBy.push(name)
    if (mostMinor < paidMinor) paidMinor = mostMinor
  }
  return { ...standing, rawMinor, paidMinor, cappedBy: [...new Set(cappedBy)] }
}

/** What room each of the rule's caps leaves; a cap per customer does not bind where no customer is known. */
function roomsFor(claim: Claim, all: readonly Standing[]): { name: CapName; roomMinor: bigint }[] {
  const { perAdvocate, perCustomer, perProgram } = claim.rule.caps ?? {}
  const sameRule = all.filter((standing) => standing.claim.rule.ruleId === claim.rule.ruleId)
  const customerId = customerOf(claim.trigger)
  const scopes: [CapName, Cap | undefined, readonly Standing[]][] = [
    ['cap-per-advocate', perAdvocate, sameRule.filter((one) => one.claim.beneficiary === claim.beneficiary)],
    [
      'cap-per-customer',
      customerId === undefined ? undefined : perCustomer,
      sameRule.filter((one) => customerOf(one.claim.trigger) === customerId),
    ],
    ['cap-per-program', perProgram, sameRule],
  ]
  return scopes.flatMap(([name, cap, scope]) =>
    cap === undefined ? [] : roomsUnder(cap, claim, scope).map((roomMinor) => ({ name, roomMinor })),
  )
}

function roomsUnder(cap: Cap, claim: Claim, scope: readonly Standing[]): bigint[] {
  const counted = scope.filter((standing) => cap.per === undefined || monthOf(standing.claim) === monthOf(claim))
  const rooms: bigint[] = []
  if (cap.amount !== undefined) {
    const limit = minorUnits(cap.amount, claim.version.terms.currency)
    rooms.push(counted.reduce((room, standing) => room - standing.paidMinor, limit))
  }
  if (cap.conversions !== undefined) {
    const paying = counted.filter((one) => one.paidMinor > 0n).map((one) => one.claim.triggerId)
    // What has a place already needs no other, even if terms have since made places fewer.
    if (!paying.includes(claim.triggerId) && new Set(paying).size >= cap.conversions) rooms.push(0n)
  }
  return rooms
}

function earlierTriggers(all: readonly Standing[], claim: Claim): number {
  const { tiers } = claim.rule.amount
  if (tiers === undefined) return 0
  return all.filter(
    ({ claim: other }) =>
      other.rule.ruleId === claim.rule.ruleId &&
      other.beneficiary === claim.beneficiary &&
      (tiers.per === undefined || monthOf(other) === monthOf(claim)),
  ).length
}

function monthOf(claim: Claim): string {
  return new Date(claim.trigger.time).toISOString().slice(0, 7)
}
