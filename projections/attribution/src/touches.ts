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
