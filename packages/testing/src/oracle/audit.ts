import { reasonsAgainstEvent } from './events.ts'
import { minorUnits, split } from './exact.ts'
import { type Fact, factsOf, type LoggedEvent, models, nameOf, type SomeFact } from './log.ts'
import { weightsOf } from './models.ts'
import { pathTo } from './path.ts'
import { countedConversions, type Facts, factsOfType, type Version, versionAt } from './program.ts'
import { keyOf, rewardsOf, type Standing } from './replay.ts'
import { revenueOf } from './revenue.ts'
import { knownTouches } from './touches.ts'

export interface Amount {
  readonly amountMinor: bigint
  readonly currency: string
}

export interface Attribution extends Amount {
  /** In units of 1e-9; the credits of one conversion and model sum to 1,000,000,000. */
  readonly credit: bigint
  readonly termsVersion: number
}

export interface Reward extends Amount {
  /** ms since the epoch: the trigger's own time. */
  readonly earnedAt: number
  /** UTC day, as 2026-03-31; undefined for what was given by hand before any terms. */
  readonly availableOn: string
  readonly termsVersion: number
}

/** What the tables must sum to once the whole log is folded. What is zero (and has no credit) is absent. */
export interface Audit {
  /** program|conversion|model|advocate|SOURCE/ID of the touch's event */
  readonly attributions: ReadonlyMap<string, Attribution>
  /** program|rule|role|beneficiary|trigger: a conversion's id, else SOURCE/ID; by hand: no rule, SOURCE/ID */
  readonly rewards: ReadonlyMap<string, Reward>
  /** program|conversion, for those taken into account */
  readonly conversions: ReadonlyMap<string, { readonly netMinor: bigint; readonly currency: string }>
  /** program|kind|SOURCE/ID of the event|advocate, for those taken into account whose code is known; and shares */
  readonly touches: ReadonlySet<string>
  /** program|conversion|SOURCE/ID of a touch's event that is not in the path: every reason, the one to be named first */
  readonly lostTouches: ReadonlyMap<string, readonly string[]>
  /** program|SOURCE/ID of an event that counts for nothing: every reason */
  readonly lostEvents: ReadonlyMap<string, readonly string[]>
  /**
   * program|trigger|rule|beneficiary who gets nothing, or without one for a rule or a part of it that has none: every
   * reason. Triggers that are not taken into account have no rules.
   */
  readonly unpaid: ReadonlyMap<string, readonly string[]>
}

/** Recomputes everything that contract section 2 promises from the whole log, by brute force. */
export function auditLog(events: readonly LoggedEvent[]): Audit {
  const draft = {
    attributions: new Map<string, Attribution>(),
    rewards: new Map<string, Reward>(),
    conversions: new Map<string, { netMinor: bigint; currency: string }>(),
    touches: new Set<string>(),
    lostTouches: new Map<string, readonly string[]>(),
    lostEvents: new Map<string, readonly string[]>(),
    unpaid: new Map<string, readonly string[]>(),
  }
  for (const programId of new Set(events.map(({ event }) => String(event.data.programId)))) {
    const facts = factsOf(events, programId)
    for (const conversion of countedConversions(facts)) auditConversion(draft, programId, facts, conversion)
    auditRewards(draft, programId, facts)
    auditGifts(draft, programId, facts)
    for (const { kind, advocateId, fact } of knownTouches(facts)) {
      draft.touches.add([programId, kind, nameOf(fact), advocateId].join('|'))
    }
    for (const fact of facts) {
      const reasons = reasonsAgainstEvent(facts, fact as SomeFact)
      if (reasons.length > 0) draft.lostEvents.set(`${programId}|${nameOf(fact)}`, reasons)
    }
  }
  return draft
}

type Draft = { [K in keyof Audit]: Audit[K] extends ReadonlyMap<string, infer V> ? Map<string, V> : Set<string> }

function auditConversion(draft: Draft, programId: string, facts: Facts, conversion: Fact<'conversion'>): void {
  const version = versionAt(facts, conversion.time)
  if (version === undefined) return
  const key = `${programId}|${conversion.data.conversionId}`
  const { netMinor, currency } = revenueOf(facts, conversion)
  draft.conversions.set(key, { netMinor, currency })

  const { touches, lost } = pathTo(facts, conversion, version)
  for (const { touch, reasons } of lost) draft.lostTouches.set(`${key}|${nameOf(touch.fact)}`, reasons)
  for (const model of models) {
    const moments = touches.map((touch) => touch.fact.time)
    const weights = weightsOf(model, moments, version.terms)
    const credits = split(1_000_000_000n, weights)
    const amounts = split(netMinor, weights)
    for (const [index, { advocateId, fact }] of touches.entries()) {
      const [credit = 0n, amountMinor = 0n] = [credits[index], amounts[index]]
      if (credit === 0n && amountMinor === 0n) continue
      const row = { credit, amountMinor, currency, termsVersion: version.version }
      draft.attributions.set([key, model, advocateId, nameOf(fact)].join('|'), row)
    }
  }
}

function auditRewards(draft: Draft, programId: string, facts: Facts): void {
  const { standings, outcomes } = rewardsOf(facts)
  for (const { claim, paidMinor } of standings) {
    if (paidMinor === 0n) continue
    const { rule, role, beneficiary, triggerId, trigger, version } = claim
    draft.rewards.set([programId, rule.ruleId, role, beneficiary, triggerId].join('|'), {
      amountMinor: paidMinor,
      currency: version.terms.currency,
      earnedAt: trigger.time,
      availableOn: dayAfter(trigger.time, version.terms.holdDays),
      termsVersion: version.version,
    })
  }
  for (const { rule, triggerId, claims, silences } of outcomes) {
    const key = [programId, triggerId, rule.ruleId].join('|')
    if (silences.length > 0) draft.unpaid.set(`${key}|`, silences)
    for (const claim of claims) {
      const standing = standings.find((one) => keyOf(one.claim) === keyOf(claim))
      if (standing?.paidMinor === 0n) draft.unpaid.set(`${key}|${claim.beneficiary}`, reasonsForNothing(standing))
    }
  }
}

/** Why a claim is paid nothing: all that holds, the one to be named first. */
export function reasonsForNothing({ claim, rawMinor, cappedBy }: Standing): readonly string[] {
  if (rawMinor > 0n) return cappedBy
  const { creditedMinor, rule } = claim
  const byShare = rule.amount.percent === undefined || creditedMinor !== 0n
  return [...(creditedMinor === 0n ? ['no-revenue'] : []), ...(byShare ? ['rounds-to-zero'] : [])]
}

/** Rewards by hand keep the terms that they were first booked under, and what is taken back has no hold. */
function auditGifts(draft: Draft, programId: string, facts: Facts): void {
  for (const fact of factsOfType(facts, 'reward.granted', 'reward.revoked')) {
    const { advocateId, amount } = fact.data
    const version = bookedUnder(facts, fact)
    if (version === undefined) continue
    const minor = minorUnits(amount.value, amount.currency)
    draft.rewards.set([programId, '', 'advocate', advocateId, nameOf(fact)].join('|'), {
      amountMinor: fact.type === 'reward.granted' ? minor : -minor,
      currency: amount.currency,
      earnedAt: fact.time,
      availableOn: dayAfter(fact.time, fact.type === 'reward.granted' ? version.terms.holdDays : 0),
      termsVersion: version.version,
    })
  }
}

/** The terms for its time at the first position that has these, the reward, and the conversion that it names. */
export function bookedUnder(facts: Facts, gift: Fact<'reward.granted' | 'reward.revoked'>): Version | undefined {
  const { conversionId } = gift.data
  for (const { position } of facts.filter((fact) => fact.position >= gift.position)) {
    const known = facts.filter((fact) => fact.position <= position)
    const version = versionAt(known, gift.time)
    const conversions = factsOfType(known, 'conversion').map((fact) => fact.data.conversionId)
    if (version && (conversionId === undefined || conversions.includes(conversionId))) return version
  }
  return undefined
}

/** The UTC day so many days after a time. */
export function dayAfter(time: number, days: number): string {
  return new Date(time + days * 86_400_000).toISOString().slice(0, 10)
}
