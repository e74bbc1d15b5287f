import { timestamp } from '@vouch/domain'
import type { Rows } from './rows.ts'
import type { CodeState } from './state.ts'

/** The fact that a touch is. */
interface Source {
  readonly source: string
  readonly id: string
  readonly time: number
  readonly channel?: string | undefined
  readonly shareId?: string | undefined
}

interface Touched {
  readonly touchId: string
  readonly kind: 'click' | 'signup' | 'coupon'
  readonly visitorId?: string | undefined
  readonly customerId?: string | undefined
  /** Of a click: no other of its visitor on its UTC day is listed yet. */
  readonly firstOfDay?: boolean | undefined
}

/** Writes the row of a touch whose code is known. */
export function listTouch(
  { advocateId, code }: NonNullable<CodeState['issued']>,
  { source, id, time, channel, shareId }: Source,
  { touchId, kind, visitorId, customerId, firstOfDay }: Touched,
  rows: Rows,
): void {
  rows.push('touches', {
    touch_id: touchId,
    advocate_id: advocateId,
    code,
    kind,
    channel: channel ?? '',
    visitor_id: visitorId ?? '',
    customer_id: customerId ?? '',
    share_id: shareId ?? '',
    source,
    event_id: id,
    first_of_day: firstOfDay ? 1 : 0,
    occurred_at: timestamp(time),
  })
}
