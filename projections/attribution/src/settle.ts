import { compareOccurrence, formatMinor, timestamp } from '@vouch/domain'
import {
  type Assessment,
  assessClick,
  assessConversion,
  assessShare,
  assessSignup,
  type ConversionAssessment,
  couponTouch,
} from './assess.ts'
import { bookAttributions } from './attributions.ts'
import { type Exclusion, exclusionColumns, exclusionText } from './exclusion.ts'
import { signupTouch, type TriggerRef } from './people.ts'
import type { Program } from './program.ts'
import { duesOf, growRewards, type RewardCase, rewardReasons, shrinkRewards } from './rewards.ts'
import { nameOf, type Rows } from './rows.ts'
import type { ConversionFact, ConversionState, Fact, TriggerState } from './state.ts'

/** A trigger with what it led to, what it implies now, and how to write the difference. */
export interface Case extends RewardCase {
  readonly assessment: Assessment
  /** Writes the rows of the fact itself, and of what it is worth. */
  book(rows: Rows): void
  exclusions(): Exclusion[]
  save(): void
}

/**
 * Brings triggers in line with the facts as they now are: each is judged anew, and the difference to what stood is
 * written. Rewards that shrink come before those that grow; within each, triggers come in the order of the contract.
 */
export function settle(program: Program, refs: readonly TriggerRef[], rows: Rows): void {
  const unique = new Map(refs.map((ref) => [refKey(ref), ref]))
  const cases = [...unique.values()].flatMap((ref) => caseOf(program, ref) ?? [])
  cases.sort((a, b) => compareOccurrence(a.fact, b.fact))
  for (const it of cases) it.book(rows)
  const dues = cases.map(duesOf)
  for (const it of dues) shrinkRewards(program, it, rows)
  for (const it of dues) growRewards(program, it, rows)
  cases.forEach((it, index) => {
    const rewards = rewardReasons(dues[index] as (typeof dues)[number]).map((reason) => rewardExclusion(it, reason))
    bookExclusions(it.state, [...it.exclusions(), ...rewards], rows)
    it.save()
  })
}

export const refKey = (ref: TriggerRef): string =>
  ref.kind === 'click' || ref.kind === 'share' ? `${ref.kind}\n${ref.source}\n${ref.id}` : `${ref.kind}\n${ref.id}`

export function refOf(key: string): TriggerRef {
  const [kind, first = '', second = ''] = key.split('\n')
  return kind === 'click' || kind === 'share'
    ? { kind, source: first, id: second }
    : { kind: kind as 'conversion' | 'signup', id: first }
}

function caseOf(program: Program, ref: TriggerRef): Case | undefined {
  switch (ref.kind) {
    case 'conversion': {
      const state = program.conversion(ref.id)
      return state.fact && conversionCase(program, state, state.fact)
    }
    case 'signup':
      return signupCase(program, ref.id)
    case 'click':
      return clickCase(program, ref.source, ref.id)
    case 'share':
      return shareCase(program, ref.source, ref.id)
  }
}

/** The trigger can be found again by every code and touch that its outcome hangs on. */
function indexTouches(program: Program, ref: TriggerRef, { path, lost }: Assessment): void {
  const key = refKey(ref)
  for (const touch of [...path, ...lost]) {
    program.state.add('by-code', program.key(touch.codeKey), key)
    program.state.add('by-touch', program.key(touch.source, touch.id), key)
  }
}

/** So that a change to a parent finds what its children brought. */
function indexParents(program: Program, ref: TriggerRef, { occasion, terms }: Assessment): void {
  if (!occasion || !terms?.rules.some((rule) => rule.to === 'upline')) return
  for (const { parentId } of occasion.credits) {
    if (parentId !== undefined) program.state.add('by-parent', program.key(parentId), refKey(ref))
  }
}

export function conversionCase(program: Program, state: ConversionState, fact: ConversionFact): Case {
  const ref = { kind: 'conversion', id: fact.conversionId } as const
  const assessment = assessConversion(program, state, fact)
  return {
    kind: 'conversion',
    identity: [fact.conversionId],
    conversionId: fact.conversionId,
    fact,
    customerId: fact.customerId,
    state,
    terms: assessment.terms,
    occasion: assessment.occasion,
    assessment,
    book(rows) {
      indexTouches(program, ref, assessment)
      indexParents(program, ref, assessment)
      bookConversion(state, fact, assessment, rows)
      const refunded = rows.cause.type === 'vouch.refund.v1'
      bookAttributions(program, state, fact, assessment, rows, refunded ? 'refunded' : 'reattributed')
      const coupon = couponTouch(fact)
      if (!state.listed && coupon && !assessment.outOfAccount) {
        const { customerId, visitorId } = fact
        state.listed = listTouch(program, { ...fact, ...coupon, customerId, visitorId, channel: '' }, rows)
      }
    },
    exclusions: () => conversionExclusions(fact, state, assessment),
    save: () => program.save('conversion', fact.conversionId, state),
  }
}

/** The rows of `conversions` add up to the net amount of what is taken into account. */
function bookConversion(
  state: ConversionState,
  fact: ConversionFact,
  { net, outOfAccount }: ConversionAssessment,
  rows: Rows,
): void {
  const { currency } = fact.amount
  const write = (entry: string, amountMinor: bigint) =>
    rows.push('conversions', {
      conversion_id: fact.conversionId,
      customer_id: fact.customerId ?? '',
      visitor_id: fact.visitorId ?? '',
      entry,
      amount: formatMinor(amountMinor, currency),
      currency,
      kind: fact.kind ?? '',
      country: fact.country ?? '',
      occurred_at: timestamp(entry !== 'converted' && rows.isCorrection() ? rows.cause.occurredAt : fact.time),
    })
  if (outOfAccount) {
    if (state.bookedNet !== undefined && state.bookedNet !== '0') write('amended', -BigInt(state.bookedNet))
    if (state.bookedNet !== undefined) state.bookedNet = '0'
    return
  }
  if (state.bookedNet === undefined) {
    write('converted', net.originalMinor)
    if (net.grossMinor !== net.originalMinor) write('amended', net.grossMinor - net.originalMinor)
    if (net.netMinor !== net.grossMinor) write('refunded', net.netMinor - net.grossMinor)
  } else {
    const difference = net.netMinor - BigInt(state.bookedNet)
    if (difference !== 0n) write(rows.cause.type === 'vouch.refund.v1' ? 'refunded' : 'amended', difference)
  }
  state.bookedNet = net.netMinor.toString()
}

function conversionExclusions(
  fact: ConversionFact,
  state: ConversionState,
  assessment: ConversionAssessment,
): Exclusion[] {
  const { conversionId } = fact
  const { outOfAccount, lost, net } = assessment
  const corrections = [...state.amendments, ...state.refunds]
  if (outOfAccount) {
    return [fact, ...corrections].map(({ source, id }) => ({
      subject: 'event',
      reason: outOfAccount,
      source,
      eventId: id,
      conversionId,
    }))
  }
  return [
    ...lost.map(
      ({ reason, source, id, touchId }) =>
        ({ subject: 'touch', reason, source, eventId: id, touchId, conversionId }) as const,
    ),
    ...net.refused.map(
      ({ correction: { source, id }, reason }) =>
        ({ subject: 'event', reason, source, eventId: id, conversionId }) as const,
    ),
  ]
}

function signupCase(program: Program, customerId: string): Case | undefined {
  const state = program.signup(customerId)
  if (!state) return undefined
  const { fact } = state
  const ref = { kind: 'signup', id: customerId } as const
  const assessment = assessSignup(program, state)
  const own = signupTouch(state)
  return {
    kind: 'signup',
    identity: [customerId],
    conversionId: undefined,
    fact,
    customerId,
    state,
    terms: assessment.terms,
    occasion: assessment.occasion,
    assessment,
    book(rows) {
      indexTouches(program, ref, assessment)
      program.state.add('by-touch', program.key(fact.source, fact.id), refKey(ref))
      indexParents(program, ref, assessment)
      if (assessment.outOfAccount) return
      if (!state.recorded) {
        rows.push('signups', {
          customer_id: customerId,
          visitor_id: fact.visitorId ?? '',
          code: fact.code ?? '',
          source: fact.source,
          event_id: fact.id,
          occurred_at: timestamp(fact.time),
        })
        state.recorded = true
      }
      if (!state.listed && own) state.listed = listTouch(program, { ...fact, ...own, channel: '' }, rows)
    },
    exclusions: () => (own || assessment.outOfAccount ? factExclusions(fact, assessment) : []),
    save: () => program.save('signup', customerId, state),
  }
}

function clickCase(program: Program, source: string, id: string): Case | undefined {
  const state = program.click(source, id)
  if (!state) return undefined
  const ref = { kind: 'click', source, id } as const
  const assessment = assessClick(program, state)
  return {
    kind: 'click',
    identity: [source, id],
    conversionId: undefined,
    fact: state.fact,
    customerId: undefined,
    state,
    terms: assessment.terms,
    occasion: assessment.occasion,
    assessment,
    book() {
      indexTouches(program, ref, assessment)
      indexParents(program, ref, assessment)
    },
    exclusions: () => [],
    save: () => program.state.put('click', program.key(source, id), state),
  }
}

function shareCase(program: Program, source: string, id: string): Case | undefined {
  const state = program.share(source, id)
  if (!state) return undefined
  const { fact } = state
  const ref = { kind: 'share', source, id } as const
  const assessment = assessShare(program, state)
  return {
    kind: 'share',
    identity: [source, id],
    conversionId: undefined,
    fact,
    customerId: undefined,
    state,
    terms: assessment.terms,
    occasion: assessment.occasion,
    assessment,
    book(rows) {
      indexTouches(program, ref, assessment)
      indexParents(program, ref, assessment)
      if (fact.codeKey !== undefined) program.state.add('by-code', program.key(fact.codeKey), refKey(ref))
      program.state.add('by-sharer', program.key(fact.advocateId), refKey(ref))
      if (state.listed || assessment.outOfAccount) return
      rows.push('touches', {
        touch_id: nameOf('share', source, id),
        advocate_id: fact.advocateId,
        code: fact.code ?? '',
        kind: 'share',
        channel: fact.channel,
        visitor_id: '',
        customer_id: '',
        share_id: fact.shareId ?? '',
        source,
        event_id: id,
        occurred_at: timestamp(fact.time),
      })
      state.listed = true
    },
    exclusions: () => factExclusions(fact, assessment),
    save: () => program.state.put('share', program.key(source, id), state),
  }
}

/** A fact that is a touch by itself, and does not count as one, says so without any conversion. */
function factExclusions(fact: Fact, { outOfAccount, lost }: Assessment): Exclusion[] {
  const reason = outOfAccount ?? lost.find((touch) => touch.source === fact.source && touch.id === fact.id)?.reason
  return reason === undefined ? [] : [{ subject: 'event', reason, source: fact.source, eventId: fact.id }]
}

interface Listed extends Fact {
  readonly touchId: string
  readonly kind: string
  readonly codeKey: string
  readonly channel?: string | undefined
  readonly shareId?: string | undefined
  readonly visitorId?: string | undefined
  readonly customerId?: string | undefined
}

/** Writes a touch's row once its code is known; false while it is not. */
export function listTouch(program: Program, touch: Listed, rows: Rows): boolean {
  const { issued } = program.code(touch.codeKey)
  if (!issued) return false
  rows.push('touches', {
    touch_id: touch.touchId,
    advocate_id: issued.advocateId,
    code: issued.code,
    kind: touch.kind,
    channel: touch.channel ?? '',
    visitor_id: touch.visitorId ?? '',
    customer_id: touch.customerId ?? '',
    share_id: touch.shareId ?? '',
    source: touch.source,
    event_id: touch.id,
    occurred_at: timestamp(touch.time),
  })
  return true
}

function rewardExclusion(
  it: Case,
  { ruleId, beneficiaryId, reason }: ReturnType<typeof rewardReasons>[number],
): Exclusion {
  const { source, id } = it.fact
  const only =
    it.kind === 'conversion'
      ? undefined
      : it.assessment.lost.find((touch) => touch.source === source && touch.id === id)
  return {
    subject: 'reward',
    reason: reason === 'no-touch' && only ? only.reason : reason,
    source,
    eventId: id,
    conversionId: it.conversionId,
    ruleId,
    beneficiaryId,
  }
}

/** Writes what is newly excluded with sign 1, and what no longer is with sign -1. */
export function bookExclusions(state: Pick<TriggerState, 'exclusions'>, next: readonly Exclusion[], rows: Rows): void {
  const texts = new Set(next.map(exclusionText))
  const before = new Set(state.exclusions)
  for (const text of before) if (!texts.has(text)) rows.push('exclusions', { sign: -1, ...exclusionColumns(text) })
  for (const text of texts) if (!before.has(text)) rows.push('exclusions', { sign: 1, ...exclusionColumns(text) })
  state.exclusions = [...texts]
}
