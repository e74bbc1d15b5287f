import { type EventOf, kindOfRole, type VouchEvent } from '@vouch/domain'
import type { LoggedEvent, Row } from '@vouch/projector'
import { timesOf } from './rows.ts'

export type HoldEvent = EventOf<'vouch.payee.held.v1'> | EventOf<'vouch.payee.released.v1'>

export const isHoldEvent = (event: VouchEvent): event is HoldEvent =>
  event.type === 'vouch.payee.held.v1' || event.type === 'vouch.payee.released.v1'

/** That somebody is left out of batches, or no longer. It moves nothing. */
export function holdRows(event: HoldEvent, logged: LoggedEvent): readonly Row[] {
  const { beneficiaryId, role = 'advocate', reason = '' } = event.data
  const values = {
    beneficiary_id: beneficiaryId,
    beneficiary_kind: kindOfRole(role),
    hold: event.type === 'vouch.payee.held.v1' ? event.data.hold : '',
    reason,
    source: event.source,
    event_id: event.id,
    ...timesOf(logged),
  }
  return [{ table: 'payee_holds', values }]
}
