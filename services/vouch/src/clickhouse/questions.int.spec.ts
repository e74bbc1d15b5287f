import { gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { WarehouseError } from '@vouch/warehouse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClickHouseBench, openClickHouseBench } from '../testing/clickhouse-bench.ts'

let bench: ClickHouseBench
beforeAll(async () => {
  bench = await openClickHouseBench()
})
afterAll(() => bench.close())

describe('a question', () => {
  it.each<[string, Record<string, string>, string]>([
    ["SELECT 1, 'a'", {}, '1\ta\n'],
    ['SELECT 1 AS a FORMAT JSONEachRow', {}, '{"a":1}\n'],
    ['SELECT 1 AS a', { default_format: 'CSVWithNames' }, '"a"\n1\n'],
    ['SELECT 1 AS a FORMAT CSV', { default_format: 'JSON' }, '1\n'],
    ['', { query: 'SELECT 1' }, '1\n'],
    ['+ 2', { query: 'SELECT 1' }, '3\n'],
    ['SELECT {n:UInt8} + 1, {t:String}', { param_n: '41', param_t: "it\\'s a\\ttab" }, "42\tit\\'s a\\ttab\n"],
    ['SELECT count() FROM {t:Identifier}', { param_t: 'events' }, '0\n'],
    ['SELECT currentDatabase()', {}, 'vouch\n'],
    ['SELECT currentDatabase()', { database: 'default' }, 'vouch\n'],
    ['SELECT currentDatabase()', { database: 'vouch_asof' }, 'vouch_asof\n'],
    ['SELECT timezone(), currentUser()', {}, 'UTC\tdefault\n'],
    ['SELECT toDateTime(0)', { session_timezone: 'Asia/Tokyo' }, '1970-01-01 09:00:00\n'],
    ['SELECT number FROM numbers(9)', { max_result_rows: '2', result_overflow_mode: 'break' }, '0\n1\n'],
    ['SELECT 1', { session_id: 's', session_timeout: '60', quota_key: '', send_progress_in_http_headers: '1' }, '1\n'],
    ["SHOW TABLES LIKE 'even%'", {}, 'events\n'],
  ])('%s with %j', async (query, params, text) => {
    const answer = await bench.ask(query, params)
    expect([answer.statusCode, answer.body]).toEqual([200, text])
  })

  it('may be in the address, in a form, or compressed', async () => {
    expect((await bench.get({ query: 'SELECT 1' })).body).toBe('1\n')
    const form = new FormData()
    form.append('query', 'SELECT {x:String}')
    form.append('param_x', 'in a form')
    const sent = new Response(form)
    const inForm = await bench.app.inject({
      method: 'POST',
      url: '/',
      payload: Buffer.from(await sent.arrayBuffer()),
      headers: { 'content-type': sent.headers.get('content-type') ?? '' },
    })
    expect(inForm.body).toBe('in a form\n')
    const packed = await bench.app.inject({
      method: 'POST',
      url: '/',
      payload: zstdCompressSync('SELECT 2'),
      headers: { 'content-encoding': 'zstd' },
    })
    expect(packed.body).toBe('2\n')
  })

  it('is answered with what a server says of it', async () => {
    const answer = await bench.ask('SELECT number FROM numbers(10) FORMAT JSONCompact', {
      query_id: 'mine',
      session_timezone: 'Asia/Tokyo',
    })
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=UTF-8',
      'x-clickhouse-server-display-name': 'vouch',
      'x-clickhouse-query-id': 'mine',
      'x-clickhouse-format': 'JSONCompact',
      'x-clickhouse-timezone': 'Asia/Tokyo',
      'x-clickhouse-exception-tag': expect.stringMatching(/^[0-9a-f]{16}$/),
    })
    expect(JSON.parse(String(answer.headers['x-clickhouse-summary']))).toMatchObject({
      read_rows: '10',
      read_bytes: '80',
    })
    expect((await bench.ask('SELECT 1')).headers['x-clickhouse-query-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('is answered compressed where that is accepted', async () => {
    const text = (await bench.ask('SELECT number FROM numbers(10000)')).body
    const gzip = await bench.ask('SELECT number FROM numbers(10000)', {}, { 'accept-encoding': 'lz4, gzip;q=0.5' })
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.rawPayload).toString()).toBe(text)
    const zstd = await bench.ask('SELECT number FROM numbers(10000)', {}, { 'accept-encoding': 'gzip, zstd' })
    expect(zstd.headers['content-encoding']).toBe('zstd')
    expect(zstdDecompressSync(zstd.rawPayload).toString()).toBe(text)
    for (const [params, accepted] of [
      [{ enable_http_compression: '0' }, 'gzip'],
      [{}, 'lz4'],
      [{}, 'gzip;q=0'],
      [{}, ''],
    ] as const) {
      const plain = await bench.ask('SELECT number FROM numbers(10000)', params, { 'accept-encoding': accepted })
      expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, text])
    }
  })

  it('of a driver for the name of the server is answered, and no other for that of the machine', async () => {
    const hello = await bench.ask('SELECT displayName(), version(), revision(), timezone()')
    expect(hello.body).toMatch(/^vouch\t26\.[\d.]+\t\d+\tUTC\n$/)
    expect((await bench.ask('SELECT displayName()')).statusCode).toBe(403)
  })

  it('gets Ok. for nothing, as from a server', async () => {
    for (const url of ['/', '/ping', '/replicas_status']) {
      expect((await bench.app.inject({ url })).body).toBe('Ok.\n')
    }
    expect((await bench.app.inject({ url: '/ping', method: 'HEAD' })).statusCode).toBe(200)
  })
})

describe('what cannot be answered', () => {
  it.each<[string, Record<string, string>, number, number, RegExp]>([
    ['SELECT nope', {}, 404, 47, /Unknown expression identifier `nope`.*\(UNKNOWN_IDENTIFIER\)/],
    ['SELECT * FROM nope', {}, 404, 60, /\(UNKNOWN_TABLE\)/],
    ['SELECT (', {}, 400, 62, /Syntax error.*\(SYNTAX_ERROR\)/],
    ['', {}, 400, 62, /\(SYNTAX_ERROR\)/],
    ['SELECT 1; SELECT 2', {}, 400, 62, /One statement at a time.*\(SYNTAX_ERROR\)/],
    ["SELECT toUInt8('x')", {}, 400, 6, /\(CANNOT_PARSE_TEXT\)/],
    ['SELECT {x:UInt8}', {}, 500, 456, /\(UNKNOWN_QUERY_PARAMETER\)/],
    ['SELECT 1 FORMAT Nonsense', {}, 404, 73, /The format Nonsense .*\(UNKNOWN_FORMAT\)/],
    ['SELECT 1', { database: 'vouch_store' }, 404, 81, /The database vouch_store .*\(UNKNOWN_DATABASE\)/],
    ['INSERT INTO vouch.events VALUES (1)', {}, 500, 164, /Only reading is allowed.*\(READONLY\)/],
    ['SELECT 1', { readonly: '0' }, 500, 164, /The setting readonly cannot be taken back\. \(READONLY\)/],
    ['SELECT 1', { max_result_bytes: '0' }, 500, 164, /The setting max_result_bytes .*\(READONLY\)/],
    ["SELECT file('/etc/hostname')", {}, 403, 497, /The function file .*\(ACCESS_DENIED\)/],
    ['SELECT sleep(1)', { stacktrace: '1' }, 403, 497, /The function sleep/],
    ['SELECT 1', { compress: '1' }, 501, 48, /Accept-Encoding.*\(NOT_IMPLEMENTED\)/],
    ['SELECT 1', { decompress: '1' }, 501, 48, /\(NOT_IMPLEMENTED\)/],
    ['SELECT 1', { http_write_exception_in_output_format: '1' }, 501, 48, /\(NOT_IMPLEMENTED\)/],
    ['SELECT 1', { session_check: '1', session_id: 'x' }, 500, 372, /\(SESSION_NOT_FOUND\)/],
    ['SELECT 1', { role: 'admin' }, 404, 511, /\(UNKNOWN_ROLE\)/],
    ['SELECT 1', { client_protocol_version: '54465' }, 501, 48, /\(NOT_IMPLEMENTED\)/],
    ['SELECT 1', { client_protocol_version: '-1' }, 400, 36, /\(BAD_ARGUMENTS\)/],
    ['SELECT 1', { query_id: 'a\r\nx-evil: 1' }, 400, 36, /\(BAD_ARGUMENTS\)/],
    ['SELECT 1', { 'param_x; SET readonly': '0' }, 400, 36, /has no plain name/],
    [
      'SELECT sum(sipHash64(number)) FROM numbers(1e13)',
      { max_execution_time: '1' },
      408,
      159,
      /longer than 1 s.*\(TIMEOUT_EXCEEDED\)/,
    ],
  ])('%s with %j', async (query, params, status, code, text) => {
    const answer = await bench.ask(query, params)
    expect([answer.statusCode, answer.headers['x-clickhouse-exception-code']]).toEqual([status, String(code)])
    expect(answer.body).toMatch(new RegExp(`^Code: ${code}\\. DB::Exception: `))
    expect(answer.body).toMatch(/ \([A-Z_]+\) \(version 26\.[\d.]+\)\n$/)
    expect(answer.body).toMatch(text)
    expect(answer.headers['content-type']).toBe('text/plain; charset=UTF-8')
  })

  it('is a body that cannot be read', async () => {
    const send = (payload: Buffer, headers: Record<string, string>) =>
      bench.app.inject({ method: 'POST', url: '/', payload, headers })
    const said = async (payload: Buffer, headers: Record<string, string> = {}) => {
      const answer = await send(payload, headers)
      return [answer.statusCode, answer.headers['x-clickhouse-exception-code']]
    }
    expect(await said(Buffer.from([0xff, 0xfe]))).toEqual([400, '36'])
    expect(await said(Buffer.alloc(300_000, ' '))).toEqual([413, '229'])
    expect(await said(zstdCompressSync(Buffer.alloc(300_000, ' ')), { 'content-encoding': 'zstd' })).toEqual([
      413,
      '229',
    ])
    expect(await said(Buffer.from('SELECT 1'), { 'content-encoding': 'gzip' })).toEqual([400, '271'])
    expect(await said(Buffer.from('SELECT 1'), { 'content-encoding': 'lz4' })).toEqual([415, '89'])
    expect(await said(Buffer.from('x'), { 'content-type': 'multipart/form-data; boundary=y' })).toEqual([400, '36'])
    const form = new FormData()
    form.append('query', 'SELECT * FROM mine')
    form.append('mine', new Blob(['1']), 'mine.tsv')
    const sent = new Response(form)
    const type = { 'content-type': sent.headers.get('content-type') ?? '' }
    expect(await said(Buffer.from(await sent.arrayBuffer()), type)).toEqual([501, '48'])
  })

  it('is asked at another address', async () => {
    const answer = await bench.app.inject({ url: '/play?query=SELECT+1' })
    expect([answer.statusCode, answer.body]).toEqual([404, expect.stringContaining('There is no GET /play here')])
  })

  it('is asked while too many wait', async () => {
    const { warehouse } = bench.http.bench.engine
    const real = warehouse.ask
    Object.assign(warehouse, {
      ask: async () => ({ tag: 'failed', code: 202, message: 'Too many queries are waiting.' }),
    })
    const busy = await bench.ask('SELECT 1')
    Object.assign(warehouse, { ask: () => Promise.reject(new WarehouseError('closed', 'The warehouse is closed.')) })
    const closed = await bench.ask('SELECT 1')
    Object.assign(warehouse, { ask: () => Promise.reject(new TypeError('a defect')) })
    const broken = await bench.ask('SELECT 1')
    Object.assign(warehouse, { ask: real })
    const said = [busy, closed, broken].map(({ statusCode, headers, body }) => [
      statusCode,
      headers['retry-after'],
      headers['x-clickhouse-exception-code'],
      body,
    ])
    expect(said).toEqual([
      [429, '1', '202', expect.stringContaining('(TOO_MANY_SIMULTANEOUS_QUERIES)')],
      [503, '5', '236', expect.stringContaining('The warehouse is closed. (ABORTED)')],
      [
        500,
        undefined,
        '1002',
        expect.stringContaining('Something is wrong on our side; its log has it under request '),
      ],
    ])
    expect(broken.body).not.toContain('a defect')
    expect(bench.logged()).toContain('a defect')
  })
})
