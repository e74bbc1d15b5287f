import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { type ClickHouseClient, createClient, TupleParam } from '@clickhouse/client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ClickHouseServer, openClickHouseServer } from '../testing/clickhouse-server.ts'
import { eventually } from '../testing/eventually.ts'

let server: ClickHouseServer
const clients: ClickHouseClient[] = []
type Config = Parameters<typeof createClient>[0]
const connect = (config: Config = {}): ClickHouseClient => {
  const client = createClient({ url: server.url, password: server.key, log: { level: 127 }, ...config })
  clients.push(client)
  return client
}

beforeAll(async () => {
  server = await openClickHouseServer()
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
})
afterAll(() => server.close())

describe('@clickhouse/client', () => {
  it('finds it there, with a key as password and any user', async () => {
    expect(await connect().ping()).toEqual({ success: true })
    expect(await connect({ username: 'metabase' }).ping({ select: true })).toEqual({ success: true })
    const wrong = await connect({ password: 'vouch_wrong' }).ping({ select: true })
    expect(wrong).toMatchObject({ success: false, error: { code: '516', type: 'AUTHENTICATION_FAILED' } })
    const none = await connect({ password: '' }).ping({ select: true })
    expect(none).toMatchObject({ success: false, error: { code: '194', type: 'REQUIRED_PASSWORD' } })
  })

  const attributions = `SELECT advocate_id, sum(amount) AS amount FROM attributions
    WHERE model = {model:String} GROUP BY advocate_id HAVING amount != 0 ORDER BY advocate_id`

  it.each<[string, Config]>([
    ['as it comes', {}],
    ['in gzip', { compression: { response: true, request: true } }],
    ['in zstd', { compression: { response: { codec: 'zstd' }, request: { codec: 'zstd' } } }],
    ['in br', { compression: { response: { codec: 'br' }, request: { codec: 'br' } } }],
    ['from a database', { database: 'vouch' }],
    ['from the database of drivers', { database: 'default' }],
    ['in a session', { session_id: 'mine' }],
    ['with parameters in a form', { use_multipart_params: true }],
    ['by a token', { access_token: 'key', username: undefined, password: undefined }],
  ])('asks the tables %s', async (_how, config) => {
    const client = connect({ ...config, ...(config?.access_token ? { access_token: server.key } : {}) })
    const result = await client.query({ query: attributions, query_params: { model: 'linear' }, format: 'JSON' })
    expect(await result.json()).toMatchObject({
      meta: [
        { name: 'advocate_id', type: 'LowCardinality(String)' },
        { name: 'amount', type: 'Decimal(38, 4)' },
      ],
      data: [
        { advocate_id: 'anna', amount: '32.5' },
        { advocate_id: 'ben', amount: '32.5' },
      ],
      rows: 2,
    })
    expect(result.response_headers).toMatchObject({ 'x-clickhouse-format': 'JSON', 'x-clickhouse-timezone': 'UTC' })
  })

  it('gives parameters of every kind', async () => {
    const query_params = {
      s: "it's a\ttab, a \\ and ü",
      n: 18446744073709551615n,
      f: 0.5,
      b: true,
      a: ['x', "y'"],
      z: null,
      d: new Date(Date.UTC(2026, 2, 1, 12, 0, 0, 5)),
      m: { k: 'v' },
      t: new TupleParam([1, 'a']),
      i: 'advocates',
    }
    const result = await connect().query({
      query: `SELECT {s:String} AS s, {n:UInt64} AS n, {f:Float64} AS f, {b:Bool} AS b, {a:Array(String)} AS a, {z:Nullable(String)} AS z,
        {d:DateTime64(3)} AS d, {m:Map(String, String)} AS m, {t:Tuple(UInt8, String)} AS t, count() AS c FROM {i:Identifier}`,
      query_params,
      format: 'JSONEachRow',
    })
    expect(await result.json()).toEqual([
      { ...query_params, n: '18446744073709551615', d: '2026-03-01 12:00:00.005', t: [1, 'a'], i: undefined, c: '2' },
    ])
  })

  it.each(['JSONEachRow', 'JSONCompactEachRowWithNamesAndTypes', 'TabSeparated', 'CSV'] as const)(
    'streams more than is held in memory: %s',
    async (format) => {
      const result = await connect({ compression: { response: true } }).query({
        query: 'SELECT number, toString(number) AS text FROM numbers(400000)',
        format,
      })
      let rows = 0
      for await (const chunk of result.stream()) rows += chunk.length
      expect(rows).toBe(format.endsWith('NamesAndTypes') ? 400_002 : 400_000)
    },
  )

  it('sets what may be set', async () => {
    const result = await connect({ clickhouse_settings: { output_format_json_quote_64bit_integers: 0 } }).query({
      query: 'SELECT toUInt64(7) AS n',
      format: 'JSONEachRow',
      clickhouse_settings: { max_execution_time: 5, wait_end_of_query: 1 },
    })
    expect(await result.json()).toEqual([{ n: 7 }])
  })

  it.each<[string, string, Record<string, string>]>([
    ['164', 'READONLY', { query: 'INSERT INTO events (position) VALUES (1)' }],
    ['497', 'ACCESS_DENIED', { query: "SELECT * FROM url('http://127.0.0.1:9/x', 'CSV', 'a String')" }],
    ['497', 'ACCESS_DENIED', { query: 'SELECT * FROM vouch_store.events' }],
    ['47', 'UNKNOWN_IDENTIFIER', { query: 'SELECT nope FROM events' }],
    ['62', 'SYNTAX_ERROR', { query: 'SELECT 1; DROP TABLE events' }],
  ])('is told of code %s (%s)', async (code, type, { query = '' }) => {
    await expect(connect().query({ query })).rejects.toMatchObject({ code, type })
    await expect(connect().command({ query })).rejects.toMatchObject({ code, type })
  })

  it('cannot insert', async () => {
    const insert = connect().insert({ table: 'events', values: [{ position: 1 }], format: 'JSONEachRow' })
    await expect(insert).rejects.toMatchObject({ code: '164', type: 'READONLY' })
  })

  it.each<[string, Config]>([
    ['as it comes', {}],
    ['in gzip', { compression: { response: true } }],
  ])('is told of what fails within an answer: %s', async (_how, config) => {
    const result = await connect(config).query({
      query: 'SELECT number, throwIf(number = 390000) FROM numbers(400000)',
      format: 'JSONEachRow',
      clickhouse_settings: { max_threads: 1 },
    })
    await expect(result.json()).rejects.toMatchObject({ code: '395', type: 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO' })
  })

  it('is told before an answer where it wants that', async () => {
    const query = connect().query({
      query: 'SELECT number, throwIf(number = 390000) FROM numbers(400000)',
      format: 'JSONEachRow',
      clickhouse_settings: { wait_end_of_query: 1 },
    })
    await expect(query).rejects.toMatchObject({ code: '395' })
  })

  it('stops what it asked by going away, and others have their turn', async () => {
    const endless = 'SELECT sum(sipHash64(number)) FROM numbers(10000000000000)'
    const client = connect({ max_open_connections: 10 })
    const controllers = Array.from({ length: 4 }, () => new AbortController())
    const asked = controllers.map(({ signal }) =>
      client.query({ query: endless, abort_signal: signal }).catch((error: Error) => error.message),
    )
    const one = async () => (await client.query({ query: 'SELECT 1 AS one', format: 'JSONEachRow' })).json()
    // Two run at once, so that others wait as soon as these do.
    const waiting = await eventually('they run', async () => {
      const next = one()
      const isWaiting = await Promise.race([next.then(() => false), pause(500, true)])
      return isWaiting ? { next } : undefined
    })
    const begun = performance.now()
    for (const controller of controllers) controller.abort()
    expect(await Promise.all(asked)).toEqual(Array(4).fill('The user aborted a request.'))
    expect(await waiting.next).toEqual([{ one: 1 }])
    // Each runs for 30 s unless it is stopped.
    expect(performance.now() - begun).toBeLessThan(15_000)
  })

  it('reads binary formats as they are', async () => {
    const { stream } = await connect().exec({ query: 'SELECT toUInt8(7) AS a FORMAT RowBinaryWithNamesAndTypes' })
    expect(await text(stream)).toBe('\x01\x01a\x05UInt8\x07')
  })
})

describe('a server for drivers', () => {
  it('keeps its keys out of what it says', async () => {
    const answer = await fetch(`${server.url}/?user=me&password=${server.key}&query=SELECT+1`)
    expect(await answer.text()).toBe('1\n')
    await fetch(`${server.url}/?password=${server.key}-wrong&query=SELECT+1`)
    const said = server.server.process.out() + server.server.process.err()
    expect(said).toContain('"route":"clickhouse:/"')
    expect(said).not.toContain(server.key)
  })
})
