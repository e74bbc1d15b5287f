import { roomsFor } from './caps.ts'
import { inOrder, monthOf } from './log.ts'
import type { Facts } from './program.ts'
import { type Claim, type RuleOutcome, ruleOutcomes } from './rewards.ts'

/** What is paid on a claim, and what kept it from more. */
export interface Standing {
  /** As it was when it last was one. */
  readonly claim: Claim
  readonly rawMinor: bigint
  readonly paidMinor: bigint
  /** The caps that kept it below what its rule gives when it last grew, the one that left least room first. */
  readonly cappedBy: readonly CapName[]
}

export type CapName = 'cap-per-advocate' | 'cap-per-customer' | 'cap-per-program'

export interface Rewarded {
  readonly standings: readonly Standing[]
  readonly outcomes: readonly RuleOutcome[]
}

/** A beneficiary's trigger in the count that a ladder goes by; once taken, a number is kept. */
interface Numbered {
  readonly claim: Claim
  readonly per: 'month' | undefined
  /** How many of the beneficiary's triggers had a number before. */
  readonly earlier: number
}

/** What is paid, and who has which number, after some events of a program. */
export interface RewardState {
  readonly standings: readonly Standing[]
  readonly numbered: readonly Numbered[]
}

export const nothingRewarded: RewardState = { standings: [], numbered: [] }

/**
 * The rewards that stand at the end of the log. Only where a rule has caps or tiers does the order of arrival matter, and
 * the log is replayed: all claims are worked out anew for each prefix, and the change since the prefix before is applied.
 */
export function rewardsOf(facts: Facts): Rewarded {
  const ordered = facts.some(
    (fact) =>
      fact.type === 'program.published' &&
      'rewards' in fact.data &&
      fact.data.rewards?.some((rule) => rule.caps !== undefined || rule.amount.tiers !== undefined),
  )
  let state = nothingRewarded
  for (let length = ordered ? 1 : facts.length; length <= facts.length; length += 1) {
    state = advance(state, ruleOutcomes(facts.slice(0, length)))
  }
  return { standings: state.standings, outcomes: ruleOutcomes(facts) }
}

/** Across versions a reward is the same while its rule, role, currency, beneficiary and trigger are. */
export function keyOf({ rule, role, version, beneficiary, triggerId, trigger }: Claim): string {
  return [rule.ruleId, role, version.terms.currency, beneficiary, trigger.type, triggerId].join('|')
}

/** One event further: `outcomes` are those of the facts up to it. */
export function advance(before: RewardState, outcomes: readonly RuleOutcome[]): RewardState {
  const claims = outcomes.flatMap((outcome) => outcome.claims)
  const claimOf = new Map(claims.map((claim) => [keyOf(claim), claim]))
  const known = new Set(before.standings.map((standing) => keyOf(standing.claim)))
  // Claims come in the order of their triggers; those that go on take their numbers before those that are new.
  const goingOn = claims.filter((claim) => known.has(keyOf(claim)))
  const fresh = claims.filter((claim) => !known.has(keyOf(claim)))
  const numbered = [...goingOn, ...fresh].reduce(withNumber, before.numbered)
  const rawOf = (claim: Claim | undefined) => claim?.amountMinor(numberOf(numbered, claim)?.earlier ?? 0) ?? 0n

  const standings = before.standings.map((standing) => {
    const claim = claimOf.get(keyOf(standing.claim))
    return shrink({ ...standing, claim: claim ?? standing.claim }, rawOf(claim))
  })
  for (const claim of claims) {
    const at = standings.findIndex((standing) => keyOf(standing.claim) === keyOf(claim))
    const standing = standings[at] ?? { claim, rawMinor: 0n, paidMinor: 0n, cappedBy: [] }
    standings[at < 0 ? standings.length : at] = grow(standing, rawOf(claim), standings)
  }
  return { standings, numbered }
}

/** First, whatever has become less: the room it leaves can be used by what becomes more at the same position. */
function shrink(standing: Standing, rawMinor: bigint): Standing {
  if (rawMinor >= standing.rawMinor) return standing
  const paidMinor = rawMinor < standing.paidMinor ? rawMinor : standing.paidMinor
  return { ...standing, rawMinor, paidMinor }
}

function grow(standing: Standing, rawMinor: bigint, all: readonly Standing[]): Standing {
  if (rawMinor <= standing.rawMinor) return standing
  let paidMinor = rawMinor
  const cappedBy = new Set<CapName>()
  const byRoom = roomsFor(standing.claim, all).sort((a, b) => Number(a.roomMinor - b.roomMinor))
  for (const { name, roomMinor } of byRoom) {
    const mostMinor = standing.paidMinor + (roomMinor > 0n ? roomMinor : 0n)
    if (mostMinor < rawMinor) cappedBy.add(name)
    if (mostMinor < paidMinor) paidMinor = mostMinor
  }
  return { ...standing, rawMinor, paidMinor, cappedBy: [...cappedBy] }
}

function withNumber(numbered: readonly Numbered[], claim: Claim): readonly Numbered[] {
  const { tiers } = claim.rule.amount
  if (tiers === undefined || numberOf(numbered, claim) !== undefined) return numbered
  const before = numbered.filter(
    (other) =>
      isOfSameLadder(other, claim) &&
      (tiers.per === undefined || monthOf(other.claim.trigger) === monthOf(claim.trigger)),
  )
  return [...numbered, { claim, per: tiers.per, earlier: before.length }]
}

function numberOf(numbered: readonly Numbered[], claim: Claim): Numbered | undefined {
  return numbered.find((other) => isOfSameLadder(other, claim) && inOrder(other.claim.trigger, claim.trigger) === 0)
}

function isOfSameLadder({ claim, per }: Numbered, { rule, beneficiary }: Claim): boolean {
  return claim.rule.ruleId === rule.ruleId && claim.beneficiary === beneficiary && per === rule.amount.tiers?.per
}
