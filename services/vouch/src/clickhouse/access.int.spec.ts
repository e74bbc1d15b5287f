import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewKey, Scope } from '../keys.ts'
import { type ClickHouseBench, openClickHouseBench } from '../testing/clickhouse-bench.ts'

let bench: ClickHouseBench
const made = {} as Record<Scope, NewKey>
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
const said = async (params: Record<string, string>, headers: Record<string, string> = {}) => {
  const { statusCode, headers: answered } = await bench.ask('SELECT 1', params, headers)
  return [statusCode, answered['x-clickhouse-exception-code']]
}

beforeAll(async () => {
  bench = await openClickHouseBench({ limits: { strangersAMinute: 200 } })
  expect(await said({})).toEqual([200, undefined])
  expect(await said({ user: 'default', password: 'anything' })).toEqual([200, undefined])
  const { keys } = bench.http.bench.engine
  for (const scope of ['ingest', 'read', 'finance', 'admin'] as const) made[scope] = keys.create(scope, [scope], 0)
})
afterAll(() => bench.close())

describe('once there is a key', () => {
  it('it is the password, in any of the places where drivers put one', async () => {
    const { token } = made.read
    expect(await said({}, { authorization: basic('default', token) })).toEqual([200, undefined])
    expect(await said({}, { authorization: basic('metabase', token) })).toEqual([200, undefined])
    expect(await said({}, { authorization: `Bearer ${token}` })).toEqual([200, undefined])
    expect(await said({}, { 'x-clickhouse-user': 'me', 'x-clickhouse-key': token })).toEqual([200, undefined])
    expect(await said({ user: 'me', password: token })).toEqual([200, undefined])
    expect(await said({ password: token }, { authorization: basic('default', '') })).toEqual([200, undefined])
  })

  it('who shows none is asked for one', async () => {
    for (const headers of [{}, { authorization: basic('default', '') }, { 'x-clickhouse-user': 'default' }]) {
      const answer = await bench.ask('SELECT 1', {}, headers as Record<string, string>)
      expect([
        answer.statusCode,
        answer.headers['x-clickhouse-exception-code'],
        answer.headers['www-authenticate'],
      ]).toEqual([401, '194', 'Basic realm="vouch"'])
      expect(answer.body).toMatch(/Send a key as password.*\(REQUIRED_PASSWORD\)/)
    }
  })

  it('who shows a wrong one, or two, is not let in', async () => {
    const { token } = made.read
    for (const [params, headers] of [
      [{ password: 'wrong' }, {}],
      [{}, { authorization: basic('default', 'wrong') }],
      [{}, { authorization: token }],
      [{}, { authorization: `Digest ${token}` }],
      [{}, { authorization: basic(token, 'x') }],
      [{ password: token }, { authorization: basic('default', token) }],
      [{ password: 'wrong' }, { 'x-clickhouse-key': token }],
      [{ user: token }, { 'x-clickhouse-key': 'wrong' }],
    ] as const) {
      expect(await said(params as Record<string, string>, headers as Record<string, string>)).toEqual([403, '516'])
    }
  })

  it('it is looked at before the body, by its scope, and no longer once it is revoked', async () => {
    const scopes = Object.entries(made).map(async ([scope, { token }]) => [scope, (await said({ password: token }))[1]])
    expect(Object.fromEntries(await Promise.all(scopes))).toEqual({
      ingest: '497',
      read: undefined,
      finance: undefined,
      admin: undefined,
    })
    const { keys } = bench.http.bench.engine
    const short = keys.create('short', ['read'], 0)
    expect(await said({ password: short.token })).toEqual([200, undefined])
    keys.revoke(short.key.id, 0)
    expect(await said({ password: short.token })).toEqual([403, '516'])
  })

  it('whether it is there may be asked without one', async () => {
    for (const url of ['/ping', '/replicas_status']) expect((await bench.app.inject({ url })).body).toBe('Ok.\n')
  })

  it('its requests count wherever they come', async () => {
    const { token } = bench.http.bench.engine.keys.create('twice', ['read'], 0, 2)
    const query = { query: 'SELECT 1' }
    expect((await bench.http.post('/v1/sql', query, { authorization: `Bearer ${token}` })).statusCode).toBe(200)
    expect(await said({ password: token })).toEqual([200, undefined])
    expect((await bench.http.post('/v1/sql', query, { authorization: `Bearer ${token}` })).statusCode).toBe(429)
    const often = await bench.ask('SELECT 1', { password: token })
    expect([
      often.statusCode,
      often.headers['x-clickhouse-exception-code'],
      Number(often.headers['retry-after']) > 0,
    ]).toEqual([429, '201', true])
  })

  it('guesses are limited by address', async () => {
    let tries = 0
    while ((await said({ password: `guess-${tries}` }))[0] !== 429) expect(++tries).toBeLessThan(250)
    expect(await said({ password: made.read.token })).toEqual([200, undefined])
  })

  it('it is in no log', () => {
    expect(bench.logged()).toContain('clickhouse:/')
    for (const { token } of Object.values(made)) expect(bench.logged()).not.toContain(token)
  })
})
