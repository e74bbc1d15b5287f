import type { Item, LoggedEvent, PlainEvent, Terms } from './log.ts'

/** Words for short logs in specs. Days are those of January 2026; day 32 is the first of February. */

export type DraftTerms = Omit<Partial<Terms>, 'attribution'> & { readonly attribution?: Partial<Terms['attribution']> }

export const dayMs = 86_400_000

export function day(number: number, ms = 0): number {
  return Date.UTC(2026, 0, 1) + Math.round((number - 1) * dayMs) + ms
}

function event(type: string, id: string, time: number, data: Record<string, unknown>): PlainEvent {
  return { id, source: 's', type: `vouch.${type}.v1`, time, data: { programId: 'p', ...data } }
}

export function terms(draft: DraftTerms = {}, published = day(1)): PlainEvent {
  const { attribution, ...rest } = draft
  return event('program.published', `terms-${published}`, published, {
    currency: 'EUR',
    effectiveFrom: new Date(published).toISOString(),
    holdDays: 30,
    rewards: [],
    ...rest,
    attribution: {
      rewardBy: 'last-touch',
      lookback: { click: '30d', signup: '365d' },
      touchReuse: 'all',
      selfReferral: 'exclude',
      positionBased: { first: 0.4, last: 0.4 },
      timeDecay: { halfLife: '7d' },
      horizon: '90d',
      ...attribution,
    },
  })
}

export function enrolled(advocateId: string, more: Record<string, unknown> = {}, time = day(1)): PlainEvent {
  return event('advocate.enrolled', `enrolled-${advocateId}`, time, { advocateId, ...more })
}

export function updated(advocateId: string, time: number, more: Record<string, unknown>): PlainEvent {
  return event('advocate.updated', `updated-${advocateId}-${time}`, time, { advocateId, ...more })
}

export function issued(code: string, advocateId: string, time = day(1)): PlainEvent {
  return event('code.issued', `issued-${code}`, time, { advocateId, code })
}

/** By the advocate of the same name, unless another is named. */
export function revoked(code: string, time: number, advocateId = code): PlainEvent {
  return event('code.revoked', `revoked-${code}`, time, { advocateId, code })
}

export function suspended(advocateId: string, time: number): PlainEvent {
  return event('advocate.suspended', `suspended-${advocateId}-${time}`, time, { advocateId })
}

export function reinstated(advocateId: string, time: number): PlainEvent {
  return event('advocate.reinstated', `reinstated-${advocateId}-${time}`, time, { advocateId })
}

/** Terms, and advocates A, B and C, each with a code of its own name. */
export function program(draft: DraftTerms = {}, more: Record<string, Record<string, unknown>> = {}): PlainEvent[] {
  const advocates = ['A', 'B', 'C'].flatMap((name) => [enrolled(name, more[name]), issued(name, name)])
  return [terms(draft), ...advocates]
}

export function click(id: string, time: number, code: string, visitorId = 'v'): PlainEvent {
  return event('click', id, time, { code, visitorId })
}

export function share(id: string, time: number, advocateId: string, code?: string): PlainEvent {
  return event('share', id, time, { advocateId, channel: 'mail', ...(code === undefined ? {} : { code }) })
}

export function signup(
  id: string,
  time: number,
  customerId: string,
  more: { visitorId?: string; code?: string } = {},
): PlainEvent {
  return event('signup', id, time, { customerId, ...more })
}

export interface DraftConversion {
  readonly customerId?: string
  readonly visitorId?: string
  readonly code?: string
  readonly kind?: string
  readonly country?: string
  readonly fxRate?: string
  readonly items?: readonly Item[]
}

/** `amount` is '10.00 EUR'. */
export function conversion(
  id: string,
  time: number,
  amount: string,
  who: DraftConversion = { visitorId: 'v' },
): PlainEvent {
  return event('conversion', id, time, { conversionId: id, amount: money(amount), ...who })
}

export function refund(
  id: string,
  time: number,
  conversionId: string,
  amount: string,
  items?: readonly Item[],
): PlainEvent {
  return event('refund', id, time, { refundId: id, conversionId, amount: money(amount), ...(items ? { items } : {}) })
}

export function amended(
  id: string,
  time: number,
  conversionId: string,
  amount: string,
  items?: readonly Item[],
): PlainEvent {
  return event('conversion.amended', id, time, { conversionId, amount: money(amount), ...(items ? { items } : {}) })
}

export function linked(id: string, time: number, visitorId: string, customerId: string): PlainEvent {
  return event('identities.linked', id, time, { visitorId, customerId })
}

export function unlinked(id: string, time: number, visitorId: string, customerId: string): PlainEvent {
  return event('identities.unlinked', id, time, { visitorId, customerId })
}

export function disqualifiedTouch(id: string): PlainEvent {
  return event('touch.disqualified', `disqualified-${id}`, day(20), { source: 's', id, reason: 'bot' })
}

export function consents(id: string, time: number, customerId: string, purpose = 'referrals'): PlainEvent {
  return event('consent.granted', id, time, { customerId, purpose })
}

export function withdraws(id: string, time: number, customerId: string, purpose = 'referrals'): PlainEvent {
  return event('consent.withdrawn', id, time, { customerId, purpose })
}

export function granted(
  id: string,
  time: number,
  advocateId: string,
  amount: string,
  conversionId?: string,
): PlainEvent {
  return event('reward.granted', id, time, {
    advocateId,
    amount: money(amount),
    reason: 'thanks',
    ...(conversionId === undefined ? {} : { conversionId }),
  })
}

export function takenBack(id: string, time: number, advocateId: string, amount: string): PlainEvent {
  return event('reward.revoked', id, time, { advocateId, amount: money(amount), reason: 'mistake' })
}

export function item(category: string, amount: string): Item {
  return { sku: category, category, quantity: 1, amount: money(amount) }
}

function money(text: string): { value: string; currency: string } {
  const [value = '', currency = ''] = text.split(' ')
  return { value, currency }
}

/** In the order given; recorded at the latest event time so far. */
export function logOf(...events: readonly PlainEvent[]): LoggedEvent[] {
  let recordedAt = Number.NEGATIVE_INFINITY
  return events.map((one, index) => {
    recordedAt = Math.max(recordedAt, one.time)
    return { position: index + 1, recordedAt, event: one }
  })
}
