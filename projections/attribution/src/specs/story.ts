import type { LoggedEvent } from '@vouch/testing'

/** Short words for the events of a spec. Whatever is not said is left out; nothing is made up but ids. */
export interface Told {
  readonly type: string
  readonly time: number
  readonly data: Readonly<Record<string, unknown>>
  /** Its place in the log, as 'e7', unless given. */
  readonly id: string | undefined
  readonly source: string
  /** When it reached the log; with the latest event so far unless given. */
  readonly recordedAt: number | undefined
}

export interface When {
  /** '03-05', '03-05 12:00' or '03-05 12:00:00.001' of 2026, UTC; any other year in full. */
  readonly at: string
  readonly id?: string
  readonly source?: string
  readonly recorded?: string
  readonly program?: string
}

type Options<T = unknown> = When & T

/** ms UTC. */
export function at(text: string): number {
  const [day = '', clock = '00:00'] = text.split(' ')
  const date = day.length === 5 ? `2026-${day}` : day
  const time = Date.parse(`${date}T${clock.length === 5 ? `${clock}:00` : clock}Z`)
  if (Number.isNaN(time)) throw new Error(`"${text}" is no time of a spec`)
  return time
}

function tell(type: string, { at: when, id, source, recorded, program, ...more }: When, data: object): Told {
  return {
    type: `vouch.${type}.v1`,
    time: at(when),
    data: { programId: program ?? 'summer', ...data, ...more },
    id,
    source: source ?? 'app',
    recordedAt: recorded === undefined ? undefined : at(recorded),
  }
}

/** '10.00 EUR' as money. */
export function money(text: string): { value: string; currency: string } {
  const [value = '', currency = ''] = text.split(' ')
  return { value, currency }
}

export const click = (
  visitorId: string,
  code: string,
  options: Options<{ channel?: string; shareId?: string }>,
): Told => tell('click', options, { visitorId, code })

export const share = (advocateId: string, options: Options<{ code?: string; shareId?: string }>): Told =>
  tell('share', options, { advocateId, channel: 'mail' })

export const signup = (customerId: string, options: Options<{ visitorId?: string; code?: string }>): Told =>
  tell('signup', options, { customerId })

export interface Item {
  readonly sku: string
  readonly category?: string
  readonly quantity?: number
  readonly amount: { readonly value: string; readonly currency: string }
}

/** A line of an order; its category is its sku unless said otherwise. */
export const item = (category: string, amount: string, more: { sku?: string; quantity?: number } = {}): Item => ({
  sku: category,
  category,
  ...more,
  amount: money(amount),
})

export interface Bought {
  readonly customerId?: string | undefined
  readonly visitorId?: string
  readonly code?: string
  readonly kind?: string
  readonly country?: string
  readonly fxRate?: string
  readonly items?: readonly Item[]
}

/** The event's id is the conversion's, so that ties can be read off. */
export const conversion = (conversionId: string, amount: string, options: Options<Bought>): Told =>
  tell('conversion', { id: conversionId, ...options }, { conversionId, amount: money(amount) })

export const amended = (conversionId: string, amount: string, options: Options<{ items?: readonly Item[] }>): Told =>
  tell('conversion.amended', options, { conversionId, amount: money(amount) })

/** The event's id is the refund's. */
export const refund = (
  refundId: string,
  conversionId: string,
  amount: string,
  options: Options<{ items?: readonly Item[] }>,
): Told => tell('refund', { id: refundId, ...options }, { refundId, conversionId, amount: money(amount) })

export const linked = (visitorId: string, customerId: string, options: When): Told =>
  tell('identities.linked', options, { visitorId, customerId })

export const unlinked = (visitorId: string, customerId: string, options: When): Told =>
  tell('identities.unlinked', options, { visitorId, customerId })

/** To 'attribution' unless another purpose is named. */
export const consents = (customerId: string, options: Options<{ purpose?: string }>): Told =>
  tell('consent.granted', { purpose: 'attribution', ...options } as When, { customerId })

export const objects = (customerId: string, options: Options<{ purpose?: string }>): Told =>
  tell('consent.withdrawn', { purpose: 'attribution', ...options } as When, { customerId })

export const forgotten = (subject: string, subjectId: string, options: When): Told =>
  tell('person.forgotten', options, { subject, subjectId })

export interface Profile {
  readonly kind?: string
  readonly customerId?: string | undefined
  readonly group?: string
  readonly parentAdvocateId?: string
  readonly attributes?: Record<string, unknown>
}

export const enrolled = (advocateId: string, options: Options<Profile>): Told =>
  tell('advocate.enrolled', options, { advocateId })

export const updated = (advocateId: string, options: Options<Profile>): Told =>
  tell('advocate.updated', options, { advocateId })

export const suspended = (advocateId: string, options: When): Told =>
  tell('advocate.suspended', options, { advocateId })

export const reinstated = (advocateId: string, options: When): Told =>
  tell('advocate.reinstated', options, { advocateId })

export const issued = (code: string, advocateId: string, options: When): Told =>
  tell('code.issued', options, { advocateId, code })

export const revoked = (code: string, advocateId: string, options: When): Told =>
  tell('code.revoked', options, { advocateId, code })

/** Of the touch whose event has this id. */
export const disqualified = (
  id: string,
  { touchSource = 'app', ...options }: Options<{ touchSource?: string }>,
): Told => ({
  ...tell('touch.disqualified', options, {}),
  data: { programId: options.program ?? 'summer', source: touchSource, id, reason: 'a machine' },
})

export const granted = (advocateId: string, amount: string, options: Options<{ conversionId?: string }>): Told =>
  tell('reward.granted', options, { advocateId, amount: money(amount), reason: 'thanks' })

export const takenBack = (advocateId: string, amount: string, options: Options<{ conversionId?: string }>): Told =>
  tell('reward.revoked', options, { advocateId, amount: money(amount), reason: 'granted twice' })

export interface Terms {
  readonly name?: string
  readonly currency?: string
  /** Its own time unless given. */
  readonly from?: string
  readonly attribution?: Readonly<Record<string, unknown>>
  readonly holdDays?: number
  readonly rewards?: readonly Readonly<Record<string, unknown>>[]
}

/** Terms as in the contract's example, but without rewards unless given. */
export const terms = ({ from, ...options }: Options<Terms>): Told =>
  tell('program.published', options, { currency: 'EUR', effectiveFrom: new Date(at(from ?? options.at)).toISOString() })

/** Terms from 1 January 2026 on, and anna, bert and carl, each with a code: ANNA, BERT, CARL. */
export const program = (wording: Terms = {}, profiles: Readonly<Record<string, Profile>> = {}): Told[] => [
  terms({ at: '01-01', ...wording }),
  ...['anna', 'bert', 'carl'].flatMap((name) => [
    enrolled(name, { at: '01-01', ...profiles[name] }),
    issued(name.toUpperCase(), name, { at: '01-01' }),
  ]),
]

/** A rule on conversions that pays advocates ten percent, unless said otherwise. */
export const rule = (ruleId: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  ruleId,
  trigger: 'conversion',
  to: 'advocate',
  amount: { percent: '10' },
  ...more,
})

/** The log that a story makes, in the order told. */
export function logOf(story: readonly Told[]): LoggedEvent[] {
  let latest = 0
  return story.map(({ recordedAt, id, ...told }, index) => {
    latest = Math.max(latest, recordedAt ?? told.time)
    return { position: index + 1, recordedAt: recordedAt ?? latest, event: { ...told, id: id ?? `e${index + 1}` } }
  })
}
