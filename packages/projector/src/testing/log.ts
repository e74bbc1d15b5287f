import { type EventStore, openMemoryStore, type RecordedEvent } from '@vouch/event-store'
import { isLeft } from 'fp-ts/lib/Either.js'

/** When the first event of a fixture's log is recorded; each further one is recorded a second later. */
export const recordedFrom = Date.UTC(2026, 2, 1, 12)

/** Appends clicks, numbered on from those that are there: the same numbers always give the same events. */
export async function appendVisits(store: EventStore, count: number): Promise<void> {
  const first = Number(await store.head()) + 1
  for (let n = first; n < first + count; n++) await append(store, n, { visitorId: visitorOf(n), code: codeOf(n) })
}

/** Appends an event that no projection here can fold: a share. */
export async function appendPoison(store: EventStore): Promise<void> {
  const n = Number(await store.head()) + 1
  await append(store, n, { advocateId: 'anna', channel: 'mail' }, 'vouch.share.v1')
}

async function append(store: EventStore, n: number, data: Record<string, string>, type = 'vouch.click.v1') {
  const identity = `event:shop:e-${n}`
  const event = {
    identity,
    contentHash: n.toString(16).padStart(64, '0'),
    type,
    programId: 'summer',
    source: 'shop',
    id: `e-${n}`,
    time: recordedFrom + n * 1000,
    data: JSON.stringify({ programId: 'summer', ...data }),
  }
  const appends = [{ stream: identity, expectedRevision: 'no-stream', events: [event] } as const]
  const answer = await store.append(appends, recordedFrom + n * 1000)()
  if (isLeft(answer)) throw new Error(answer.left.message)
}

/** A few who come back, and ever new ones. */
const visitorOf = (n: number): string => (n % 3 === 0 ? `v-${n}` : `v-${(n * 7) % 11}`)
const codeOf = (n: number): string => `CODE${n % 4}`

export async function visitLog(count: number): Promise<EventStore> {
  const store = openMemoryStore()
  await appendVisits(store, count)
  return store
}

export async function eventsOf(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const batch of store.readAll(0n)) events.push(...batch)
  return events
}
