import type { RecordedEvent } from '@vouch/event-store'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NotOfTheLog, type ReadMessage, readLogMessage, toLogMessage } from './log-message.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 30 })
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
const position = fc.bigInt(1n, 2n ** 62n)
/** Text that JSON.parse and JSON.stringify would not give again: keys that are numbers, other ways to write a number. */
const data = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify({ value })),
  fc.constantFrom(
    '{"10":1,"9":2}',
    '{"a":1.0e2}',
    '{"a":","," data":{"data":1}}',
    '{"__proto__":1}',
    '{"a":"\\u00e9é"}',
  ),
)
const event: fc.Arbitrary<RecordedEvent> = fc
  .record({
    position,
    revision: fc.bigInt(0n, 2n ** 40n),
    stream: name,
    identity: name,
    isOwnStream: fc.boolean(),
    contentHash: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
    type: name,
    programId: text,
    source: name,
    id: name,
    time: fc.integer({ min: -8e14, max: 8e14 }),
    recordedAt: fc.integer({ min: 0, max: 8e14 }),
    data,
    extensions: fc.option(fc.constantFrom('{"traceparent":"00-é"}', '{"1":2,"data1":"\\"data\\":"}', '{}')),
  })
  .map(({ isOwnStream, extensions, ...rest }) => ({
    ...rest,
    ...(isOwnStream ? { stream: rest.identity } : {}),
    ...(extensions === null ? {} : { extensions }),
  }))

/** As Kafka gives back what was sent. */
const sent = (recorded: RecordedEvent, before: bigint): ReadMessage => {
  const { key, value, headers } = toLogMessage(recorded, before)
  const bytes = Object.entries(headers).map(([name, it]) => [name, Buffer.from(it)] as const)
  return { key: Buffer.from(key), value, headers: Object.fromEntries(bytes) }
}

describe('a message of vouch.log', () => {
  it('gives back the event of the log, to the last character', () => {
    fc.assert(
      fc.property(event, position, (recorded, before) => {
        expect(readLogMessage(sent(recorded, before))).toStrictEqual({ event: recorded, before })
      }),
    )
  })

  it('is a CloudEvent in structured mode for whoever else reads it', () => {
    const recorded = {
      ...fc.sample(event, 1)[0],
      data: '{"programId":"summer"}',
      time: Date.UTC(2026, 2, 1),
      id: 'e-1',
    }
    const { value, headers } = toLogMessage({ ...recorded, extensions: '{"traceparent":"00"}' } as RecordedEvent, 0n)
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=UTF-8')
    expect(JSON.parse(value.toString())).toMatchObject({
      specversion: '1.0',
      id: 'e-1',
      time: '2026-03-01T00:00:00.000Z',
      datacontenttype: 'application/json',
      traceparent: '00',
      data: { programId: 'summer' },
    })
  })

  const good = sent(fc.sample(event, 1)[0] as RecordedEvent, 1n)
  it.each<[string, ReadMessage, string]>([
    ['without a key', { ...good, key: null }, 'has no key or no value'],
    ['without a value', { ...good, value: null }, 'has no key or no value'],
    ['without headers', { ...good, headers: undefined }, 'has no header vouch_data_at'],
    [
      'with a header twice',
      { ...good, headers: { ...good.headers, vouch_position: ['1', '2'] } },
      'has more than one header vouch_position',
    ],
    [
      'with a position that is no number',
      { ...good, headers: { ...good.headers, vouch_position: '1.5' } },
      'has "1.5" in header vouch_position',
    ],
    [
      'with data beyond its end',
      { ...good, headers: { ...good.headers, vouch_data_at: '99999' } },
      'has a header vouch_data_at beyond its value',
    ],
    ['whose value is no event', { ...good, value: Buffer.alloc(9_000, 32) }, 'has a value that is no event'],
  ])('%s is not of the log', (_what, message, why) => {
    expect(() => readLogMessage(message)).toThrow(NotOfTheLog)
    expect(() => readLogMessage(message)).toThrow(`A message of vouch.log ${why}: `)
  })
})
