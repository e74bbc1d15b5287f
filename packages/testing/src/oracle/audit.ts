import { minorUnits, split } from './exact.ts'
import { type Fact, factsOf, type LoggedEvent, models, nameOf } from './log.ts'
import { weightsOf } from './models.ts'
import { pathTo } from './path.ts'
import { countedConversions, type Facts, factsOfType, outOfAccount, versionAt } from './program.ts'
import { rewardsOf } from './replay.ts'
import { revenueOf } from './revenue.ts'

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
  /** program|conversion|SOURCE/ID of the touch's event|the first reason that holds */
  readonly exclusions: ReadonlySet<string>
  /** The same touches by program|conversion|SOURCE/ID, with every reason that holds. */
  readonly touchReasons: ReadonlyMap<string, readonly string[]>
  /** program|SOURCE/ID of the event|reason */
  readonly eventExclusions: ReadonlySet<string>
  /** program|conversion: refunded in its own currency beyond its amount, by so many minor units */
  readonly overRefunds: ReadonlyMap<string, bigint>
  /** program|trigger|rule|reason, for each rule that pays nothing to anyone for a trigger taken into account */
  readonly silentRules: ReadonlySet<string>
}

/** Recomputes everything that contract section 2 promises from the whole log, by brute force. */
export function auditLog(events: readonly LoggedEvent[]): Audit {
  const draft = {
    attributions: new Map<string, Attribution>(),
    rewards: new Map<string, Reward>(),
    conversions: new Map<string, { netMinor: bigint; currency: string }>(),
    exclusions: new Set<string>(),
    touchReasons: new Map<string, readonly string[]>(),
    eventExclusions: new Set<string>(),
    overRefunds: new Map<string, bigint>(),
    silentRules: new Set<string>(),
  }
  for (const programId of new Set(events.map(({ event }) => String(event.data.programId)))) {
    const facts = factsOf(events, programId)
    for (const conversion of countedConversions(facts)) auditConversion(draft, programId, facts, conversion)
    auditRewards(draft, programId, facts)
    auditGifts(draft, programId, facts)
    for (const fact of facts) {
      const reason = reasonAgainstEvent(facts, fact)
      if (reason !== undefined) draft.eventExclusions.add([programId, nameOf(fact), reason].join('|'))
    }
  }
  return draft
}

type Draft = { [K in keyof Audit]: Audit[K] extends ReadonlyMap<string, infer V> ? Map<string, V> : Set<string> }

function auditConversion(draft: Draft, programId: string, facts: Facts, conversion: Fact<'conversion'>): void {
  const version = versionAt(facts, conversion.time)
  if (version === undefined) return
  const key = `${programId}|${conversion.data.conversionId}`
  const { netMinor, overMinor, currency } = revenueOf(facts, conversion)
  draft.conversions.set(key, { netMinor, currency })
  if (overMinor > 0n) draft.overRefunds.set(key, overMinor)

  const { touches, lost } = pathTo(facts, conversion, version)
  for (const { touch, reasons } of lost) {
    draft.exclusions.add(`${key}|${nameOf(touch.fact)}|${reasons[0]}`)
    draft.touchReasons.set(`${key}|${nameOf(touch.fact)}`, reasons)
  }
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
  const paying = new Set<string>()
  for (const { claim, paidMinor } of standings) {
    if (paidMinor === 0n) continue
    const { rule, role, beneficiary, triggerId, trigger, version } = claim
    paying.add(`${rule.ruleId}|${triggerId}`)
    draft.rewards.set([programId, rule.ruleId, role, beneficiary, triggerId].join('|'), {
      amountMinor: paidMinor,
      currency: version.terms.currency,
      earnedAt: trigger.time,
      availableOn: dayAfter(trigger.time, version.terms.holdDays),
      termsVersion: version.version,
    })
  }
  for (const { rule, triggerId, claims, silence } of outcomes) {
    if (paying.has(`${rule.ruleId}|${triggerId}`)) continue
    const capped = standings.some(
      ({ claim, rawMinor }) => claim.rule.ruleId === rule.ruleId && claim.triggerId === triggerId && rawMinor > 0n,
    )
    const reason = claims.length === 0 ? silence : capped ? 'cap' : 'zero'
    draft.silentRules.add([programId, triggerId, rule.ruleId, reason].join('|'))
  }
}

/** Rewards by hand: they wait for the advocate, and for the conversion if they name one. */
function auditGifts(draft: Draft, programId: string, facts: Facts): void {
  const conversionIds = factsOfType(facts, 'conversion').map((fact) => fact.data.conversionId)
  for (const fact of factsOfType(facts, 'reward.granted', 'reward.revoked')) {
    const { advocateId, conversionId, amount } = fact.data
    const version = versionAt(facts, fact.time)
    if (version === undefined) continue
    if (conversionId !== undefined && !conversionIds.includes(conversionId)) continue
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

function dayAfter(time: number, days: number): string {
  return new Date(time + days * 86_400_000).toISOString().slice(0, 10)
}

function reasonAgainstEvent(facts: Facts, fact: Fact): string | undefined {
  if (isOneOf(fact, 'click', 'share', 'signup', 'conversion')) return outOfAccount(facts, fact)
  if (isOneOf(fact, 'reward.granted', 'reward.revoked')) {
    return versionAt(facts, fact.time) === undefined ? 'no-terms' : undefined
  }
  if (!isOneOf(fact, 'refund', 'conversion.amended')) return undefined
  const conversion = factsOfType(facts, 'conversion').find((one) => one.data.conversionId === fact.data.conversionId)
  if (conversion === undefined) return 'unknown-conversion'
  return conversion.data.amount.currency === fact.data.amount.currency ? undefined : 'currency-differs'
}

function isOneOf<T extends Fact['type']>(fact: Fact, ...types: T[]): fact is Fact & Fact<T> {
  return (types as string[]).includes(fact.type)
}
