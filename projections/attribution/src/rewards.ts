import {
  amountOfShare,
  applyRule,
  availableOn,
  type CompiledCap,
  type CompiledRule,
  type CompiledTerms,
  compileTerms,
  formatMinor,
  grant,
  monthOf,
  type Occasion,
  type RewardReason,
  type RuleOutcome,
  type Step,
  stepAfter,
  timestamp,
} from '@vouch/domain'
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

const unitKey = (version: number, ruleId: string, beneficiaryId: string) => `${version}\n${ruleId}\n${beneficiaryId}`

/** First half: whatever gives less than it did. It comes first for all triggers, so that its room serves the second. */
export function shrinkRewards(program: Program, dues: Dues, rows: Rows): void {
  const { trigger } = dues
  for (const unit of Object.values(trigger.state.rewards)) {
    const raw = rawOfUnit(dues, unit)
    if (raw < BigInt(unit.raw)) settleUnit(program, trigger, unit, ruleOfUnit(program, unit), raw, rows)
  }
}

/** Second half: what is new or gives more, in order of rules and first touches. */
export function growRewards(program: Program, dues: Dues, rows: Rows): void {
  const { trigger, outcomes } = dues
  for (const { rule, outcome } of outcomes) {
    if (outcome.tag === 'nothing') continue
    for (const share of outcome.shares) {
      if (share.beneficiaryId === undefined) continue
      const unit = unitFor(program, trigger, rule, share.beneficiaryId)
      const raw = rawOfUnit(dues, unit)
      if (raw > BigInt(unit.raw)) settleUnit(program, trigger, unit, rule, raw, rows)
    }
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
      const unit = trigger.state.rewards[unitKey(trigger.terms?.version ?? 0, ruleId, beneficiaryId)]
      if (unit?.granted !== '0') return []
      const empty =
        trigger.occasion?.revenue === undefined || share.creditedMinor === 0n ? 'no-revenue' : 'rounds-to-zero'
      return [{ ruleId, beneficiaryId, reason: unit.raw === '0' ? empty : (unit.cappedBy ?? empty) }]
    })
  })
}

function rawOfUnit({ trigger, outcomes }: Dues, unit: RewardUnit): bigint {
  if (unit.version !== trigger.terms?.version) return 0n
  const found = outcomes.find(({ rule }) => rule.ruleId === unit.ruleId)
  if (!found || found.outcome.tag === 'nothing') return 0n
  const { shares } = found.outcome
  const index = shares.findIndex((share) => share.beneficiaryId === unit.beneficiaryId)
  if (index < 0) return 0n
  const step = found.rule.steps[stepAfter(found.rule.steps, unit.ordinal)] as Step
  return amountOfShare(found.rule, step, shares, index, trigger.occasion?.revenue)
}

function ruleOfUnit(program: Program, unit: RewardUnit): CompiledRule | undefined {
  const version = program.self.versions[unit.version - 1]
  return version && compileTerms(version).rules.find((rule) => rule.ruleId === unit.ruleId)
}

/** The unit of a share; a new one takes its place in the count that tiers go by. */
function unitFor(program: Program, trigger: RewardCase, rule: CompiledRule, beneficiaryId: string): RewardUnit {
  const terms = trigger.terms as CompiledTerms
  const key = unitKey(terms.version, rule.ruleId, beneficiaryId)
  const known = trigger.state.rewards[key]
  if (known) return known
  const unit: RewardUnit = {
    ruleId: rule.ruleId,
    version: terms.version,
    role: rule.to,
    beneficiaryId,
    currency: terms.currency,
    earnedAt: trigger.fact.time,
    availableOn: availableOn(trigger.fact.time, terms.holdDays),
    ordinal: ordinalOf(program, trigger, rule, beneficiaryId),
    raw: '0',
    granted: '0',
  }
  trigger.state.rewards[key] = unit
  return unit
}

function ordinalOf(program: Program, trigger: RewardCase, rule: CompiledRule, beneficiaryId: string): number {
  if (!rule.tiers) return 0
  const counted = Object.values(trigger.state.rewards).find(
    (it) => it.ruleId === rule.ruleId && it.beneficiaryId === beneficiaryId,
  )
  if (counted) return counted.ordinal
  const key = program.key('tier', rule.ruleId, beneficiaryId, periodOf(rule.tiers, trigger.fact.time))
  const earlier = program.state.get<number>('counter', key) ?? 0
  program.state.put('counter', key, earlier + 1)
  return earlier
}

const periodOf = (per: 'month' | 'ever', time: number): string => (per === 'month' ? monthOf(time) : 'ever')

const capReasons = {
  perAdvocate: 'cap-per-advocate',
  perCustomer: 'cap-per-customer',
  perProgram: 'cap-per-program',
} as const

/** Brings one unit to a new raw amount within the room of its caps, and writes the difference. */
function settleUnit(
  program: Program,
  trigger: RewardCase,
  unit: RewardUnit,
  rule: CompiledRule | undefined,
  raw: bigint,
  rows: Rows,
): void {
  const before = BigInt(unit.granted)
  const caps = rule?.caps ?? []
  const tightest = raw > BigInt(unit.raw) ? tightestCap(program, trigger, unit, caps) : undefined
  const after = grant({ rawMinor: BigInt(unit.raw), grantedMinor: before }, raw, tightest?.room)
  unit.raw = raw.toString()
  unit.cappedBy = after < raw && tightest ? capReasons[tightest.scope] : after < raw ? unit.cappedBy : undefined
  if (after === before) return
  const heldBefore = holders(trigger, unit)
  unit.granted = after.toString()
  const heldAfter = holders(trigger, unit)
  for (const cap of caps) {
    const key = capKey(program, trigger, unit, cap)
    if (key === undefined) continue
    addToCounter(program, `${key}\namount`, after - before)
    addToCounter(program, `${key}\ntriggers`, BigInt(heldAfter[cap.scope]) - BigInt(heldBefore[cap.scope]))
  }
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
    amount: formatMinor(after - before, unit.currency),
    currency: unit.currency,
    entry: after < before ? 'reversed' : wasAccrued(trigger, unit) ? 'adjusted' : 'accrued',
    earned_at: timestamp(unit.earnedAt),
    available_on: unit.availableOn,
  })
  unit.accrued = true
}

/** Whether a row of the same reward was ever written, perhaps under another version of the terms. */
function wasAccrued({ state }: RewardCase, { ruleId, role, beneficiaryId }: RewardUnit): boolean {
  return Object.values(state.rewards).some(
    (it) => it.accrued && it.ruleId === ruleId && it.role === role && it.beneficiaryId === beneficiaryId,
  )
}

/** How many of a cap's triggers this one takes up in each scope: a trigger counts once however many it pays. */
function holders({ state }: RewardCase, unit: RewardUnit): Record<CompiledCap['scope'], number> {
  const paid = Object.values(state.rewards).some((it) => it.ruleId === unit.ruleId && it.granted !== '0')
  const own = Object.values(state.rewards).some(
    (it) => it.ruleId === unit.ruleId && it.beneficiaryId === unit.beneficiaryId && it.granted !== '0',
  )
  return { perAdvocate: own ? 1 : 0, perCustomer: paid ? 1 : 0, perProgram: paid ? 1 : 0 }
}

function tightestCap(program: Program, trigger: RewardCase, unit: RewardUnit, caps: readonly CompiledCap[]) {
  let tightest: { room: bigint; scope: CompiledCap['scope'] } | undefined
  const held = holders(trigger, unit)
  for (const cap of caps) {
    const key = capKey(program, trigger, unit, cap)
    if (key === undefined) continue
    const rooms: bigint[] = []
    if (cap.amountMinor !== undefined) rooms.push(cap.amountMinor - readCounter(program, `${key}\namount`))
    const full = cap.conversions !== undefined && readCounter(program, `${key}\ntriggers`) >= BigInt(cap.conversions)
    if (full && held[cap.scope] === 0) rooms.push(0n)
    for (const room of rooms) if (!tightest || room < tightest.room) tightest = { room, scope: cap.scope }
  }
  return tightest
}

function capKey(
  program: Program,
  trigger: RewardCase,
  unit: RewardUnit,
  { scope, per }: CompiledCap,
): string | undefined {
  const who = scope === 'perAdvocate' ? unit.beneficiaryId : scope === 'perCustomer' ? trigger.customerId : ''
  if (who === undefined) return undefined
  return program.key('cap', unit.ruleId, scope, who, periodOf(per, unit.earnedAt), unit.currency)
}

const readCounter = (program: Program, key: string): bigint => BigInt(program.state.get<string>('counter', key) ?? '0')

function addToCounter(program: Program, key: string, delta: bigint): void {
  if (delta !== 0n) program.state.put('counter', key, (readCounter(program, key) + delta).toString())
}
