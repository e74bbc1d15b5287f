import type { Append, EventStore, RecordedEvent } from '@vouch/event-store'
import fc from 'fast-check'

/** Appends in order, each with the time of recording. */
export type Told = readonly { readonly append: Append; readonly recordedAt: number }[]

/** Text with what some readers take for the end of a line or of a string. */
const someText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('a"b', '\\', '\\"', '\u2028', '\n', '}}', ',"extensions":{}', '😀'),
)

/** Not as `JSON.stringify` has it: keys that it would put in another order, numbers that it would print otherwise. */
const someObject = fc.oneof(
  fc.dictionary(someText, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }).map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '{}',
    '{"10":1,"9":2}',
    '{"n":1.0e2}',
    '{"__proto__":{"a":[]}}',
    '{"extensions":{"x":"}"},"y":"\u2028"}',
  ),
)

const someEvent = fc.record({
  stream: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
  name: someText,
  programId: someText,
  source: someText,
  id: someText,
  time: fc.integer({ min: -1e12, max: 4e12 }),
  waitMs: fc.nat({ max: 2 }),
  data: someObject,
  extensions: fc.option(someObject, { nil: undefined }),
})

/** A log of facts, and of streams with several events. */
export const aLog = (maxLength: number, minLength = 0): fc.Arbitrary<Told> =>
  fc.array(someEvent, { minLength, maxLength }).map((events) => {
    const lengths = new Map<string, bigint>()
    let recordedAt = 1_000
    return events.map(({ stream: nth, name, waitMs, extensions, ...rest }, index) => {
      recordedAt += waitMs
      const identity = `event:${index}:${name}`
      const stream = nth === undefined ? identity : `stream ${nth} "of" several`
      const length = lengths.get(stream) ?? 0n
      lengths.set(stream, length + 1n)
      const contentHash = index.toString(16).padStart(64, '0')
      const event = { ...rest, identity, contentHash, type: 'vouch.click.v1', ...(extensions && { extensions }) }
      const expectedRevision = length === 0n ? ('no-stream' as const) : length - 1n
      return { append: { stream, expectedRevision, events: [event] }, recordedAt }
    })
  })

export async function tell(store: EventStore, told: Told): Promise<void> {
  for (const { append, recordedAt } of told) await store.append([append], recordedAt)()
}

/** All of a log but the positions, which are the store's. */
export async function movedFrom(store: EventStore): Promise<readonly Omit<RecordedEvent, 'position'>[]> {
  const events: Omit<RecordedEvent, 'position'>[] = []
  for await (const batch of store.readAll(0n)) for (const { position: _, ...event } of batch) events.push(event)
  return events
}
