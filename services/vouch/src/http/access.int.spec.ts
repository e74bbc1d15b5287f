import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Scope } from '../keys.ts'
import { type HttpBench, openHttpBench } from '../testing/http-bench.ts'
import { advocates, click, published } from '../testing/samples.ts'

let http: HttpBench
const tokens = {} as Record<Scope, string>
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const one = click('c-1', '2026-03-01T10:00:00Z', 'v-1')

beforeAll(async () => {
  http = await openHttpBench()
  expect((await http.post('/v1/sql', { query: 'SELECT 1' })).statusCode).toBe(200)
  const { keys } = http.bench.engine
  for (const scope of ['ingest', 'read', 'finance', 'admin'] as const)
    tokens[scope] = keys.create(scope, [scope], 0).token
})
afterAll(() => http.close())

describe('once there is a key', () => {
  it.each([
    ['none', {}, 'Send a key: "Authorization: Bearer TOKEN", made with vouch keys create.', 'Bearer'],
    [
      'another scheme',
      { authorization: 'Basic YTpi' },
      'Send a key: "Authorization: Bearer TOKEN", made with vouch keys create.',
      'Bearer',
    ],
    [
      'one that nobody made',
      bearer('vouch_x'),
      'This key is not known, or it was revoked.',
      'Bearer error="invalid_token"',
    ],
    ['an empty one', bearer(''), 'Send a key: "Authorization: Bearer TOKEN", made with vouch keys create.', 'Bearer'],
  ])('requests need one: %s', async (_what, headers, message, challenge) => {
    for (const answer of [
      await http.post('/v1/events', one, headers),
      await http.post('/v1/sql', { query: 'SELECT 1' }, headers),
      await http.get('/v1/programs/summer/conversions/o-1/explanation', headers),
      await http.post('/v1/payouts', {}, headers),
      await http.get('/v1/ledger?format=csv', headers),
    ]) {
      expect([answer.statusCode, answer.json()]).toEqual([401, { error: { message } }])
      expect(answer.headers['www-authenticate']).toBe(challenge)
    }
  })

  const sql = (scope: Scope) => http.post('/v1/sql', { query: 'SELECT 1' }, bearer(tokens[scope]))
  const explanation = (scope: Scope) =>
    http.get('/v1/programs/summer/conversions/o-1/explanation', bearer(tokens[scope]))
  const events = (scope: Scope) => http.post('/v1/events', one, bearer(tokens[scope]))
  const posting =
    (path: string, body: unknown, more = {}) =>
    (scope: Scope) =>
      http.post(path, body, { ...bearer(tokens[scope]), ...more })
  const getting = (path: string) => (scope: Scope) => http.get(path, bearer(tokens[scope]))
  const forFinance = (status: number) => ({ ingest: 403, read: 403, finance: status, admin: status })
  const statement = 'reference,amount,currency,status,date\n'
  const resolution = { reference: 'none', as: 'accept', by: 'fay', reason: 'asked' }
  const conversion = { programId: 'none', from: 'USD', to: 'EUR', rate: '0.9', asOf: '2026-04-30', by: 'fay' }

  it.each<[string, (scope: Scope) => ReturnType<typeof sql>, Record<Scope, number>]>([
    ['POST /v1/events', events, { ingest: 200, read: 403, finance: 403, admin: 200 }],
    ['POST /v1/sql', sql, { ingest: 403, read: 200, finance: 200, admin: 200 }],
    ['GET …/explanation', explanation, { ingest: 403, read: 404, finance: 404, admin: 404 }],
    ['POST /v1/payouts', posting('/v1/payouts', { programId: 'none', asOf: '2026-04-30', by: 'fay' }), forFinance(404)],
    ['GET /v1/payouts', getting('/v1/payouts'), forFinance(200)],
    ['GET /v1/payouts/{batchId}', getting('/v1/payouts/none'), forFinance(404)],
    ['POST …/approve', posting('/v1/payouts/none/approve', { by: 'fay' }), forFinance(404)],
    ['POST …/cancel', posting('/v1/payouts/none/cancel', { by: 'fay' }), forFinance(404)],
    ['POST …/export', posting('/v1/payouts/none/export', { format: 'csv' }), forFinance(404)],
    ['POST /v1/statements', posting('/v1/statements', statement, { 'content-type': 'text/csv' }), forFinance(200)],
    ['POST /v1/reconciliation', posting('/v1/reconciliation', {}), forFinance(200)],
    ['POST …/resolutions', posting('/v1/reconciliation/resolutions', resolution), forFinance(404)],
    ['GET /v1/ledger', getting('/v1/ledger?format=csv'), forFinance(200)],
    ['POST /v1/periods', posting('/v1/periods', { programId: 'none', period: '2026-03', by: 'fay' }), forFinance(404)],
    ['GET /v1/periods', getting('/v1/periods'), forFinance(200)],
    ['GET /v1/periods/{programId}/{period}', getting('/v1/periods/none/2026-03'), forFinance(404)],
    ['GET …/statement', getting('/v1/programs/none/advocates/anna/statement?period=2026-03'), forFinance(404)],
    ['GET /v1/liabilities', getting('/v1/liabilities'), forFinance(200)],
    ['GET /v1/aging', getting('/v1/aging'), forFinance(200)],
    ['POST /v1/conversions', posting('/v1/conversions', conversion), forFinance(409)],
    ['GET /v1/conversions', getting('/v1/conversions'), forFinance(200)],
  ])('%s looks at its scope', async (_route, ask, statuses) => {
    for (const [scope, status] of Object.entries(statuses)) expect((await ask(scope as Scope)).statusCode).toBe(status)
  })

  it('says which scope is missing', async () => {
    expect((await events('read')).json()).toEqual({
      error: { message: 'This key has read; it needs ingest or admin.' },
    })
  })

  it('lets ingest append what happened, not what was promised', async () => {
    const answer = await http.post('/v1/events', [one, published(), ...advocates.slice(0, 2)], bearer(tokens.ingest))
    expect(answer.statusCode).toBe(207)
    expect(answer.json().results).toMatchObject([
      { outcome: 'duplicate' },
      {
        id: 'terms-1',
        outcome: 'rejected',
        error: {
          field: 'type',
          reason:
            'vouch.program.published.v1 needs the scope "admin", and there is only ingest; use a key with that scope',
        },
      },
      { outcome: 'rejected', error: { field: 'type' } },
      { outcome: 'rejected', error: { field: 'type' } },
    ])
    const admin = await http.post('/v1/events', [published(), ...advocates], bearer(tokens.admin))
    expect(admin.statusCode).toBe(200)
  })

  it('lets everybody ask whether it lives', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json'])
      expect((await http.get(path)).statusCode).toBe(200)
  })

  it('takes a revoked key no longer, and stays closed without any that works', async () => {
    const { keys } = http.bench.engine
    for (const { id } of keys.list()) keys.revoke(id, 0)
    expect((await events('ingest')).json()).toEqual({ error: { message: 'This key is not known, or it was revoked.' } })
    expect((await http.post('/v1/events', one)).statusCode).toBe(401)
  })

  it('logs no token', () => {
    for (const token of Object.values(tokens)) expect(http.logged()).not.toContain(token)
    expect(http.logged().toLowerCase()).not.toContain('bearer')
  })
})
