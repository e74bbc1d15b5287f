import {
  amountOfShare,
  applyRule,
  availableOn,
  type CompiledRule,
  type CompiledTerms,
  formatMinor,
  grant,
  type Occasion,
  type RewardReason,
  type RuleOutcome,
  type Share,
  type Step,
  stepAfter,
  timestamp,
} from '@vouch/domain'
import { capReasons, periodOf, tightestCap, withCounters } from './caps.ts'
import type { Program } from './program.ts'
import { nameOf, type Rows } from './rows.ts'
import type { Fact, RewardUnit, TriggerState } from './state.ts'

/** A trigger whose rewards are to be brought in line with its facts. */
export interface RewardCase {
  readonly kind: 'conversion' | 'signup' | 'click' | 'share'
  /** What names the trigger in the ids of its rewards. */
  readonly identity: readonly string[]
  readonly conversionId: string | undefined
  readonly fact: Fact
  /** Who is counted under caps per customer; they do not bind where no customer is known. */
  readonly customerId: string | undefined
  readonly state: TriggerState
  readonly terms: CompiledTerms | undefined
  readonly occasion: Occasion | undefined
}

/** What the rules of its version owe for one trigger. */
export interface Dues {
  readonly trigger: RewardCase
  readonly outcomes: readonly { readonly rule: CompiledRule; readonly outcome: RuleOutcome }[]
}

export function duesOf(trigger: RewardCase): Dues {
  const { terms, occasion } = trigger
  if (!terms || !occasion) return { trigger, outcomes: [] }
  const rules = terms.rules.filter((rule) => rule.trigger === occasion.trigger)
  return { trigger, outcomes: rules.map((rule) => ({ rule, outcome: applyRule(rule, occasion) })) }
}

type UnitName = Pick<RewardUnit, 'ruleId' | 'role' | 'currency' | 'beneficiaryId'>

const unitNamed = (trigger: RewardCase, { ruleId, role, currency, beneficiaryId }: UnitName): RewardUnit | undefined =>
  trigger.state.rewards.find(
    (unit) =>
      unit.beneficiaryId === beneficiaryId &&
      unit.ruleId === ruleId &&
      unit.role === role &&
      unit.currency === currency,
  )

/**
 * First half: whatever gives less than it did. It comes first for all triggers, so that its room serves the second. What
 * has come under another version of its rule goes on under that one, with what it was granted.
 */
export function shrinkRewards(program: Program, dues: Dues, rows: Rows): void {
  const { trigger } = dues
  for (const unit of trigger.state.rewards) {
    const due = dueOfUnit(dues, unit)
    if (due && unit.version !== trigger.terms?.version) adopt(program, trigger, unit, due.rule, rows)
    const raw = due ? rawOf(due, unit, trigger) : 0n
    if (raw < BigInt(unit.raw)) settleUnit(program, trigger, unit, raw, rows)
  }
}

/** Second half: what is new or gives more, in order of rules and first touches. */
export function growRewards(program: Program, dues: Dues, rows: Rows): void {
  const { trigger, outcomes } = dues
  for (const { rule, outcome } of outcomes) {
    if (outcome.tag === 'nothing') continue
    outcome.shares.forEach(({ beneficiaryId }, index) => {
      if (beneficiaryId === undefined) return
      const unit = unitFor(program, trigger, rule, beneficiaryId)
      const raw = rawOf({ rule, shares: outcome.shares, index }, unit, trigger)
      if (raw > BigInt(unit.raw)) settleUnit(program, trigger, unit, raw, rows)
    })
  }
}

/** Why each rule, or each beneficiary of it, gets nothing. */
export function rewardReasons({
  trigger,
  outcomes,
}: Dues): { ruleId: string; beneficiaryId?: string; reason: RewardReason }[] {
  return outcomes.flatMap(({ rule, outcome }) => {
    const { ruleId } = rule
    if (outcome.tag === 'nothing') return [{ ruleId, reason: outcome.reason }]
    return outcome.shares.flatMap((share) => {
      const { beneficiaryId } = share
      if (beneficiaryId === undefined) return [{ ruleId, reason: share.reason }]
      const currency = trigger.terms?.currency ?? ''
      const unit = unitNamed(trigger, { ruleId, role: rule.to, currency, beneficiaryId })
      if (unit?.granted !== '0') return []
      const empty =
        trigger.occasion?.revenue === undefined || share.creditedMinor === 0n ? 'no-revenue' : 'rounds-to-zero'
      return [{ ruleId, beneficiaryId, reason: unit.raw === '0' ? empty : (unit.cappedBy ?? empty) }]
    })
  })
}

/** One share of a rule that is due. */
interface Due {
  readonly rule: CompiledRule
  readonly shares: readonly Share[]
  readonly index: number
}

/** What is due now to the unit's beneficiary under the same rule, role and currency; undefined if nothing is. */
function dueOfUnit({ trigger, outcomes }: Dues, unit: RewardUnit): Due | undefined {
  if (trigger.terms?.currency !== unit.currency) return undefined
  const found = outcomes.find(({ rule }) => rule.ruleId === unit.ruleId && rule.to === unit.role)
  if (!found || found.outcome.tag === 'nothing') return undefined
  const { shares } = found.outcome
  const index = shares.findIndex((share) => share.beneficiaryId === unit.beneficiaryId)
  return index < 0 ? undefined : { rule: found.rule, shares, index }
}

function rawOf({ rule, shares, index }: Due, unit: RewardUnit, trigger: RewardCase): bigint {
  const step = rule.steps[stepAfter(rule.steps, unit.ordinal)] as Step
  return amountOfShare(rule, step, shares, index, trigger.occasion?.revenue)
}

/** The unit of a share; a new one takes its place in the count that tiers go by. */
function unitFor(program: Program, trigger: RewardCase, rule: CompiledRule, beneficiaryId: string): RewardUnit {
  const { version, currency, holdDays } = trigger.terms as CompiledTerms
  const name = { ruleId: rule.ruleId, role: rule.to, currency, beneficiaryId }
  const known = unitNamed(trigger, name)
  if (known) return known
  const unit: RewardUnit = {
    ...name,
    version,
    earnedAt: trigger.fact.time,
    availableOn: availableOn(trigger.fact.time, holdDays),
    ordinal: ordinalOf(program, trigger, rule, beneficiaryId),
    raw: '0',
    granted: '0',
  }
  trigger.state.rewards.push(unit)
  return unit
}

/**
 * Takes a reward over into a later version of its rule. What it was granted stays granted, whatever room the new caps
 * have, and its number in a count of the tiers stays too wherever they count as they once did.
 */
function adopt(program: Program, trigger: RewardCase, unit: RewardUnit, rule: CompiledRule, rows: Rows): void {
  const { version, holdDays } = trigger.terms as CompiledTerms
  const granted = BigInt(unit.granted)
  if (granted !== 0n) writeReward(trigger, unit, granted, 0n, rows)
  withCounters(program, trigger, unit.ruleId, () => {
    unit.version = version
    unit.availableOn = availableOn(unit.earnedAt, holdDays)
  })
  unit.ordinal = ordinalOf(program, trigger, rule, unit.beneficiaryId)
  if (granted !== 0n) writeReward(trigger, unit, 0n, granted, rows)
}

/**
 * How many triggers of the rule the beneficiary had before this one when it was first counted, in the month if the tiers
 * go by months.
 */
function ordinalOf(program: Program, trigger: RewardCase, rule: CompiledRule, beneficiaryId: string): number {
  if (!rule.tiers) return 0
  const key = program.key('tier', rule.ruleId, beneficiaryId, periodOf(rule.tiers, trigger.fact.time))
  trigger.state.numbers ??= []
  const taken = trigger.state.numbers.find(({ count }) => count === key)
  if (taken !== undefined) return taken.number
  const earlier = program.state.get<number>('counter', key) ?? 0
  program.state.put('counter', key, earlier + 1)
  trigger.state.numbers.push({ count: key, number: earlier })
  return earlier
}

/** Brings one unit to a new raw amount within the room of its caps, and writes the difference. */
function settleUnit(program: Program, trigger: RewardCase, unit: RewardUnit, raw: bigint, rows: Rows): void {
  const rawMinor = BigInt(unit.raw)
  const before = BigInt(unit.granted)
  const tightest = raw > rawMinor ? tightestCap(program, trigger, unit) : undefined
  const after = grant({ rawMinor, grantedMinor: before }, raw, tightest?.room)
  unit.raw = raw.toString()
  unit.cappedBy = after < raw && tightest ? capReasons[tightest.scope] : after < raw ? unit.cappedBy : undefined
  if (after === before) return
  withCounters(program, trigger, unit.ruleId, () => {
    unit.granted = after.toString()
  })
  writeReward(trigger, unit, before, after, rows)
}

/** The difference between what stood and what stands, which is not the same. */
function writeReward(trigger: RewardCase, unit: RewardUnit, beforeMinor: bigint, afterMinor: bigint, rows: Rows): void {
  const amountMinor = afterMinor - beforeMinor
  rows.push('rewards', {
    reward_id: nameOf(unit.ruleId, trigger.kind, ...trigger.identity, unit.role, unit.beneficiaryId),
    rule_id: unit.ruleId,
    terms_version: unit.version,
    beneficiary_id: unit.beneficiaryId,
    role: unit.role,
    conversion_id: trigger.conversionId ?? '',
    trigger: trigger.kind,
    source: trigger.fact.source,
    event_id: trigger.fact.id,
    amount: formatMinor(amountMinor, unit.currency),
    currency: unit.currency,
    entry: amountMinor < 0n ? 'reversed' : unit.accrued ? 'adjusted' : 'accrued',
    standing: Number(afterMinor !== 0n) - Number(beforeMinor !== 0n),
    earned_at: timestamp(unit.earnedAt),
    available_on: unit.availableOn,
  })
  unit.accrued = true
}
