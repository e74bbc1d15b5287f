import { formatMinor, timestamp } from '@vouch/domain'
import { assessConversion, type ConversionAssessment, couponTouch } from './assess.ts'
import { bookAttributions } from './attributions.ts'
import { type Case, indexParents, indexTouches } from './case.ts'
import type { Exclusion } from './exclusion.ts'
import type { Program } from './program.ts'
import type { Rows } from './rows.ts'
import type { ConversionFact, ConversionState } from './state.ts'
import { listTouch } from './touches.ts'

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
      const issued = coupon && program.code(coupon.codeKey).issued
      if (!issued || state.listed || assessment.outOfAccount) return
      listTouch(issued, fact, { ...coupon, customerId: fact.customerId, visitorId: fact.visitorId }, rows)
      state.listed = true
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
