import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Scope, scopes } from '../../services/vouch/src/keys.ts'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import { type HttpBench, openHttpBench } from '../../services/vouch/src/testing/http-bench.ts'
import { openRaw } from '../../services/vouch/src/testing/raw.ts'
import { click, event, published, story } from '../../services/vouch/src/testing/samples.ts'

let http: HttpBench
let url: string
const tokens = {} as Record<Scope | 'revoked', string>
const granted = event('reward.granted', 'g-1', '2026-03-01T00:00:00Z', {
  advocateId: 'ben',
  reason: 'thanks',
  amount: { value: '7.00', currency: 'USD' },
})
const one = click('c-1', '2026-03-01T10:00:00Z', 'v-1', 'BEN10')

beforeAll(async () => {
  http = await openHttpBench({ limits: { strangersAMinute: 0 } })
  await http.bench.append(published(), ...story, granted)
  const { keys } = http.bench.engine
  for (const scope of scopes) tokens[scope] = keys.create(scope, [scope], 0).token
  const revoked = keys.create('revoked', [...scopes], 0)
  keys.revoke(revoked.key.id, 0)
  tokens.revoked = revoked.token
  for (const words of [
    ['periods', 'close', '--program', 'summer', '--period', '2026-03', '--by', 'fay'],
    ['payouts', 'convert', '--program', 'summer', '--conversion', 'c-1', '--by', 'fay', ...exchange],
  ])
    expect(await http.bench.run(words)).toMatchObject({ code: 0 })
  // What was done before is answered with 200 once more.
  const open = (batch: string) => http.bench.run([...opening, '--batch', batch])
  for (const words of [
    ['cancel', cancelled],
    ['approve', submitted],
  ] as const) {
    expect((await open(words[1])).code).toBe(0)
    expect((await http.bench.run(['payouts', ...words, '--by', 'gil'])).code).toBe(0)
  }
  url = await http.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => http.close())

const explanation = '/v1/programs/summer/conversions/o-1/explanation'

const opening = ['payouts', 'open', '--program', 'summer', '--as-of', '2026-04-30', '--by', 'fay']
const [cancelled, submitted] = ['0d7c4a52-9c3e-4c5f-8d0a-2f8b7f3f9f10', '0d7c4a52-9c3e-4c5f-8d0a-2f8b7f3f9f11']
const opened = { programId: 'summer', asOf: '2026-04-30', by: 'fay', batchId: submitted }
const exchange = ['--from', 'USD', '--to', 'EUR', '--rate', '0.9', '--as-of', '2026-04-30']
const converted = { from: 'USD', to: 'EUR', rate: '0.9', asOf: '2026-04-30', by: 'fay', conversionId: 'c-1' }
const payers: readonly Scope[] = ['finance', 'admin']

interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  readonly type?: string
  /** Who may; everybody if absent. */
  readonly allowed?: readonly Scope[]
}

const routes: readonly Route[] = [
  { method: 'POST', path: '/v1/events', body: one, allowed: ['ingest', 'admin'] },
  { method: 'POST', path: '/v1/sql', body: { query: 'SELECT 1' }, allowed: ['read', 'finance', 'admin'] },
  { method: 'GET', path: explanation, allowed: ['read', 'finance', 'admin'] },
  { method: 'POST', path: '/v1/payouts', body: opened, allowed: payers },
  { method: 'GET', path: '/v1/payouts', allowed: payers },
  { method: 'GET', path: `/v1/payouts/${submitted}`, allowed: payers },
  { method: 'POST', path: `/v1/payouts/${submitted}/approve`, body: { by: 'gil' }, allowed: payers },
  { method: 'POST', path: `/v1/payouts/${cancelled}/cancel`, body: { by: 'gil' }, allowed: payers },
  { method: 'POST', path: `/v1/payouts/${submitted}/export`, body: { format: 'csv' }, allowed: payers },
  {
    method: 'POST',
    path: '/v1/statements',
    body: 'reference,amount,currency,status,date\nX,1.00,EUR,settled,2026-05-04\n',
    type: 'text/csv',
    allowed: payers,
  },
  { method: 'POST', path: '/v1/reconciliation', body: {}, allowed: payers },
  {
    method: 'POST',
    path: '/v1/reconciliation/resolutions',
    body: { reference: 'X', as: 'disregard', by: 'gil', reason: 'rent' },
    allowed: payers,
  },
  { method: 'GET', path: '/v1/ledger?format=csv', allowed: payers },
  { method: 'POST', path: '/v1/periods', body: { programId: 'summer', period: '2026-03', by: 'fay' }, allowed: payers },
  { method: 'GET', path: '/v1/periods', allowed: payers },
  { method: 'GET', path: '/v1/periods/summer/2026-03', allowed: payers },
  { method: 'GET', path: '/v1/programs/summer/advocates/anna/statement?period=2026-03&format=html', allowed: payers },
  { method: 'GET', path: '/v1/programs/summer/customers/k-1/statement?period=2026-03', allowed: payers },
  { method: 'GET', path: '/v1/liabilities?on=2026-04-30', allowed: payers },
  { method: 'GET', path: '/v1/aging?parties=true', allowed: payers },
  { method: 'POST', path: '/v1/conversions', body: { programId: 'summer', ...converted }, allowed: payers },
  { method: 'GET', path: '/v1/conversions', allowed: payers },
  { method: 'GET', path: '/healthz' },
  { method: 'GET', path: '/readyz' },
  { method: 'GET', path: '/metrics' },
  { method: 'GET', path: '/openapi.json' },
]

type Status = 200 | 401 | 403

/** What is shown in place of a key, and the status that it is answered with where one is needed. */
const shown: readonly (readonly [string, (token: string) => string | undefined, Status])[] = [
  ['a key', (token) => `Bearer ${token}`, 200],
  ['the scheme in small letters', (token) => `bearer ${token}`, 200],
  ['the scheme in capitals', (token) => `BEARER ${token}`, 200],
  ['nothing', () => undefined, 401],
  ['an empty header', () => '', 401],
  ['a scheme alone', () => 'Bearer', 401],
  ['another scheme', (token) => `Basic ${Buffer.from(`x:${token}`).toString('base64')}`, 401],
  ['a token without a scheme', (token) => token, 401],
  ['two tokens', (token) => `Bearer ${token} ${token}`, 401],
  ['two schemes', (token) => `Bearer Bearer ${token}`, 401],
  ['a token in capitals', (token) => `Bearer ${token.toUpperCase()}`, 401],
  ['a token that is cut', (token) => `Bearer ${token.slice(0, -1)}`, 401],
  ['a token with more', (token) => `Bearer ${token}A`, 401],
  ['an unknown token', () => `Bearer vouch_${'A'.repeat(43)}`, 401],
  ['a revoked key', () => `Bearer ${tokens.revoked}`, 401],
  ['the hash of a key', () => `Bearer ${http.bench.engine.keys.list()[0]?.hash}`, 401],
  ['the id of a key', () => `Bearer ${http.bench.engine.keys.list()[0]?.id}`, 401],
  ['a very long token', () => `Bearer ${'x'.repeat(10_000)}`, 401],
]

describe.each(routes)('$method $path', ({ method, path, body, type, allowed }) => {
  describe.each(scopes)('with %s', (scope) => {
    it.each(shown)('and %s', async (_what, header, status) => {
      const authorization = header(tokens[scope])
      const headers = {
        ...(authorization === undefined ? {} : { authorization }),
        ...(type === undefined ? {} : { 'content-type': type }),
      }
      const answer = method === 'GET' ? await http.get(path, headers) : await http.post(path, body, headers)
      const expected = allowed === undefined ? 200 : status === 401 ? 401 : allowed.includes(scope) ? 200 : 403
      expect(answer.statusCode).toBe(expected)
      expect('www-authenticate' in answer.headers).toBe(expected === 401)
      for (const token of Object.values(tokens)) expect(answer.body).not.toContain(token)
    })
  })
})

it('two headers are none, in either order', async () => {
  const good = `authorization: Bearer ${tokens.read}`
  for (const headers of [
    [good, 'authorization: Bearer x'],
    ['Authorization: Bearer x', good],
    [good, good],
  ]) {
    const raw = openRaw(url)
    raw.send(`GET ${explanation} HTTP/1.1`, 'host: x', ...headers, '', '')
    expect(await raw.status()).toBe(401)
    raw.socket.destroy()
  }
})

it('a key that is revoked while its request is under way is none any more', async () => {
  const { keys } = http.bench.engine
  const { token, key } = keys.create('', ['ingest'], 0)
  const body = JSON.stringify(click('revoked-meanwhile', '2026-03-01T10:00:00Z', 'v-1'))
  const raw = openRaw(url)
  const head = ['POST /v1/events HTTP/1.1', 'host: x', `authorization: Bearer ${token}`, 'expect: 100-continue']
  raw.send(...head, 'content-type: application/json', `content-length: ${body.length}`, '', '')
  await eventually('it is under way', () => (raw.got().startsWith('HTTP/1.1 100') ? true : undefined))
  keys.revoke(key.id, 0)
  raw.send(body)
  await eventually('it is answered', () => (raw.got().includes('HTTP/1.1 401') ? true : undefined))
  raw.socket.destroy()
  await http.bench.engine.projector.catchUp()
  const query = "SELECT count() FROM events WHERE event_id = 'revoked-meanwhile'"
  const found = await http.post('/v1/sql', { query, format: 'TSV' }, { authorization: `Bearer ${tokens.read}` })
  expect(found.body).toBe('0\n')
})
