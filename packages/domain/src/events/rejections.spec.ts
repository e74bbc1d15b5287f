import { left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { sentTypes } from './catalog.ts'
import { example, exampleData, exampleNow } from './events.examples.ts'
import { parseEvent } from './parse.ts'
import type { EventType } from './types.ts'

const click = example('vouch.click.v1')
const refused = (input: unknown) => parseEvent(input, exampleNow)
const rejection = (field: string, reason: string) => left({ field, reason })

/** An event of a type with one or more fields of `data` set otherwise; undefined leaves a field out. */
const withData = (type: EventType, fields: Readonly<Record<string, unknown>>) =>
  JSON.parse(JSON.stringify(example(type, { ...exampleData[type], ...fields })))

const nested = (levels: number): unknown => (levels === 0 ? 'x' : { a: nested(levels - 1) })

describe('the event as a whole', () => {
  it.each<[unknown, string]>([
    [null, 'an event is a JSON object, not null'],
    ['{}', 'an event is a JSON object, not the text "{}"'],
    [[click], 'an event is a JSON object, not a list'],
    [7, 'an event is a JSON object, not the number 7'],
    [undefined, 'an event is a JSON object, not undefined'],
    [new Date(0), 'the event is a Date, which JSON cannot hold; send a JSON value'],
    [
      { ...click, '\ud800': 1 },
      'the event has a field whose name holds half of a surrogate pair, which is no Unicode character; send well-formed text',
    ],
  ])('%j', (input, reason) => {
    expect(refused(input)).toStrictEqual(rejection('', reason))
  })
})

const aTime = 'write RFC 3339 with an offset, such as "2026-03-01T12:00:00Z"'

describe('the attributes', () => {
  it.each<[object, string, string]>([
    [{ specversion: undefined }, 'specversion', 'is missing; write "1.0"'],
    [{ specversion: '0.3' }, 'specversion', 'is the text "0.3"; write "1.0"'],
    [{ specversion: 1 }, 'specversion', 'is the number 1; write "1.0"'],
    [{ id: undefined }, 'id', 'is missing; write text'],
    [{ id: null }, 'id', 'is null; write text, or leave it out if it is optional'],
    [{ id: 5 }, 'id', 'is the number 5; write it as text, in quotes: "5"'],
    [{ id: '' }, 'id', 'is empty; write 1 to 500 characters'],
    [{ id: 'x'.repeat(501) }, 'id', 'has 501 characters; write at most 500'],
    [{ source: '  ' }, 'source', 'is blank; write 1 to 500 characters'],
    [{ source: 'a\nb' }, 'source', '"a\\nb" has the control character U+000A; leave it out'],
    [{ type: undefined }, 'type', 'is missing; write text'],
    [{ type: 'vouch.clik.v1' }, 'type', '"vouch.clik.v1" is not a type of event; did you mean vouch.click.v1?'],
    [{ type: 'click' }, 'type', '"click" is not a type of event; did you mean vouch.click.v1?'],
    [{ type: 'Vouch.Click.V1' }, 'type', '"Vouch.Click.V1" is not a type of event; did you mean vouch.click.v1?'],
    [{ type: 'vouch.click.v2' }, 'type', '"vouch.click.v2" is not a type of event; did you mean vouch.click.v1?'],
    [
      { type: 'com.example.parcel' },
      'type',
      `"com.example.parcel" is not a type of event; the types are ${sentTypes.join(', ')}`,
    ],
    [{ type: '__proto__' }, 'type', `"__proto__" is not a type of event; the types are ${sentTypes.join(', ')}`],
    [{ time: 1772366400000 }, 'time', 'is the number 1772366400000; write it as text, in quotes: "1772366400000"'],
    [{ time: 'yesterday' }, 'time', `"yesterday" is not a time; ${aTime}`],
    [
      { time: '2026-03-03T00:00:00Z' },
      'time',
      'is 2026-03-03T00:00:00.000Z, a day or more after now (2026-03-02T00:00:00.000Z); an event is reported once it has happened',
    ],
    [
      { datacontenttype: 'text/xml' },
      'datacontenttype',
      '"text/xml" is not read; data is a JSON object, so write "application/json" or leave it out',
    ],
    [{ data: undefined }, 'data', 'is missing; write an object'],
    [{ data: undefined, data_base64: 'e30=' }, 'data', 'is missing; send a JSON object as data, not data_base64'],
    [{ data: null }, 'data', 'is null; write an object, or leave it out if it is optional'],
    [{ data: [] }, 'data', 'is a list; write an object'],
    [{ data: '{}' }, 'data', 'is the text "{}"; write an object'],
  ])('%j', (attributes, field, reason) => {
    expect(refused({ ...click, ...attributes })).toStrictEqual(rejection(field, reason))
  })
})

describe('what no field may hold', () => {
  const half = 'holds half of a surrogate pair, which is no Unicode character; send well-formed text'
  it.each<[string, object, string, string]>([
    ['in an id', { ...click, id: '\udc00' }, 'id', half],
    ['in a known field', withLone('code', 'A\ud83d'), 'data.code', half],
    ['in an unknown field', withLone('x', [{ 'a b': '\ud83d' }]), 'data.x[0]["a b"]', half],
    ['in a name', withLone('x', { '\ud83d': 1 }), 'data.x', `has a field whose name ${half}`],
    [
      'too deep',
      withLone('x', nested(31)),
      `data.x${'.a'.repeat(30)}`,
      'is nested deeper than 32 levels; write it flatter',
    ],
    [
      'no JSON',
      withLone('x', [Number.NaN]),
      'data.x[0]',
      'is the number NaN, which JSON cannot hold; send a JSON value',
    ],
    ['no JSON', withLone('x', 1n), 'data.x', 'is a bigint, which JSON cannot hold; send a JSON value'],
    ['no JSON', withLone('x', new Map()), 'data.x', 'is a Map, which JSON cannot hold; send a JSON value'],
    ['no JSON', withLone('x', [undefined]), 'data.x[0]', 'is undefined, which JSON cannot hold; send a JSON value'],
    [
      '__proto__ inside',
      { ...click, data: JSON.parse('{"x":{"__proto__":1}}') },
      'data.x.__proto__',
      'is not taken as the name of a field; use another',
    ],
  ])('%s', (_, input, field, reason) => {
    expect(refused(input)).toStrictEqual(rejection(field, reason))
  })

  function withLone(field: string, value: unknown) {
    return { ...click, data: { ...click.data, [field]: value } }
  }

  it('takes 32 levels', () => {
    expect(refused(withLone('x', nested(30)))).toHaveProperty('_tag', 'Right')
  })
})

const amountLike = 'write digits and at most one point, such as "49.90"'
const eur = (value: unknown) => ({ value, currency: 'EUR' })

describe('money', () => {
  it.each<[unknown, string, string]>([
    [5, '', 'is not money; write an object such as {"value":"49.90","currency":"EUR"}'],
    ['5.00 EUR', '', 'is not money; write an object such as {"value":"49.90","currency":"EUR"}'],
    [undefined, '', 'is missing; write an object'],
    [{ currency: 'EUR' }, '.value', 'is missing; write text'],
    [{ value: '5' }, '.currency', 'is missing; write text'],
    [eur(49.9), '.value', 'is the number 49.9; write it as text, in quotes: "49.9"'],
    [eur('-5'), '.value', '"-5" is negative; amounts are zero or above, and what is taken back is an event of its own'],
    [eur('+5'), '.value', '"+5" has a sign; write "5"'],
    [eur('1e3'), '.value', `"1e3" is in exponent notation; ${amountLike}`],
    [eur('1,50'), '.value', `"1,50" has a comma; ${amountLike}`],
    [eur('1,000.50'), '.value', `"1,000.50" has a comma; ${amountLike}`],
    [eur(''), '.value', `is empty; ${amountLike}`],
    [eur(' 5'), '.value', '" 5" begins or ends with a blank; write "5"'],
    [eur('5.'), '.value', `"5." is not an amount; ${amountLike}`],
    [eur('.5'), '.value', `".5" is not an amount; ${amountLike}`],
    [eur('٣'), '.value', `"٣" is not an amount; ${amountLike}`],
    [eur('49.999'), '.value', '"49.999" has 3 digits after the point, EUR has 2'],
    [eur('49.900'), '.value', '"49.900" has 3 digits after the point, EUR has 2'],
    [{ value: '5.0', currency: 'JPY' }, '.value', '"5.0" has 1 digit after the point, JPY has none'],
    [
      { value: 'x', currency: 'JPY' },
      '.value',
      '"x" is not an amount; write digits and at most one point, such as "49"',
    ],
    [
      { value: 'x', currency: 'KWD' },
      '.value',
      '"x" is not an amount; write digits and at most one point, such as "49.900"',
    ],
    [eur('1234567890123'), '.value', '"1234567890123" has 13 digits before the point; at most 12 are taken'],
    [{ value: '5', currency: 'eur' }, '.currency', '"eur" is not an ISO 4217 currency code; did you mean EUR?'],
    [{ value: '5', currency: 'EURO' }, '.currency', '"EURO" is not a currency code of ISO 4217; write one such as EUR'],
    [{ value: '5', currency: 'XXX' }, '.currency', '"XXX" is not a currency code of ISO 4217; write one such as EUR'],
    [{ value: '-5', currency: 'ZZZ' }, '.currency', '"ZZZ" is not a currency code of ISO 4217; write one such as EUR'],
  ])('%j', (amount, path, reason) => {
    expect(refused(withData('vouch.conversion.v1', { amount }))).toStrictEqual(rejection(`data.amount${path}`, reason))
  })

  it.each<EventType>(['vouch.refund.v1', 'vouch.reward.granted.v1', 'vouch.reward.revoked.v1'])(
    '%s: not zero',
    (type) => {
      expect(refused(withData(type, { amount: eur('0.0') }))).toStrictEqual(
        rejection('data.amount.value', '"0.0" is zero; the amount must be above zero'),
      )
    },
  )

  it.each<EventType>(['vouch.conversion.v1', 'vouch.conversion.amended.v1', 'vouch.refund.v1'])(
    '%s: items in another currency',
    (type) => {
      const items = [
        { sku: 'a', amount: eur('1') },
        { sku: 'b', amount: { value: '1', currency: 'USD' } },
      ]
      expect(refused(withData(type, { items }))).toStrictEqual(
        rejection('data.items[1].amount.currency', 'is USD, but the whole is in EUR; items are in the same currency'),
      )
    },
  )
})

const aRate = 'write a decimal above zero with at most 12 digits on either side of the point, such as "1.0834"'

describe('the fields of data', () => {
  it.each<[EventType, Record<string, unknown>, string, string]>([
    ['vouch.click.v1', { programId: undefined }, 'programId', 'is missing; write text'],
    ['vouch.click.v1', { programId: '' }, 'programId', 'is empty; write 1 to 200 characters'],
    ['vouch.click.v1', { programId: ' a' }, 'programId', '" a" begins or ends with a blank; write "a"'],
    [
      'vouch.click.v1',
      { visitorId: 'a\u0000b' },
      'visitorId',
      '"a\\u0000b" has the control character U+0000; leave it out',
    ],
    ['vouch.click.v1', { visitorId: 'é'.repeat(201) }, 'visitorId', 'has 201 characters; write at most 200'],
    ['vouch.click.v1', { code: ' ' }, 'code', 'is empty; write 1 to 200 characters'],
    ['vouch.click.v1', { code: 10 }, 'code', 'is the number 10; write it as text, in quotes: "10"'],
    ['vouch.click.v1', { channel: null }, 'channel', 'is null; write text, or leave it out if it is optional'],
    ['vouch.click.v1', { channel: '' }, 'channel', 'is empty; write 1 to 100 characters'],
    [
      'vouch.click.v1',
      { url: 'x'.repeat(8193) },
      'url',
      'is longer than 8192 characters; write text of at most 8192 characters',
    ],
    ['vouch.share.v1', { channel: undefined }, 'channel', 'is missing; write text'],
    ['vouch.signup.v1', { customerId: undefined }, 'customerId', 'is missing; write text'],
    [
      'vouch.conversion.v1',
      { customerId: undefined, visitorId: undefined, code: undefined },
      '',
      'names nobody; give at least one of customerId, visitorId and code',
    ],
    [
      'vouch.conversion.v1',
      { kind: 'purchas' },
      'kind',
      'is the text "purchas"; write one of purchase, subscription, renewal, lead (did you mean purchase?)',
    ],
    [
      'vouch.conversion.v1',
      { country: 'DEU' },
      'country',
      '"DEU" is not a country code; write the two letters of ISO 3166, such as DE',
    ],
    [
      'vouch.conversion.v1',
      { country: 'ß' },
      'country',
      '"ß" is not a country code; write the two letters of ISO 3166, such as DE',
    ],
    ['vouch.conversion.v1', { country: 'uk' }, 'country', '"uk" is not a country code of ISO 3166; did you mean GB?'],
    ['vouch.conversion.v1', { fxRate: 1.1 }, 'fxRate', 'is the number 1.1; write it as text, in quotes: "1.1"'],
    ['vouch.conversion.v1', { fxRate: '0.000' }, 'fxRate', `"0.000" is not a rate; ${aRate}`],
    ['vouch.conversion.v1', { fxRate: '-1' }, 'fxRate', `"-1" is not a rate; ${aRate}`],
    ['vouch.conversion.v1', { fxRate: '1.1234567890123' }, 'fxRate', `"1.1234567890123" is not a rate; ${aRate}`],
    ['vouch.conversion.v1', { items: {} }, 'items', 'is an object; write a list'],
    ['vouch.conversion.v1', { items: ['a'] }, 'items[0]', 'is the text "a"; write an object'],
    ['vouch.conversion.v1', { items: [{ amount: eur('1') }] }, 'items[0].sku', 'is missing; write text'],
    ['vouch.conversion.v1', { items: [{ sku: 'a' }] }, 'items[0].amount', 'is missing; write an object'],
    [
      'vouch.conversion.v1',
      { items: [{ sku: 'a', quantity: 0, amount: eur('1') }] },
      'items[0].quantity',
      'is the number 0; write a number of at least 1',
    ],
    [
      'vouch.conversion.v1',
      { items: [{ sku: 'a', quantity: 1.5, amount: eur('1') }] },
      'items[0].quantity',
      'is the number 1.5; write a whole number',
    ],
    [
      'vouch.refund.v1',
      { reason: 'broken' },
      'reason',
      'is the text "broken"; write one of return, chargeback, cancellation, fraud',
    ],
    [
      'vouch.advocate.enrolled.v1',
      { kind: 'vip' },
      'kind',
      'is the text "vip"; write one of customer, employee, influencer, partner',
    ],
    ['vouch.advocate.enrolled.v1', { attributes: ['a'] }, 'attributes', 'is a list; write an object'],
    [
      'vouch.advocate.updated.v1',
      { parentAdvocateId: 'anna' },
      'parentAdvocateId',
      'is the advocate itself; name another advocate, or leave it out',
    ],
    ['vouch.advocate.suspended.v1', { reason: '\n' }, 'reason', 'is blank; say why, in up to 500 characters'],
    [
      'vouch.touch.disqualified.v1',
      { reason: 'x'.repeat(501) },
      'reason',
      'is longer than 500 characters; write text of at most 500 characters',
    ],
    ['vouch.reward.granted.v1', { reason: undefined }, 'reason', 'is missing; write text'],
    [
      'vouch.program.published.v1',
      { programId: 'a\tb' },
      'programId',
      '"a\\tb" has the control character U+0009; leave it out',
    ],
    [
      'vouch.program.published.v1',
      { rewards: [{ ruleId: 'a', trigger: 'clik', to: 'advocate', amount: { percent: '10' } }] },
      'rewards[0].trigger',
      'is the text "clik"; write one of click, share, signup, conversion (did you mean click?)',
    ],
    [
      'vouch.program.published.v1',
      { rewards: [{ ruleId: 'a', trigger: 'click', to: 'advocate', amount: { fixed: '1' }, whenn: {} }] },
      'rewards[0].whenn',
      'is not known here; leave it out, or correct its name',
    ],
  ])('%s %j', (type, fields, path, reason) => {
    const field = path === '' ? 'data' : `data.${path}`
    expect(refused(withData(type, fields))).toStrictEqual(rejection(field, reason))
  })
})

describe('of several problems the first is named', () => {
  it.each<[object, string]>([
    [{ ...click, specversion: 1, id: 1, type: 'x', data: 1 }, 'specversion'],
    [{ ...click, source: 1, type: 'x', data: 1 }, 'source'],
    [{ ...click, type: 'x', time: 'x', data: 1 }, 'type'],
    [{ ...click, time: '2027-01-01T00:00:00Z', data: {} }, 'time'],
    [{ ...click, data: { visitorId: 1, code: 1 } }, 'data.programId'],
    [withData('vouch.conversion.v1', { customerId: 1, amount: eur('x'), items: 1 }), 'data.amount.value'],
  ])('%#', (input, field) => {
    expect(refused(input)).toMatchObject({ left: { field } })
  })
})
