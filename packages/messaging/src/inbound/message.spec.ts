import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Headers, type InboundMessage, toIncoming } from './message.ts'

const event = {
  specversion: '1.0',
  id: 'c-1',
  source: 'shop.example',
  type: 'vouch.click.v1',
  time: '2026-03-01T11:00:00Z',
  data: { programId: 'summer', code: 'ANNA10', visitorId: 'v-1' },
}
const { data, ...attributes } = event

const message = (value: unknown, headers: Headers = {}): InboundMessage => ({
  key: Buffer.from('summer'),
  value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  headers,
})

/** As kafkajs gives them: bytes. */
const headersOf = (attributes: Readonly<Record<string, unknown>>): Headers =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, Buffer.from(String(value))]))

const taken = (value: unknown) => ({ tag: 'value', value, programId: 'summer' })
const unreadable = (field: string, reason: string) => ({ tag: 'unreadable', field, reason })

describe('a whole event (structured mode)', () => {
  it.each([
    'application/cloudevents+json',
    'application/cloudevents+json; charset=UTF-8',
    'Application/CloudEvents+JSON',
    'application/json',
    undefined,
  ])('is what the value is with the content-type %s', (contentType) => {
    const headers = contentType === undefined ? {} : { 'content-type': Buffer.from(contentType) }
    expect(toIncoming(message(event, headers))).toEqual(taken(event))
  })

  it('is so too beside headers that repeat its attributes', () => {
    const headers = { 'content-type': 'application/cloudevents+json', ...headersOf({ ...attributes, id: 'other' }) }
    expect(toIncoming(message(event, headers))).toEqual(taken(event))
  })
})

describe('data and headers (binary mode)', () => {
  it('are one event', () => {
    expect(toIncoming(message(data, { ...headersOf(attributes), trace: 'x' }))).toEqual(taken(event))
  })

  it('the content-type is that of the data', () => {
    const headers = { ...headersOf(attributes), 'content-type': 'application/json; charset=utf-8' }
    const datacontenttype = 'application/json; charset=utf-8'
    expect(toIncoming(message(data, headers))).toEqual(taken({ ...attributes, datacontenttype, data }))
  })

  it('data that is no JSON is left to admission, which says so of its content-type', () => {
    const headers = { ...headersOf(attributes), 'content-type': 'text/plain' }
    expect(toIncoming(message('hello', headers))).toEqual(taken({ ...attributes, datacontenttype: 'text/plain' }))
  })

  it('give what structured mode gives, whatever the attributes and data are', () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,20}$/).filter((it) => !['data', 'datacontenttype'].includes(it))
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ unit: 'grapheme' }), { minKeys: 1 }), fc.jsonValue(), (all, data) => {
        const whole = JSON.parse(JSON.stringify({ ...all, data }))
        const structured = toIncoming(message(whole, { 'content-type': 'application/cloudevents+json' }))
        expect(toIncoming(message(JSON.stringify(data), headersOf(all)))).toEqual(structured)
      }),
    )
  })

  it.each([
    [{ ce_data: 'x' }, unreadable('ce_data', 'is no header of its own: the value of the message is the data')],
    [
      { ce_datacontenttype: 'application/json' },
      unreadable('ce_datacontenttype', 'is no header of its own: it stands in the header content-type'),
    ],
    [{ ce_Type: 'x' }, unreadable('ce_Type', 'has a name of other than lower-case letters and digits')],
    [{ ce___proto__: 'x' }, unreadable('ce___proto__', 'has a name of other than lower-case letters and digits')],
    [{ ce_: 'x' }, unreadable('ce_', 'has a name of other than lower-case letters and digits')],
    [{ ce_id: Buffer.from([0xff]) }, unreadable('ce_id', 'is not UTF-8')],
    [{ ce_id: ['a', 'a'] }, unreadable('ce_id', 'is given 2 times; give it once')],
    [{ 'content-type': ['a', 'b', 'c'] }, unreadable('content-type', 'is given 3 times; give it once')],
  ])('with %j are none', (headers, expected) => {
    expect(toIncoming(message(data, { ...headersOf({ specversion: '1.0' }), ...headers }))).toEqual(expected)
  })

  it('with data that is cut off are none', () => {
    expect(toIncoming(message('{"programId":', headersOf(attributes)))).toEqual(
      unreadable('data', 'this is not JSON: at column 14 there should be a value, not the end'),
    )
  })
})

describe('other formats', () => {
  it.each([
    'application/cloudevents+avro',
    'application/cloudevents-batch+json',
    'application/cloudevents',
    'text/csv',
    '',
  ])('%s is not read', (contentType) => {
    const right = 'application/cloudevents+json for one whole event, or application/json for data beside headers ce_…'
    expect(toIncoming(message(event, { 'content-type': contentType }))).toEqual(
      unreadable('content-type', `${JSON.stringify(contentType)} is not read; send ${right}`),
    )
  })
})

describe('the key', () => {
  it.each([
    [null, 'is missing; it is the programId of the event'],
    [Buffer.from([0xc3]), 'is not UTF-8; it is the programId of the event'],
  ])('%j is none', (key, reason) => {
    expect(toIncoming({ ...message(event), key })).toEqual(unreadable('key', reason))
  })

  it('says which program the event is for', () => {
    expect(toIncoming({ ...message(event), key: Buffer.from('Sömmer') })).toEqual({
      ...taken(event),
      programId: 'Sömmer',
    })
  })
})

it('a message without a value is none', () => {
  expect(toIncoming({ ...message(event), value: null })).toEqual(
    unreadable('', 'the message has no value; what was said of the past is corrected by a further event'),
  )
})

it('whatever bytes come, it gives an answer', () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((it) => Buffer.from(it))
  const value = fc.oneof(bytes, fc.string().map(Buffer.from), fc.json().map(Buffer.from))
  const name = fc.oneof(fc.string(), fc.constantFrom('content-type', 'ce_id', 'ce_specversion', 'ce_data'))
  const headers = fc.dictionary(name, fc.oneof(bytes, fc.array(bytes, { maxLength: 3 })))
  fc.assert(
    fc.property(fc.option(bytes), fc.option(value), headers, (key, value, headers) => {
      expect(['value', 'unreadable']).toContain(toIncoming({ key, value, headers }).tag)
    }),
  )
})
