import { convertedType, payoutTypes } from '../payouts/types.ts'
import { periodTypes } from '../periods/types.ts'
import { statementType } from '../reconciliation/statement-line.ts'
import { resolvedType } from '../resolutions/resolution.ts'
import { advocateEnrolled, advocateReinstated, advocateSuspended, advocateUpdated } from './advocates.ts'
import { balancesConverted } from './balances.ts'
import { codeIssued, codeRevoked } from './codes.ts'
import { conversion, conversionAmended, refund } from './conversions.ts'
import { rewardGranted, rewardRevoked, touchDisqualified } from './corrections.ts'
import { discrepancyResolved } from './discrepancies.ts'
import { payeeHeld, payeeReleased } from './holds.ts'
import { identitiesLinked, identitiesUnlinked } from './identities.ts'
import { payeeRegistered } from './payees.ts'
import {
  payoutApproved,
  payoutCancelled,
  payoutFailed,
  payoutInstructed,
  payoutOpened,
  payoutReturned,
  payoutSettled,
  payoutSubmitted,
} from './payouts.ts'
import { consentGranted, consentWithdrawn, personForgotten } from './people.ts'
import { periodClosed, periodClosing } from './periods.ts'
import { programPublished } from './programs.ts'
import { statementRecorded } from './statements.ts'
import { click, share, signup } from './touches.ts'
import type { EventType } from './types.ts'

/** The schema of `data` for every type of event there is. */
export const dataSchemas = {
  'vouch.click.v1': click,
  'vouch.share.v1': share,
  'vouch.signup.v1': signup,
  'vouch.conversion.v1': conversion,
  'vouch.conversion.amended.v1': conversionAmended,
  'vouch.refund.v1': refund,
  'vouch.identities.linked.v1': identitiesLinked,
  'vouch.identities.unlinked.v1': identitiesUnlinked,
  'vouch.consent.granted.v1': consentGranted,
  'vouch.consent.withdrawn.v1': consentWithdrawn,
  'vouch.program.published.v1': programPublished,
  'vouch.advocate.enrolled.v1': advocateEnrolled,
  'vouch.advocate.updated.v1': advocateUpdated,
  'vouch.advocate.suspended.v1': advocateSuspended,
  'vouch.advocate.reinstated.v1': advocateReinstated,
  'vouch.code.issued.v1': codeIssued,
  'vouch.code.revoked.v1': codeRevoked,
  'vouch.touch.disqualified.v1': touchDisqualified,
  'vouch.reward.granted.v1': rewardGranted,
  'vouch.reward.revoked.v1': rewardRevoked,
  'vouch.person.forgotten.v1': personForgotten,
  'vouch.payee.registered.v1': payeeRegistered,
  'vouch.payee.held.v1': payeeHeld,
  'vouch.payee.released.v1': payeeReleased,
  'vouch.payout.opened.v1': payoutOpened,
  'vouch.payout.approved.v1': payoutApproved,
  'vouch.payout.cancelled.v1': payoutCancelled,
  'vouch.payout.submitted.v1': payoutSubmitted,
  'vouch.payout.settled.v1': payoutSettled,
  'vouch.payout.failed.v1': payoutFailed,
  'vouch.payout.returned.v1': payoutReturned,
  'vouch.statement.recorded.v1': statementRecorded,
  'vouch.payout.instructed.v1': payoutInstructed,
  'vouch.discrepancy.resolved.v1': discrepancyResolved,
  'vouch.period.closing.v1': periodClosing,
  'vouch.period.closed.v1': periodClosed,
  'vouch.balances.converted.v1': balancesConverted,
} as const

export type DataSchemas = typeof dataSchemas

export const eventTypes = Object.keys(dataSchemas) as readonly EventType[]

const known: ReadonlySet<string> = new Set(eventTypes)

export const isEventType = (type: string): type is EventType => known.has(type)

/** What a key must be allowed to do. */
export type AppendScope = 'ingest' | 'admin'

const ingest: ReadonlySet<EventType> = new Set<EventType>([
  'vouch.click.v1',
  'vouch.share.v1',
  'vouch.signup.v1',
  'vouch.conversion.v1',
  'vouch.conversion.amended.v1',
  'vouch.refund.v1',
  'vouch.identities.linked.v1',
  'vouch.identities.unlinked.v1',
  'vouch.consent.granted.v1',
  'vouch.consent.withdrawn.v1',
])

/** What somebody decided on by a command, with what stood before in view; nobody can send it. */
const decided: ReadonlySet<EventType> = new Set<EventType>([
  ...payoutTypes,
  'vouch.payout.instructed.v1',
  convertedType,
  statementType,
  resolvedType,
  ...periodTypes,
])

/** What happened to a sale later; all other events tell what was so from its beginning. */
export const isCorrection = (type: string): boolean =>
  type === 'vouch.refund.v1' || type === 'vouch.conversion.amended.v1'

/** The types of events that can be sent, given the scope for it. */
export const sentTypes: readonly EventType[] = eventTypes.filter((type) => !decided.has(type))

/**
 * The scope that appending an event of this type needs: `ingest` for what apps report (touches, signups, conversions and
 * their amendments, refunds, links, consents), `admin` for terms, advocates, codes, payees and everything by hand; undefined for
 * payouts, conversions of balances, statements and resolutions, which come from their commands alone.
 */
export function scopeOf(type: EventType): AppendScope | undefined {
  if (decided.has(type)) return undefined
  return ingest.has(type) ? 'ingest' : 'admin'
}
