import { canonicalJson } from '../canonical.ts'
import { codeKey } from '../code.ts'
import { percentEncoded } from '../percent.ts'
import type { VouchEvent } from './types.ts'

/**
 * The identity of an event, for ever: its natural key where it has one ('conversion:summer:c-1'), else source and id
 * ('event:shop.example:evt-1'). The parts are percent-encoded, so that two identities never read the same.
 */
export function identityOf(event: VouchEvent): string {
  switch (event.type) {
    case 'vouch.signup.v1':
      return key('signup', event.data.programId, event.data.customerId)
    case 'vouch.conversion.v1':
      return key('conversion', event.data.programId, event.data.conversionId)
    case 'vouch.refund.v1':
      return key('refund', event.data.programId, event.data.refundId)
    case 'vouch.advocate.enrolled.v1':
      return key('advocate', event.data.programId, event.data.advocateId)
    case 'vouch.code.issued.v1':
      return key('code', event.data.programId, codeKey(event.data.code))
    case 'vouch.payout.opened.v1':
      return payoutIdentity(event.data.batchId)
    case 'vouch.balances.converted.v1':
      return key('converted', event.data.programId, event.data.conversionId)
    default:
      return eventIdentity(event.source, event.id)
  }
}

const key = (kind: string, first: string, second: string): string =>
  `${kind}:${percentEncoded(first)}:${percentEncoded(second)}`

/** The identity of an event without a natural key. */
export const eventIdentity = (source: string, id: string): string => key('event', source, id)

/** The identity of the event that opened a batch of payouts; its program is found by it. */
export const payoutIdentity = (batchId: string): string => `payout:${percentEncoded(batchId)}`

/**
 * What the content hash covers: type, time and parsed data as canonical JSON; not id and source, nor extensions.
 * @param data the event's data as canonical JSON, where it is there already
 */
export const canonicalContent = (event: VouchEvent, data = canonicalJson(event.data)): string =>
  `{"data":${data},"time":${event.time},"type":"${event.type}"}`
