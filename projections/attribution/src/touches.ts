import { timestamp } from '@vouch/domain'
import type { Program } from './program.ts'
import type { Rows } from './rows.ts'
import type { Fact } from './state.ts'

interface Listed extends Fact {
  readonly touchId: string
  readonly kind: string
  readonly codeKey: string
  readonly channel?: string | undefined
  readonly shareId?: string | undefined
  readonly visitorId?: string | undefined
  readonly customerId?: string | undefined
  /** Of a click: no other of its visitor on its UTC day is listed yet. */
  readonly firstOfDay?: boolean | undefined
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
    first_of_day: touch.firstOfDay ? 1 : 0,
    occurred_at: timestamp(touch.time),
  })
  return true
}
