import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ClickHouseBench, openClickHouseBench } from '../testing/clickhouse-bench.ts'

let bench: ClickHouseBench
beforeAll(async () => {
  bench = await openClickHouseBench({ limits: { strangersAMinute: 0 } })
})
afterAll(() => bench.close())

const names = [
  'query',
  'query_id',
  'database',
  'default_format',
  'session_timezone',
  'session_id',
  'limit',
  'max_execution_time',
  'max_result_rows',
  'result_overflow_mode',
  'client_protocol_version',
  'wait_end_of_query',
  'enable_http_compression',
  'compress',
  'readonly',
  'role',
  'password',
  'param_x',
  'param_',
  '__proto__',
  'constructor',
]
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    '0',
    '1',
    '-1',
    'UTC',
    'Native',
    'JSON',
    'vouch',
    'default',
    'break',
    '54405',
    '54460',
    "'",
    '\r\nx: y',
    '\0',
  ),
)
const params = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 10 })), text), {
  maxLength: 6,
})
const bodies = fc.oneof(
  fc
    .constantFrom(
      '',
      'SELECT 1',
      'SELECT {x:String}',
      'SHOW TABLES',
      'SELECT number FROM numbers(9) FORMAT Native',
      'SELECT nope',
    )
    .map(Buffer.from),
  fc.uint8Array({ maxLength: 60 }).map(Buffer.from),
)
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'text/plain',
      'application/json',
      'multipart/form-data; boundary=x',
      'multipart/form-data',
      'x',
    ),
    'content-encoding': fc.constantFrom('gzip', 'zstd', 'identity', 'lz4', 'br'),
    'accept-encoding': fc.constantFrom('gzip', 'zstd, br', ';;q=,', '*'),
    'x-clickhouse-key': fc.string({ maxLength: 5 }).map((key) => encodeURIComponent(key)),
    'x-clickhouse-database': fc.constantFrom('vouch', 'system', 'default'),
    'x-clickhouse-format': fc.constantFrom('JSON', 'CSV', 'nonsense'),
  },
  { requiredKeys: [] },
)

it('answers whatever is sent, with a result or with what is wrong in the words of ClickHouse', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET' as const, 'POST' as const),
      params,
      bodies,
      headers,
      async (method, asked, payload, sent) => {
        const url = `/?${new URLSearchParams(asked)}`
        const answer = await bench.app.inject({ method, url, headers: sent, ...(method === 'POST' && { payload }) })
        if (answer.statusCode === 200) return
        expect(answer.body).toMatch(/^Code: \d+\. DB::Exception: [\s\S]+ \([A-Z0-9_]+\) \(version 26\.[\d.]+\)\n$/)
        expect(answer.body).toContain(`Code: ${answer.headers['x-clickhouse-exception-code']}.`)
      },
    ),
    { numRuns: 400 },
  )
  expect(bench.logged()).not.toContain('"msg":"unexpected"')
  expect((await bench.ask('SELECT 1')).body).toBe('1\n')
})

it('reads an address that is no good text', async () => {
  for (const url of ['/?query=%', '/?query=%ff%fe', '/?%00=%00', `/?query=${'a'.repeat(20_000)}`, '/?&&==&']) {
    const { statusCode } = await bench.app.inject({ url })
    expect([200, 400, 404]).toContain(statusCode)
  }
})
