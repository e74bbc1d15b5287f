import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Warehouse } from '@vouch/warehouse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClickHouseBench, openClickHouseBench } from '../testing/clickhouse-bench.ts'

/** What somebody with a key of scope `read` may try; `{secret}` is a file that must not be read, `{target}` one that must not come. */
const folder = mkdtempSync(join(tmpdir(), 'vouch-attacks-'))
const secret = join(folder, 'secret.txt')
const target = join(folder, 'target.txt')
const secretText = 'the-secret-of-the-house'
const filled = (text: string) => text.replaceAll('{secret}', secret).replaceAll('{target}', target)

let bench: ClickHouseBench
beforeAll(async () => {
  writeFileSync(secret, secretText)
  bench = await openClickHouseBench()
})
afterAll(async () => {
  await bench.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A query, what is sent with it, and ClickHouse's code that must come back. */
type Attack = readonly [query: string, params: Readonly<Record<string, string>>, code: number]

const READONLY = 164
const ACCESS_DENIED = 497

const queries: readonly (readonly [string, number])[] = [
  ['INSERT INTO events (position) VALUES (1)', READONLY],
  ['INSERT INTO vouch_store.events FORMAT Native', READONLY],
  ["INSERT INTO FUNCTION file('{target}', 'CSV') SELECT 1", READONLY],
  ['CREATE TABLE vouch.mine (a Int8) ENGINE = Memory', READONLY],
  ['CREATE TEMPORARY TABLE mine (a Int8)', READONLY],
  ['DROP TABLE vouch_store.events', READONLY],
  ['ALTER TABLE vouch_store.events DELETE WHERE 1', READONLY],
  ['KILL QUERY WHERE 1', READONLY],
  ['SYSTEM SHUTDOWN', READONLY],
  ['SET readonly = 0', READONLY],
  ['SET readonly = 0; SELECT 1', 62],
  ['SELECT 1; DROP TABLE vouch_store.events', 62],
  ['USE system', READONLY],
  ["SELECT 1 INTO OUTFILE '{target}'", READONLY],
  ["SELECT 1 INTO OUTFILE '{secret}' TRUNCATE FORMAT Native", READONLY],
  ["SELECT file('{secret}')", ACCESS_DENIED],
  ["EXPLAIN AST SELECT file('{secret}')", ACCESS_DENIED],
  ["EXPLAIN SYNTAX SELECT file('{secret}')", ACCESS_DENIED],
  ["DESCRIBE TABLE file('{secret}', 'CSV')", READONLY],
  ["SELECT * FROM file('{secret}', 'LineAsString', 'line String')", ACCESS_DENIED],
  ["SELECT * FROM url('http://127.0.0.1:9/x', 'CSV', 'a String')", ACCESS_DENIED],
  ["SELECT * FROM remote('127.0.0.1', system.one)", ACCESS_DENIED],
  ["SELECT * FROM executable('cat {secret}', 'TSV', 'a String')", ACCESS_DENIED],
  ['SELECT * FROM vouch_store.events', ACCESS_DENIED],
  ['SELECT * FROM system.query_log', ACCESS_DENIED],
  ['SELECT * FROM system.processes', ACCESS_DENIED],
  ['SELECT * FROM system.users', ACCESS_DENIED],
  ['SELECT * FROM system.server_settings', ACCESS_DENIED],
  ['SELECT * FROM system.parts', ACCESS_DENIED],
  ['SELECT * FROM system.environment', ACCESS_DENIED],
  ["SELECT getSetting('readonly')", ACCESS_DENIED],
  ["SELECT getClientHTTPHeader('authorization')", ACCESS_DENIED],
  ['SELECT displayName()', ACCESS_DENIED],
  ['SELECT hostName()', ACCESS_DENIED],
  ['SELECT sleep(3)', ACCESS_DENIED],
  ['SELECT 1 SETTINGS readonly = 0', READONLY],
  ['SELECT 1 FORMAT Native SETTINGS max_execution_time = 0', READONLY],
  ['SELECT 1 FORMAT Template', 73],
]

const params: readonly Attack[] = [
  ['SELECT 1', { readonly: '0' }, READONLY],
  ['SELECT 1', { allow_introspection_functions: '1' }, READONLY],
  ['SELECT 1', { enable_analyzer: '0' }, READONLY],
  ['SELECT 1', { dialect: 'prql' }, READONLY],
  ['SELECT 1', { output_format_schema: '{target}' }, READONLY],
  ['SELECT 1', { format_schema: '{secret}' }, READONLY],
  ['SELECT 1', { 'limit = 1; SET readonly': '0' }, READONLY],
  ['SELECT 1', { session_timezone: "UTC'; SET readonly = 0; --" }, 36],
  ['SELECT 1 IN vouch_store.events', { limit: '1' }, ACCESS_DENIED],
  ['SELECT 1 IN vouch_store.events', { offset: '9' }, ACCESS_DENIED],
  ['SELECT 1 IN vouch_store.events', { max_result_rows: '1', result_overflow_mode: 'break' }, ACCESS_DENIED],
  ['SELECT * FROM events', { database: 'vouch_store' }, 81],
  ['SELECT * FROM processes', { database: 'system' }, 81],
  ['SELECT * FROM {d:Identifier}.events', { param_d: 'vouch_store' }, ACCESS_DENIED],
  ['SELECT {x:String}', { "param_x='';SET readonly": '0' }, 36],
  ['FORMAT TSV', { query: "SELECT file('{secret}')" }, ACCESS_DENIED],
  [" INTO OUTFILE '{target}'", { query: 'SELECT 1' }, READONLY],
  ['; DROP TABLE vouch_store.events', { query: 'SELECT 1' }, 62],
  ['SELECT 1', { default_format: "TSV INTO OUTFILE '{target}'" }, 73],
  ['SELECT 1', { default_format: 'Protobuf' }, 73],
]

describe('who may only read', () => {
  it.each([...queries.map(([query, code]): Attack => [query, {}, code]), ...params])(
    'gets nowhere with %s and %j',
    async (query, given, code) => {
      const asked = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, filled(value)]))
      const answer = await bench.ask(filled(query), asked)
      expect(answer.headers['x-clickhouse-exception-code']).toBe(String(code))
      expect(answer.statusCode).toBeGreaterThanOrEqual(400)
      expect(answer.body).not.toContain(secretText)
    },
  )

  it('has changed nothing by trying', async () => {
    expect(existsSync(target)).toBe(false)
    expect(readFileSync(secret, 'utf8')).toBe(secretText)
    const { warehouse } = bench.http.bench.engine
    expect(await (warehouse as Warehouse).migrate()).toEqual({ changed: [], needsRebuild: false })
    expect(await warehouse.rows("SELECT count() AS n FROM system.tables WHERE name = 'mine'")).toEqual([{ n: '0' }])
  })

  it.each([{}, { max_execution_time: '0' }, { max_memory_usage: '0', max_threads: '0' }])(
    'has the limits that all have: %j',
    async (settings) => {
      const query = `SELECT name, value FROM system.settings
        WHERE name IN ('max_execution_time', 'max_memory_usage', 'readonly') ORDER BY name`
      expect((await bench.ask(query, settings as Record<string, string>)).body).toBe(
        'max_execution_time\t30\nmax_memory_usage\t1000000000\nreadonly\t1\n',
      )
    },
  )
})
