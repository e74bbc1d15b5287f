import { advanceClock, decodeEvent, type TermsVersion } from '@vouch/domain'
import type { EventStore, RecordedEvent, StoreFailure } from '@vouch/event-store'
import { left } from 'fp-ts/lib/Either.js'
import type { Programs } from './import/horizon.ts'
import type { Incoming } from './incoming.ts'

/** Events as apps send them, for specs. */
export interface Sent {
  readonly specversion: string
  readonly id: string
  readonly source: string
  readonly type: string
  readonly time: string
  readonly data: Readonly<Record<string, unknown>>
}

export const noon = Date.parse('2026-03-01T12:00:00Z')

const sent = (type: string, id: string, time: number, data: Readonly<Record<string, unknown>>): Sent => ({
  specversion: '1.0',
  id,
  source: 'shop.example',
  type: `vouch.${type}.v1`,
  time: new Date(time).toISOString(),
  data: { programId: 'summer', ...data },
})

export const click = (id: string, time = noon, data: Readonly<Record<string, unknown>> = {}): Sent =>
  sent('click', id, time, { code: 'ANNA10', visitorId: 'v-1', ...data })

export const share = (id: string, time = noon): Sent =>
  sent('share', id, time, { advocateId: 'anna', channel: 'instagram' })

export const conversion = (conversionId: string, time = noon, value = '49.90', id = `evt-${conversionId}`): Sent =>
  sent('conversion', id, time, { conversionId, customerId: 'cust-1', amount: { value, currency: 'EUR' } })

export const codeIssued = (id: string, code: string): Sent =>
  sent('code.issued', id, noon, { advocateId: 'anna', code })

export const terms = (id: string, time = noon, data: Readonly<Record<string, unknown>> = {}): Sent =>
  sent('program.published', id, time, { currency: 'EUR', effectiveFrom: '2026-01-01T00:00:00Z', ...data })

export const incoming = (value: unknown): Incoming => ({ tag: 'value', value })

/** NDJSON of events, one a line. */
export const ndjson = (events: readonly Sent[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('')

/** A store that takes appends until it has taken so many, and then is gone. */
export function storeThatFails(store: EventStore, afterAppends: number, failure: StoreFailure): EventStore {
  let appends = 0
  return { ...store, append: (...all) => (appends++ < afterAppends ? store.append(...all) : async () => left(failure)) }
}

/** A store on which somebody else acts right before each of the first appends to a stream. */
export function storeWithRival(
  store: EventStore,
  stream: string,
  acts: readonly (() => Promise<unknown>)[],
): EventStore {
  const next = acts.values()
  return {
    ...store,
    append: (appends, recordedAt) => async () => {
      const act = appends.some((append) => append.stream === stream) ? next.next().value : undefined
      await act?.()
      return store.append(appends, recordedAt)()
    },
  }
}

/** A store that notes how many appends each call had. */
export function storeThatCounts(store: EventStore): { readonly store: EventStore; readonly calls: number[] } {
  const calls: number[] = []
  const append: EventStore['append'] = (appends, recordedAt) => {
    calls.push(appends.length)
    return store.append(appends, recordedAt)
  }
  return { store: { ...store, append }, calls }
}

/** What the programs' clocks and terms are by the log. */
export async function programsOf(store: EventStore): Promise<Programs> {
  const clocks = new Map<string, number | undefined>()
  const versions = new Map<string, readonly TermsVersion[]>()
  for await (const batch of store.readAll(0n)) {
    for (const recorded of batch) {
      const event = decodeEvent(recorded)
      const { programId } = recorded
      clocks.set(programId, advanceClock(clocks.get(programId), event, recorded.recordedAt))
      if (event.type !== 'vouch.program.published.v1') continue
      const before = versions.get(programId) ?? []
      versions.set(programId, [...before, { version: before.length + 1, publishedAt: event.time, terms: event.data }])
    }
  }
  return { clock: (id) => clocks.get(id), versions: (id) => versions.get(id) ?? [] }
}

/** All that a store holds. */
export async function logOf(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const batch of store.readAll(0n)) events.push(...batch)
  return events
}
