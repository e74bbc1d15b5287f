import type { DataOf, VouchEvent } from './events/types.ts'
import { kindOfRole } from './ledger/party.ts'

/** Of what kind of id personal data can be: that of whom it is about. */
export const subjectKinds = ['customer', 'visitor', 'advocate', 'conversion'] as const
export type SubjectKind = (typeof subjectKinds)[number]

/** Whom personal data is about. Each has a key of its own, by which it can be forgotten. */
export interface Subject {
  readonly programId: string
  readonly kind: SubjectKind
  readonly id: string
}

/** Personal data as an app sends it, in `data.personal`. */
export type Personal = Readonly<Record<string, unknown>>

export const personalOf = (event: VouchEvent): Personal | undefined =>
  (event.data as { readonly personal?: Personal }).personal

/**
 * Whose the `personal` object of an event is: the customer's, else the visitor's, else the advocate's, a payee's own; of an order that
 * names none of them, and of what corrects an order, it belongs to the order. Undefined for terms and what is about touches.
 */
export function subjectOf(event: VouchEvent): Subject | undefined {
  const { programId } = event.data
  const subject = (kind: SubjectKind, id: string): Subject => ({ programId, kind, id })
  switch (event.type) {
    case 'vouch.click.v1':
      return subject('visitor', event.data.visitorId)
    case 'vouch.signup.v1':
    case 'vouch.identities.linked.v1':
    case 'vouch.identities.unlinked.v1':
    case 'vouch.consent.granted.v1':
    case 'vouch.consent.withdrawn.v1':
      return subject('customer', event.data.customerId)
    case 'vouch.conversion.v1': {
      const { customerId, visitorId, conversionId } = event.data
      if (customerId !== undefined) return subject('customer', customerId)
      return visitorId === undefined ? subject('conversion', conversionId) : subject('visitor', visitorId)
    }
    case 'vouch.conversion.amended.v1':
    case 'vouch.refund.v1':
      return subject('conversion', event.data.conversionId)
    case 'vouch.share.v1':
    case 'vouch.advocate.enrolled.v1':
    case 'vouch.advocate.updated.v1':
    case 'vouch.advocate.suspended.v1':
    case 'vouch.advocate.reinstated.v1':
    case 'vouch.code.issued.v1':
    case 'vouch.code.revoked.v1':
    case 'vouch.reward.granted.v1':
    case 'vouch.reward.revoked.v1':
      return subject('advocate', event.data.advocateId)
    case 'vouch.payee.registered.v1':
    case 'vouch.payee.held.v1':
    case 'vouch.payee.released.v1':
      return subject(kindOfRole(event.data.role ?? 'advocate'), event.data.beneficiaryId)
    case 'vouch.program.published.v1':
    case 'vouch.touch.disqualified.v1':
    case 'vouch.person.forgotten.v1':
    case 'vouch.payout.opened.v1':
    case 'vouch.payout.approved.v1':
    case 'vouch.payout.cancelled.v1':
    case 'vouch.payout.submitted.v1':
    case 'vouch.payout.settled.v1':
    case 'vouch.payout.failed.v1':
    case 'vouch.payout.returned.v1':
    case 'vouch.statement.recorded.v1':
    case 'vouch.payout.instructed.v1':
    case 'vouch.discrepancy.resolved.v1':
    case 'vouch.period.closing.v1':
    case 'vouch.period.closed.v1':
    case 'vouch.balances.converted.v1':
      return undefined
    default:
      return event satisfies never
  }
}

export const forgottenType = 'vouch.person.forgotten.v1' satisfies VouchEvent['type']

/** Whom an event of the log, of `forgottenType`, asks to be forgotten. */
export function forgottenIn({ data }: { readonly data: string }): Subject {
  const { programId, subject, subjectId } = JSON.parse(data) as DataOf<typeof forgottenType>
  return { programId, kind: subject, id: subjectId }
}
