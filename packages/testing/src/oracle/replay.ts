import { minorUnits } from './exact.ts'
import type { Cap } from './log.ts'
import type { Facts } from './program.ts'
import { type Claim, type RuleOutcome, ruleOutcomes } from './rewards.ts'

/** What is paid on a claim, and what was fixed when it was first accrued. */
export interface Standing {
  readonly claim: Claim
  readonly rawMinor: bigint
  readonly paidMinor: bigint
  /** Earlier conversions that counted for the tier's step. */
  readonly earlier: number
}

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
      const earlier = earlierConversions(after, claim)
      after.push({ claim, rawMinor: 0n, paidMinor: 0n, earlier })
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
  const room = roomFor(standing.claim, all)
  const most = room === undefined ? rawMinor : standing.paidMinor + (room > 0n ? room : 0n)
  return { ...standing, rawMinor, paidMinor: rawMinor < most ? rawMinor : most }
}

/** The least room that the rule's caps leave; undefined without any. */
function roomFor(claim: Claim, all: readonly Standing[]): bigint | undefined {
  const { perAdvocate, perCustomer, perProgram } = claim.rule.caps ?? {}
  const sameRule = all.filter((standing) => standing.claim.rule.ruleId === claim.rule.ruleId)
  const customerId = customerOf(claim)
  const rooms = [
    ...roomsUnder(
      perAdvocate,
      claim,
      sameRule.filter((standing) => standing.claim.beneficiary === claim.beneficiary),
    ),
    ...(customerId === undefined
      ? []
      : roomsUnder(
          perCustomer,
          claim,
          sameRule.filter((standing) => customerOf(standing.claim) === customerId),
        )),
    ...roomsUnder(perProgram, claim, sameRule),
  ]
  return rooms.sort((a, b) => (a < b ? -1 : 1))[0]
}

function roomsUnder(cap: Cap | undefined, claim: Claim, scope: readonly Standing[]): bigint[] {
  if (cap === undefined) return []
  const counted = scope.filter((standing) => cap.per === undefined || monthOf(standing.claim) === monthOf(claim))
  const rooms: bigint[] = []
  if (cap.amount !== undefined) {
    const limit = minorUnits(cap.amount, claim.version.terms.currency)
    rooms.push(counted.reduce((room, standing) => room - standing.paidMinor, limit))
  }
  if (cap.conversions !== undefined) {
    const others = counted.filter((one) => one.paidMinor > 0n && one.claim.triggerId !== claim.triggerId)
    const taken = new Set(others.map((standing) => standing.claim.triggerId)).size
    if (taken >= cap.conversions) rooms.push(0n)
  }
  return rooms
}

function earlierConversions(all: readonly Standing[], claim: Claim): number {
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

function customerOf(claim: Claim): string | undefined {
  return 'customerId' in claim.trigger.data ? claim.trigger.data.customerId : undefined
}
