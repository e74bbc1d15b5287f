import { WarehouseError } from '@vouch/warehouse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpBench, openHttpBench } from '../testing/http-bench.ts'

let http: HttpBench
beforeAll(async () => {
  http = await openHttpBench()
})
afterAll(() => http.close())

const ask = (body: unknown) => http.post('/v1/sql', body)

describe('POST /v1/sql', () => {
  it.each([
    [{ query: 'SELECT 1 AS a', format: 'JSONEachRow' }, 'application/x-ndjson', '{"a":1}\n'],
    [{ query: 'SELECT 1 AS a FORMAT CSVWithNames' }, 'text/csv', '"a"\n1\n'],
    [
      {
        query:
          'SELECT {n:UInt8} + 1 AS n, {t:String} AS t, {list:Array(String)} AS list, {none:Nullable(String)} AS none',
        params: { n: 41, t: "it's", list: ['a', 'b'], none: null },
        format: 'JSONEachRow',
      },
      'application/x-ndjson',
      `{"n":42,"t":"it's","list":["a","b"],"none":null}\n`,
    ],
    [{ query: 'SELECT toDecimal64(2.5, 4) AS b', format: 'JSONEachRow' }, 'application/x-ndjson', '{"b":"2.5"}\n'],
  ])('%j', async (body, type, text) => {
    const answer = await ask(body)
    expect([answer.statusCode, answer.body]).toEqual([200, text])
    expect(answer.headers['content-type']?.toString().split(';')[0]).toBe(type)
  })

  it('answers in JSON unless another format is asked for', async () => {
    const answer = await ask({ query: 'SELECT 1 AS a' })
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.json()).toMatchObject({ data: [{ a: 1 }], rows: 1 })
  })

  it('hands binary formats on as they are', async () => {
    const answer = await ask({ query: 'SELECT number FROM numbers(10)', format: 'Parquet' })
    expect(answer.rawPayload.subarray(0, 4).toString()).toBe('PAR1')
  })

  it.each<[unknown, number, RegExp]>([
    [{ query: 'DROP TABLE events' }, 403, /^Only reading is allowed/],
    [{ query: "SELECT * FROM url('http://example.com')" }, 403, /^The table function url is not allowed/],
    [{ query: 'SELECT 1', format: 'Bogus' }, 403, /^The format Bogus is not known/],
    [{ query: 'SELECT nope' }, 400, /^Unknown expression identifier `nope`/],
    [{ query: 'SELECT )' }, 400, /^Syntax error/],
    [{ query: '' }, 400, /^query: /],
    [{}, 400, /^query: /],
    [[], 400, /^body: /],
    [{ query: 'SELECT 1', limit: 5 }, 400, /^body: Unrecognized key: "limit"\.$/],
    [{ query: 'SELECT 1', params: { 'a b': 1 } }, 400, /^params/],
    [{ query: 'SELECT 1', params: { a: { b: 1 } } }, 400, /^params\/a: /],
    ['{"query":', 400, /JSON/],
    ['{"query":"SELECT 1","__proto__":{"a":1}}', 400, /./],
    ['', 400, /./],
  ])('%j → %d', async (body, status, message) => {
    const answer = await ask(body)
    expect([answer.statusCode, answer.json()]).toEqual([status, { error: { message: expect.stringMatching(message) } }])
  })

  it('does not take what is too large', async () => {
    const answer = await ask({ query: `SELECT '${'x'.repeat(300_000)}'` })
    expect([answer.statusCode, answer.json()]).toEqual([
      413,
      { error: { message: 'The body is larger than the 262144 bytes that this route takes; send less at once.' } },
    ])
  })

  it('asks who comes while too many wait to come back', async () => {
    const message = 'Too many queries are waiting; ask again in a while.'
    const { warehouse } = http.bench.engine
    const real = warehouse.ask
    Object.assign(warehouse, { ask: async () => ({ tag: 'failed', code: 202, message }) })
    const busy = await ask({ query: 'SELECT 1' })
    Object.assign(warehouse, { ask: real })
    expect([busy.statusCode, busy.headers['retry-after'], busy.json()]).toEqual([429, '1', { error: { message } }])
  })

  it('says when the tables cannot be asked', async () => {
    const { warehouse } = http.bench.engine
    const real = warehouse.ask
    Object.assign(warehouse, { ask: () => Promise.reject(new WarehouseError('closed', 'The warehouse is closed.')) })
    const gone = await ask({ query: 'SELECT 1' })
    Object.assign(warehouse, { ask: real })
    expect([gone.statusCode, gone.headers['retry-after'], gone.json()]).toEqual([
      503,
      '5',
      { error: { message: 'The warehouse is closed.' } },
    ])
  })

  it('says no more than that where something of ours is broken, and logs the rest', async () => {
    const { warehouse } = http.bench.engine
    const real = warehouse.ask
    Object.assign(warehouse, { ask: () => Promise.reject(new TypeError('a defect')) })
    const answer = await ask({ query: 'SELECT 1' })
    Object.assign(warehouse, { ask: real })
    const id = answer.headers['x-request-id']
    expect([answer.statusCode, answer.json()]).toEqual([
      500,
      { error: { message: `Something is wrong on our side; its log has it under request ${id}.` } },
    ])
    const line = http
      .logged()
      .split('\n')
      .find((text) => text.includes('a defect'))
    expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 50, reqId: id, msg: 'unexpected' })
  })
})
