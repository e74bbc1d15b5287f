import type { EventType } from './events/types.ts'

type Fact = { readonly type: EventType; readonly time: number }

const late = new Set<EventType>(['vouch.click.v1', 'vouch.share.v1', 'vouch.signup.v1', 'vouch.conversion.v1'])

/** Only what people do can come too late: clicks, shares, signups and conversions. */
export const canBeLate = (type: EventType): boolean => late.has(type)

/**
 * The program's own clock after an event: the latest time among the facts that can be late, never later than the time at
 * which they were recorded, so that a clock set wrong somewhere cannot make everybody else late.
 */
export function advanceClock(clock: number | undefined, event: Fact, recordedAt: number): number | undefined {
  if (!canBeLate(event.type)) return clock
  const time = Math.min(event.time, recordedAt)
  return clock === undefined || time > clock ? time : clock
}

/** By how many ms an event lies behind the program's clock as it stood before it; 0 for what cannot be late. */
export function lateBy(clock: number | undefined, event: Fact): number {
  if (clock === undefined || !canBeLate(event.type)) return 0
  return Math.max(0, clock - event.time)
}
