import { gzipSync } from 'node:zlib'
import { left } from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpBench, openHttpBench } from '../testing/http-bench.ts'
import { click, conversion, event, ndjson, published } from '../testing/samples.ts'

const time = '2026-03-01T10:00:00Z'
const route = '/v1/events'
let http: HttpBench
beforeAll(async () => {
  http = await openHttpBench({ limits: { bodyBytes: 100_000, pendingBytes: 150_000 } })
})
afterAll(() => http.close())

const problem = (message: string) => ({ error: { message } })

describe('POST /v1/events', () => {
  it('appends one event, and knows it again', async () => {
    const first = await http.post(route, published())
    expect(first.statusCode).toBe(200)
    expect(first.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(first.json()).toEqual({ results: [{ id: 'terms-1', outcome: 'appended', position: 1 }] })
    const again = await http.post(route, published())
    expect([again.statusCode, again.json()]).toEqual([
      200,
      { results: [{ id: 'terms-1', outcome: 'duplicate', position: 1 }] },
    ])
  })

  it('gives the four outcomes in the order of the events', async () => {
    const order = conversion('o-1', time, 'k-1', '10.00')
    const other = { ...conversion('o-1', time, 'k-1', '11.00'), id: 'other' }
    const none = { ...order, id: 'none', data: {} }
    const answer = await http.post(route, [order, none, order, other, click('c-1', time, 'v-1')])
    expect(answer.statusCode).toBe(207)
    expect(answer.json().results).toMatchObject([
      { id: 'order-o-1', outcome: 'appended', position: 2 },
      {
        id: 'none',
        outcome: 'rejected',
        error: { field: 'data.programId', reason: expect.stringMatching(/^is missing;/) },
      },
      { id: 'order-o-1', outcome: 'duplicate', position: 2 },
      {
        id: 'other',
        outcome: 'conflict',
        position: 2,
        error: {
          field: 'data.amount.value',
          fields: ['data.amount.value'],
          offered: { id: 'other', data: { amount: { value: '11.00' } } },
          existing: { id: 'order-o-1', data: { amount: { value: '10.00' } } },
        },
      },
      { id: 'c-1', outcome: 'appended', position: 3 },
    ])
    expect(answer.json().results).toHaveLength(5)
  })

  it('reads NDJSON line by line', async () => {
    const body = `\ufeff${ndjson([click('c-2', time, 'v-1')])}\r\n\n{"id":\n[]\n${ndjson([click('c-3', time, 'v-1')])}`
    const answer = await http.post(route, body, { 'content-type': 'application/x-ndjson; charset=utf-8' })
    expect(answer.statusCode).toBe(207)
    expect(answer.json().results.map(({ id, outcome }: Record<string, unknown>) => [id, outcome])).toEqual([
      ['c-2', 'appended'],
      [null, 'rejected'],
      [null, 'rejected'],
      ['c-3', 'appended'],
    ])
  })

  it.each([
    ['application/cloudevents+json', click('c-4', time, 'v-1')],
    ['application/cloudevents-batch+json; charset=utf-8', [click('c-5', time, 'v-1')]],
    ['APPLICATION/JSON', [click('c-6', time, 'v-1')]],
    ['application/ndjson', click('c-7', time, 'v-1')],
  ])('takes %s', async (type, body) => {
    expect((await http.post(route, body, { 'content-type': type })).json()).toMatchObject({
      results: [{ outcome: 'appended' }],
    })
  })

  it('takes an array of none, and lines of none', async () => {
    const empty = await http.post(route, [])
    expect([empty.statusCode, empty.json()]).toEqual([200, { results: [] }])
    const blank = await http.post(route, '\n\n', { 'content-type': 'application/x-ndjson' })
    expect([blank.statusCode, blank.json()]).toEqual([200, { results: [] }])
  })

  it.each<[string, string | Buffer, Record<string, string>, number, string]>([
    ['an empty body', '', {}, 400, 'The body is empty: send one event, a JSON array of events, or NDJSON.'],
    [
      'broken JSON',
      '{"id":',
      {},
      400,
      'The body is no JSON (Unexpected end of JSON input); for NDJSON send content-type application/x-ndjson.',
    ],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), {}, 400, 'The body is not valid UTF-8.'],
    [
      'a body that is too large',
      `[${' '.repeat(100_000)}]`,
      {},
      413,
      'The body is larger than the 100000 bytes that this route takes; send less at once.',
    ],
    [
      'text',
      'hello',
      { 'content-type': 'text/plain' },
      415,
      'Send application/json, or application/x-ndjson for one event a line, as it is: without a content-encoding.',
    ],
    [
      'no type',
      'hello',
      { 'content-type': '' },
      415,
      'Send application/json, or application/x-ndjson for one event a line, as it is: without a content-encoding.',
    ],
    [
      'a packed body',
      gzipSync('[]'),
      { 'content-encoding': 'gzip' },
      415,
      'Send application/json, or application/x-ndjson for one event a line, as it is: without a content-encoding.',
    ],
  ])('does not take %s', async (_what, body, headers, status, message) => {
    const answer = await http.post(route, body, headers)
    expect([answer.statusCode, answer.json()]).toEqual([status, problem(message)])
    expect(answer.headers['x-request-id']).toEqual(expect.any(String))
  })

  it('does not take a request without a body', async () => {
    const answer = await http.app.inject({ method: 'POST', url: route })
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      problem('The body is empty: send one event, a JSON array of events, or NDJSON.'),
    ])
  })

  it.each([
    ['42', 'an event is a JSON object'],
    ['null', 'an event is a JSON object'],
    ['"click"', 'an event is a JSON object'],
  ])('rejects %s, which can be read but is no event', async (body, reason) => {
    const answer = await http.post(route, body)
    expect([answer.statusCode, answer.json().results]).toMatchObject([
      207,
      [{ id: null, outcome: 'rejected', error: { reason } }],
    ])
  })

  it('lets nobody reach into objects that are not theirs', async () => {
    const body = JSON.stringify(click('c-10', time, 'v-1')).replace('"data":{', '"data":{"__proto__":{"polluted":1},')
    const answer = await http.post(route, body)
    expect(answer.statusCode).toBeLessThan(500)
    expect(({} as Record<string, unknown>).polluted).toBe(undefined)
    await http.bench.engine.projector.catchUp()
  })

  it.each([
    ['arrays', '['.repeat(20_000) + ']'.repeat(20_000)],
    ['objects', `${'{"a":'.repeat(12_000)}1${'}'.repeat(12_000)}`],
  ])('survives %s in one another', async (_what, deep) => {
    const body = JSON.stringify(click('c-11', time, 'v-1')).replace('"data":{', `"data":{"deep":${deep},`)
    const answer = await http.post(route, body)
    expect(answer.json()).toMatchObject({ results: [{ id: 'c-11', outcome: 'rejected' }] })
    expect((await http.post(route, deep)).statusCode).toBeLessThan(500)
  })

  it('keeps unknown data with the event', async () => {
    const one = event('click', 'c-12', time, { code: 'X', visitorId: 'v-1', campaign: { name: 'späť', n: 1.5 } })
    expect((await http.post(route, one)).statusCode).toBe(200)
    await http.bench.engine.projector.catchUp()
    const { out } = await http.bench.run([
      'sql',
      "SELECT data.campaign.name FROM events WHERE event_id = 'c-12'",
      '--format',
      'TSV',
    ])
    expect(out).toBe('späť\n')
  })

  it('asks who sends too much at once to come back', async () => {
    const large = (id: string) => http.post(route, [{ ...click(id, time, 'v-1'), padding: 'x'.repeat(80_000) }])
    const answers = await Promise.all([large('c-20'), large('c-21'), large('c-22')])
    const turnedAway = answers.filter(({ statusCode }) => statusCode === 429)
    expect(turnedAway.length).toBeGreaterThan(0)
    expect(turnedAway[0]?.headers['retry-after']).toBe('1')
    expect(turnedAway[0]?.json()).toEqual(
      problem('More events wait for their answers than can be taken at once; send them again in a second.'),
    )
    // Nothing is held against anybody afterwards.
    expect((await large('c-23')).statusCode).toBe(200)
  })

  it('says when the log cannot take them, and that nothing is lost by asking again', async () => {
    const full = () => async () => left({ tag: 'store-full' as const, message: 'The log is full. Free some space.' })
    const { admission } = http.bench.engine
    const real = admission.admit
    Object.assign(admission, { admit: full })
    const answer = await http.post(route, click('c-30', time, 'v-1'))
    Object.assign(admission, { admit: real })
    expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toEqual([
      503,
      '5',
      problem(
        'The log is full. Free some space. Send the same events again: those already taken are answered as duplicates.',
      ),
    ])
  })

  it('logs neither bodies nor what is wrong with them', async () => {
    const secret = 'anna@example.com'
    await http.post(route, { ...click('c-40', time, secret), data: { programId: secret } })
    await http.post(route, `{"email":"${secret}"`)
    await http.post(route, [conversion('o-1', time, secret, '10.00')])
    expect(http.logged()).toContain('"route":"/v1/events"')
    expect(http.logged()).not.toContain(secret)
  })
})
