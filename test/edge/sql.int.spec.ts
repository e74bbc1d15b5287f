import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attempts } from '../../packages/warehouse/src/guard/attempts.ts'
import { type HttpBench, openHttpBench } from '../../services/vouch/src/testing/http-bench.ts'
import { published, story } from '../../services/vouch/src/testing/samples.ts'

const secretText = 'the-secret-of-the-house'

let http: HttpBench
let secret: string
let target: string
let before: Readonly<Record<string, string>>

beforeAll(async () => {
  http = await openHttpBench({ limits: { strangersAMinute: 0 } })
  await http.bench.append(published(), ...story)
  secret = join(http.bench.dir, 'secret.txt')
  target = join(http.bench.dir, 'target.txt')
  writeFileSync(secret, secretText)
  http.bench.engine.keys.create('', ['ingest'], 0)
  before = digests()
})
afterAll(() => http.close())

/** Of all files but ClickHouse's own and the memory that SQLite's readers share, which change by themselves; by name. */
function digests(): Readonly<Record<string, string>> {
  const files = readdirSync(http.bench.dir, { recursive: true, withFileTypes: true })
  const own = files.filter((it) => it.isFile() && !it.parentPath.includes('warehouse') && !it.name.endsWith('-shm'))
  return Object.fromEntries(
    own.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')]
    }),
  )
}

const filled = (text: string) => text.replaceAll('{secret}', secret).replaceAll('{target}', target)

async function ask(body: unknown) {
  const { token } = http.bench.engine.keys.create('', ['read'], 0)
  const text = filled(JSON.stringify(body))
  return http.post('/v1/sql', text, { authorization: `Bearer ${token}` })
}

/** What the warehouse's own table of attempts does not have: what only the way over HTTP could let through. */
const overHttp: readonly (readonly [string, unknown])[] = [
  ['a list of queries', { query: ['SELECT 1', 'DROP TABLE events'] }],
  ['settings beside the query', { query: 'SELECT 1', settings: { readonly: 0 } }],
  ['a database beside the query', { query: 'SELECT * FROM payments', database: 'vouch_store' }],
  ['a format with more', { query: 'SELECT 1', format: "CSV INTO OUTFILE '{target}'" }],
  ['a format in a list', { query: 'SELECT 1', format: ['CSV'] }],
  ['a format that needs a schema file', { query: 'SELECT 1', format: 'Protobuf' }],
  ['a schema file of a format', { query: "SELECT 1 SETTINGS format_schema = '{secret}:x' FORMAT Protobuf" }],
  ['a template file of a format', { query: "SELECT 1 SETTINGS format_template_row = '{secret}' FORMAT Template" }],
  ['a name of a parameter that is SQL', { query: 'SELECT {x:String}', params: { 'x = 1; SET readonly': '0' } }],
  ['a parameter that is an object', { query: 'SELECT {x:String}', params: { x: { toString: 1 } } }],
  ['a list in a list', { query: 'SELECT {x:Array(String)}', params: { x: [['a']] } }],
  ['a parameter that names a table', { query: 'SELECT * FROM {t:Identifier}', params: { t: 'vouch_store.events' } }],
  ['a parameter that is a function', { query: 'SELECT * FROM {t:Identifier}', params: { t: "file('{secret}')" } }],
  ['a parameter that sets a setting', { query: 'SELECT 1', params: { readonly: '0', param_x: "'; DROP" }, x: 1 }],
  ['a NUL in the query', { query: "SELECT 1\u0000; SELECT file('{secret}')" }],
  ['a query in another alphabet', { query: "ＳＥＬＥＣＴ file('{secret}')" }],
  ['quotes that are none', { query: 'SELECT * FROM ‘{secret}’' }],
  ['a comment that hides', { query: "SELECT 1 /* */ INTO /* */ OUTFILE '{target}'" }],
  ['a path that is mounted', { query: "SELECT * FROM file('/proc/self/environ', 'LineAsString')" }],
  ['a path up', { query: "SELECT * FROM file('../../../../etc/passwd', 'LineAsString')" }],
  ['parts on the disk', { query: 'SELECT path FROM system.parts' }],
  ['paths of disks', { query: 'SELECT path FROM system.disks' }],
  ['sources of dictionaries', { query: 'SELECT source FROM system.dictionaries' }],
  ['the limits that hold', { query: 'SELECT 1 SETTINGS max_execution_time = 0, max_memory_usage = 0' }],
]

describe('over HTTP nothing is read or written by', () => {
  it.each(attempts.map((attempt) => [attempt.query.slice(0, 100), attempt] as const))('%s', async (_, attempt) => {
    const { query, params, format } = attempt
    const answer = await ask({ query, params, format })
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(answer.statusCode).toBeLessThan(500)
    expect(answer.body).not.toContain(secretText)
  })

  it.each(overHttp)('%s', async (_, body) => {
    const answer = await ask(body)
    expect([400, 403]).toContain(answer.statusCode)
    expect(answer.body).not.toContain(secretText)
  })
})

describe('a value stays a value', () => {
  it.each([
    "'; DROP TABLE events; --",
    '\\',
    "\\'",
    '`',
    '"',
    '{x:String}',
    "file('/etc/passwd')",
    '\t\n\r\u0000\u0008',
    '\\N',
    '‮',
    'x'.repeat(50_000),
  ])('%j', async (value) => {
    const answer = await ask({ query: 'SELECT {x:String} AS x', params: { x: value }, format: 'JSONEachRow' })
    expect([answer.statusCode, answer.json()]).toEqual([200, { x: value }])
    const list = await ask({
      query: 'SELECT {x:Array(String)} AS x',
      params: { x: [value, value] },
      format: 'JSONEachRow',
    })
    expect([list.statusCode, list.json()]).toEqual([200, { x: [value, value] }])
  })
})

describe('ids in addresses', () => {
  const odd = [
    ...["'", '"', '`', '\\', '--', '/*', ';', '{x:String}', '%00', '%0A', '..%2F..%2Fetc%2Fpasswd', '%2e%2e', '%2F'],
    ...[
      "' OR 1=1 --",
      "'); SELECT file('/etc/passwd'); --",
      'x'.repeat(200),
      '%F0%9F%8E%89',
      '__proto__',
      'constructor',
    ],
  ]
  it.each(odd)('%s', async (id) => {
    const { token } = http.bench.engine.keys.create('', ['read'], 0)
    const encoded = id.includes('%') ? id : encodeURIComponent(id)
    for (const path of [`${encoded}/conversions/o-1`, `summer/conversions/${encoded}`]) {
      const answer = await http.get(`/v1/programs/${path}/explanation`, { authorization: `Bearer ${token}` })
      expect([path, answer.statusCode]).toEqual([path, 404])
    }
  })

  it.each(['%', '%zz', '%ff', 'x'.repeat(201), 'x'.repeat(3_000), '..', '.', ''])('that are none: %s', async (id) => {
    const { token } = http.bench.engine.keys.create('', ['read'], 0)
    const answer = await http.get(`/v1/programs/${id}/conversions/o-1/explanation`, {
      authorization: `Bearer ${token}`,
    })
    expect([400, 404, 414]).toContain(answer.statusCode)
  })
})

it('none of this has changed a file, or was a defect', () => {
  const keys = join(http.bench.dir, 'data', 'keys.json')
  expect({ ...digests(), [keys]: before[keys] }).toEqual(before)
  expect(existsSync(target)).toBe(false)
  expect(readFileSync(secret, 'utf8')).toBe(secretText)
  expect(http.logged()).not.toContain('"level":50')
})
