import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPlace, type Place } from '../../services/vouch/src/testing/place.ts'
import { advocates, click, published } from '../../services/vouch/src/testing/samples.ts'
import { startServer } from '../../services/vouch/src/testing/server.ts'

const time = '2026-03-01T10:00:00Z'

/** Values that nobody but who sent them, and whoever may read the tables, is to see. */
const personal = {
  email: 'p1-anna@example.com',
  name: 'p2-Anna-Beispiel',
  address: 'p3-Beispielweg-7',
  ip: 'p4-203.0.113.77',
  visitor: 'p5-visitor',
  referrer: 'https://example.com/p6-referrer?q=p6',
  url: 'https://shop.example/p7-page?u=p7',
  query: 'p8-in-the-query',
  header: 'p9-in-a-header',
  cookie: 'p10-in-a-cookie',
  broken: 'p11-in-a-broken-body',
  rejected: 'p12-in-a-rejected-event',
  sql: 'p13-in-sql',
  param: 'p14-in-a-parameter',
  path: 'p15-in-a-path',
}

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

it('tokens and personal data are in no log, no metric, and in no file that finds keys or servers', async () => {
  const token = (await place.vouch('keys', 'create', '--scopes', 'ingest,read,admin')).out.trim()
  const env = { VOUCH_DATA: place.data, VOUCH_LOG_LEVEL: 'trace' }
  const server = await startServer(['--host', '127.0.0.1'], { cwd: place.dir, env })
  const headers = {
    authorization: `Bearer ${token}`,
    'user-agent': personal.header,
    referer: personal.referrer,
    'x-forwarded-for': personal.ip,
    'x-request-id': personal.header,
    cookie: `session=${personal.cookie}`,
  }
  const post = (path: string, body: unknown, more = {}) => server.post(path, body, { ...headers, ...more })
  const { email, name, address, ip, visitor, referrer, url } = personal
  const whole = {
    ...click('c-1', time, visitor),
    data: { programId: 'summer', code: 'X', visitorId: visitor, referrer, url },
  }
  const statuses = [
    (await post('/v1/events', [published(), ...advocates])).status,
    (
      await post(`/v1/events?who=${personal.query}`, {
        ...whole,
        data: { ...whole.data, personal: { email, name, address, ip } },
      })
    ).status,
    (await post('/v1/events', `{"${personal.broken}`)).status,
    (await post('/v1/events', { ...whole, id: personal.rejected, data: { programId: personal.rejected, code: 7 } }))
      .status,
    (await post('/v1/events', personal.broken, { 'content-type': `text/${personal.broken}` })).status,
    (await post('/v1/sql', { query: `SELECT '${personal.sql}'` })).status,
    (await post('/v1/sql', { query: `SELEC '${personal.sql}'` })).status,
    (await post('/v1/sql', { query: 'SELECT {x:String}, throwIf(1)', params: { x: personal.param } })).status,
    (await post('/v1/sql', { query: personal.sql, format: personal.sql })).status,
    (await server.get(`/v1/programs/${personal.path}/conversions/${personal.path}/explanation`, headers)).status,
    (await server.get(`/${personal.path}?token=${token}`, headers)).status,
    (await server.get('/v1/nothing', { authorization: `Bearer ${token}x` })).status,
    (await post('/v1/sql', { query: 'SELECT 1' }, { authorization: `Basic ${token}` })).status,
  ]
  expect(statuses).toEqual([200, 200, 400, 207, 415, 200, 400, 400, 400, 404, 404, 404, 401])
  const metrics = await (await server.get('/metrics')).text()
  const files = ['keys.json', 'control.json', 'holder.json'].map((file) => readFileSync(join(place.data, file), 'utf8'))
  const { code, out, err } = await server.stop()
  expect(code).toBe(0)
  expect(out.split('\n').length).toBeGreaterThan(statuses.length)
  const said = [out, err, metrics, ...files].join('\n')
  expect([token, ...Object.values(personal)].filter((secret) => said.includes(secret))).toEqual([])
})
