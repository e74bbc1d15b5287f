import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClickHouseServer, openClickHouseServer } from '../testing/clickhouse-server.ts'

const run = promisify(execFile)
const version = '1.12.0'
const folder = fileURLToPath(new URL(`../../../../node_modules/.cache/clickhouse-connect-${version}`, import.meta.url))
const python = `${folder}/bin/python`
const script = fileURLToPath(new URL('./python/asks.py', import.meta.url))

let server: ClickHouseServer
let said: Record<string, unknown>

beforeAll(async () => {
  if (!existsSync(`${folder}/made`)) {
    await run('python3', ['-m', 'venv', '--clear', folder])
    await run(python, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      `clickhouse-connect==${version}`,
    ])
    await run('touch', [`${folder}/made`])
  }
  server = await openClickHouseServer()
  const { hostname, port } = new URL(server.url)
  const { stdout } = await run(python, [script, hostname, port, server.key])
  said = Object.assign(
    {},
    ...stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  )
})
afterAll(() => server.close())

describe('clickhouse-connect', () => {
  it('begins with what it asks of any server, and is told the protocol that it knows', () => {
    expect(said.server).toEqual({ version: '26', timezone: 'UTC', settings: expect.any(Number) })
    expect(said.protocol).toBe(54_405)
    expect(said.ping).toBe(true)
  })

  it.each(['True', 'False', 'zstd', 'gzip', 'lz4'])('reads tables in Native, compression %s', (compress) => {
    expect(said[`rows ${compress}`]).toEqual([
      ['anna', '32.5000'],
      ['ben', '32.5000'],
    ])
    expect(said[`columns ${compress}`]).toEqual({
      names: ['advocate_id', 'amount'],
      types: ['LowCardinality(String)', 'Decimal(38, 4)'],
    })
  })

  it('reads values of every kind', () => {
    const id = '61f0c404-5cb3-11e7-907b-a6006ad3dba0'
    const texts = [
      'text',
      '18446744073709551615',
      '-0.0001',
      '2026-03-01 12:00:00.005000',
      '2026-03-01',
      '[1, 2]',
      "{'k': 'v'}",
    ]
    expect(said.values).toEqual([[...texts, 'None', 'low', 'EUR', "(1, 'x')", 'True', id]])
    const amount = { currency: 'EUR', value: '35.00' }
    expect(said.data).toEqual({ amount, conversionId: 'o-1', programId: 'summer', refundId: 'r-1' })
  })

  it.each<[string, unknown]>([
    ['count', 11],
    ['none', []],
    ['columns only', ['position', 'type']],
    ['named', [{ one: 1 }]],
    ['when', '2026-03-01 10:00:00'],
    ['parameters', [["it's a\ttab \\", ['x', "y'"], -1, '2026-03-01 12:00:00']]],
    ['in a form', [['form']]],
    ['long list', [[10_000]]],
    ['streamed', 400_000],
    ['whole', 400_000],
    ['raw', '{"a":1}\n'],
    ['raw stream', '0\n1\n2\n'],
    ['tables', ['account_balances', 'advocate_balances', 'advocate_daily']],
    [
      'describe',
      ['name', 'type', 'default_type', 'default_expression', 'comment', 'codec_expression', 'ttl_expression'],
    ],
    ['database', 'vouch_asof'],
    ['token', 1],
    ['session', 1],
    ['open setting', [[0], [1]]],
    [
      'summary',
      [
        'elapsed_ns',
        'query_id',
        'read_bytes',
        'read_rows',
        'result_bytes',
        'total_rows_to_read',
        'written_bytes',
        'written_rows',
      ],
    ],
  ])('asks: %s', (name, result) => {
    expect(said[name]).toEqual(result)
  })

  it.each([
    ['insert', 164, 'READONLY'],
    ['ddl', 164, 'READONLY'],
    ['file', 497, 'ACCESS_DENIED'],
    ['unknown', 47, 'UNKNOWN_IDENTIFIER'],
    ['several', 62, 'SYNTAX_ERROR'],
    ['wrong key', 516, 'AUTHENTICATION_FAILED'],
    ['sent setting', 164, 'READONLY'],
    ['broken', 395, 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
    ['broken whole', 395, 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
  ])('is told why not: %s', (name, code, type) => {
    expect(said[name]).toMatchObject({ code, name: type })
  })

  it('sees that settings are read-only, and sends none that it was not told to', () => {
    expect(said.setting).toMatchObject({
      kind: 'ProgrammingError',
      message: expect.stringContaining('enable_analyzer'),
    })
  })
})
