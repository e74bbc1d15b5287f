import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'
import { eventually } from '../testing/eventually.ts'
import { type HttpBench, openHttpBench } from '../testing/http-bench.ts'
import { openRaw } from '../testing/raw.ts'
import { advocates, click, conversion, ndjson } from '../testing/samples.ts'
import type { HttpLimits } from './limits.ts'

const time = '2026-03-01T10:00:00Z'
const route = '/v1/events'
let shared: Bench
let http: HttpBench | undefined
beforeAll(async () => {
  shared = await openBench()
})
afterEach(async () => {
  await http?.close()
  http = undefined
})
afterAll(() => shared.close())

async function open(limits: Partial<HttpLimits> = {}): Promise<HttpBench> {
  http = await openHttpBench({ limits, bench: shared })
  return http
}

async function listen(limits: Partial<HttpLimits> = {}) {
  const bench = await open(limits)
  return { ...bench, url: await bench.app.listen({ host: '127.0.0.1', port: 0 }) }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const error = (message: string) => ({ error: { message } })
const json = 'content-type: application/json'
const head = (path: string, ...headers: string[]) => [`POST ${path} HTTP/1.1`, 'host: x', ...headers, '', ''] as const
const turnedAway = async (bench: HttpBench, reason: string) =>
  new RegExp(`^vouch_http_turned_away_total\\{reason="${reason}"\\} (\\d+)$`, 'm').exec(
    (await bench.get('/metrics')).body,
  )?.[1]

describe('too much at once', () => {
  it('is turned away by its headers, before its body is sent', async () => {
    const bench = await listen({ requestsAtOnce: 2 })
    const waiting = openRaw(bench.url)
    waiting.send(...head(route, json, 'content-length: 100'), '[')
    const early = await eventually('the first one is under way', async () => {
      const raw = openRaw(bench.url)
      raw.send(...head(route, json, 'content-length: 1000000'))
      const status = await raw.status()
      raw.socket.destroy()
      return status === 429 ? raw : undefined
    })
    expect(early.got().toLowerCase()).toContain('\r\nretry-after: 1\r\n')
    expect(early.got()).toContain(
      'More events wait for their answers than can be taken at once; send them again in a second.',
    )
    expect(Number(await turnedAway(bench, 'requests'))).toBeGreaterThan(0)
    waiting.socket.destroy()
    await eventually('it is let go', async () =>
      (await bench.post(route, click('c-1', time, 'v-1'))).statusCode === 200 ? true : undefined,
    )
  })

  it('is counted as it comes, whatever its headers say', async () => {
    const bench = await listen({ bodyBytes: 50_000, pendingBytes: 60_000, strangersAMinute: 0 })
    const chunk = `${(20_000).toString(16)}\r\n${'x'.repeat(20_000)}\r\n`
    const first = openRaw(bench.url)
    first.send(...head(route, json, 'transfer-encoding: chunked'))
    first.send(chunk + chunk)
    await eventually('it is held', async () =>
      (await bench.get('/metrics')).body.includes('vouch_ingest_pending_bytes 40000') ? true : undefined,
    )
    const second = openRaw(bench.url)
    second.send(...head(route, json, 'transfer-encoding: chunked'))
    second.send(chunk + chunk)
    expect(await second.status()).toBe(429)
    first.send(chunk)
    expect(await first.status()).toBe(413)
    for (const raw of [first, second]) raw.socket.destroy()
    await eventually('all is let go', async () =>
      (await bench.get('/metrics')).body.includes('vouch_ingest_pending_bytes 0\n') ? true : undefined,
    )
  })

  it('of events in one request is not taken', async () => {
    const bench = await open({ eventsARequest: 3 })
    const many = Array.from({ length: 4 }, (_, n) => click(`many-${n}`, time, 'v-1'))
    for (const [body, type] of [
      [many, 'application/json'],
      [ndjson(many), 'application/x-ndjson'],
    ] as const) {
      const answer = await bench.post(route, body, { 'content-type': type })
      expect([answer.statusCode, answer.json()]).toEqual([
        413,
        error('There are 4 events in this request, and at most 3 are taken at once; divide them.'),
      ])
    }
    expect((await bench.post(route, many.slice(1))).statusCode).toBe(200)
  })

  it('of explanations is asked to come back', async () => {
    const bench = await open({ explanationsAtOnce: 0 })
    const answer = await bench.get('/v1/programs/summer/conversions/o-1/explanation')
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '1'])
  })

  it('of connections is closed as it comes', async () => {
    const bench = await listen({ connections: 2 })
    const held = [openRaw(bench.url), openRaw(bench.url)]
    await eventually('they are connected', () => (held.every(({ socket }) => !socket.connecting) ? true : undefined))
    expect(await openRaw(bench.url).closed).toBe('')
    for (const raw of held) raw.socket.destroy()
    await eventually('there is room', async () => {
      const raw = openRaw(bench.url)
      raw.send('GET /healthz HTTP/1.1', 'host: x', '', '')
      return (await Promise.race([raw.status(), raw.closed])) === 200 ? true : undefined
    })
    expect(Number(await turnedAway(bench, 'connections'))).toBeGreaterThan(0)
  })
})

describe('a large event', () => {
  const padded = (bytes: number) => ({ ...click(`padded-${bytes}`, time, 'v-1'), padding: 'x'.repeat(bytes) })

  it.each(['application/json', 'application/x-ndjson'])('is not taken: %s', async (type) => {
    const bench = await open()
    const answer = await bench.post(route, `${JSON.stringify(padded(2 ** 20))}\n`, { 'content-type': type })
    expect(answer.statusCode).toBe(207)
    expect(answer.json().results).toMatchObject([
      {
        id: null,
        outcome: 'rejected',
        error: { reason: expect.stringMatching(/has 10487\d\d bytes, more than the 1048576/) },
      },
    ])
    expect((await bench.post(route, padded(2 ** 20 - 1_000))).statusCode).toBe(200)
  })

  it('is not shown in full to everybody who contradicts it', async () => {
    const bench = await open()
    await bench.bench.append(...advocates)
    const order = conversion('o-1', time, 'k-1', '10.00', { note: 'x'.repeat(900_000) })
    expect((await bench.post(route, order)).statusCode).toBe(200)
    const others = Array.from({ length: 40 }, (_, n) => ({
      ...conversion('o-1', time, 'k-1', '11.00'),
      id: `other-${n}`,
    }))
    const answer = await bench.post(route, others)
    expect(answer.statusCode).toBe(207)
    const { results } = answer.json() as { results: { outcome: string; error: Record<string, unknown> }[] }
    expect(results.map(({ outcome }) => outcome)).toEqual(others.map(() => 'conflict'))
    expect(Object.keys(results[0]?.error ?? {})).toEqual([
      'message',
      'field',
      'reason',
      'fields',
      'offered',
      'existing',
    ])
    expect(Object.keys(results.at(-1)?.error ?? {})).toEqual(['message', 'field', 'reason'])
    expect(answer.body.length).toBeLessThan(10 * 2 ** 20)
  })
})

describe('nesting', () => {
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  const event = (inner: string) =>
    JSON.stringify({ ...click('nested', time, 'v-1'), inner: 0 }).replace('"inner":0', `"inner":${inner}`)

  it.each([31, 40, 5_000, 200_000, 3_000_000])('of %d levels', async (levels) => {
    const bench = await open()
    const answer = await bench.post(route, event(deep(levels)))
    expect(answer.statusCode).toBe(levels < 32 ? 200 : 207)
    if (levels < 32) return
    expect(answer.json().results[0].error.reason).toMatch(/is nested deeper than 32 levels|bytes, more than/)
  })

  it.each([
    ['the body', '/v1/events', deep(3_000_000)],
    ['a body of objects', '/v1/events', '{"a":'.repeat(500_000)],
    ['parameters', '/v1/sql', `{"query":"SELECT 1","params":{"a":${deep(50_000)}}}`],
  ])('of %s breaks nothing', async (_what, path, body) => {
    const bench = await open()
    const answer = await bench.post(path, body)
    expect(answer.statusCode).toBeLessThan(500)
    expect(answer.statusCode).toBeGreaterThanOrEqual(207)
  })
})

describe('what is no request', () => {
  it.each([
    [
      'headers that are too long',
      ['GET /healthz HTTP/1.1', 'host: x', `x: ${'y'.repeat(20_000)}`, '', ''],
      431,
      /too long/,
    ],
    ['an address that is too long', [`GET /${'y'.repeat(20_000)} HTTP/1.1`, 'host: x', '', ''], 431, /too long/],
    ['another protocol', ['\x16\x03\x01\x02', '', ''], 400, /no HTTP request/],
    ['two lengths', [...head(route, 'content-length: 1', 'content-length: 2')], 400, /no HTTP request/],
    [
      'a length and chunks',
      [...head(route, 'content-length: 1', 'transfer-encoding: chunked')],
      400,
      /no HTTP request/,
    ],
    ['a line break in a header', ['GET /healthz HTTP/1.1', 'host: x', 'a: b\n c: d', '', ''], 400, /no HTTP request/],
  ])('is answered and closed: %s', async (_what, lines, status, message) => {
    const bench = await listen()
    const raw = openRaw(bench.url)
    raw.send(...lines)
    const text = await raw.closed
    expect(Number(text.split(' ')[1])).toBe(status)
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))).toEqual(error(expect.stringMatching(message)))
    expect((await fetch(`${bench.url}/healthz`)).status).toBe(200)
  })

  it.each([
    ['headers', ['POST /v1/events HTTP/1.1', 'host: x']],
    ['a body', [...head(route, json, 'content-length: 100'), '[']],
  ])('is given up on where its %s do not come in time', async (_what, lines) => {
    const bench = await listen({ headersMs: 200, requestMs: 400, checkMs: 50 })
    const raw = openRaw(bench.url)
    raw.send(...lines)
    // One byte now and then does not make it a request either.
    const dripping = setInterval(() => raw.socket.write('x'), 30)
    const text = await raw.closed
    clearInterval(dripping)
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
    expect(text).toContain('did not come in time')
  })

  it('is given up on where nothing at all comes', async () => {
    const bench = await listen({ idleMs: 300, headersMs: 200, requestMs: 250, checkMs: 50 })
    expect(await openRaw(bench.url).closed).toMatch(/^(HTTP\/1\.1 408 |$)/)
  })
})

// Once there is a key, all requests need one: so these come last.
describe('requests a minute', () => {
  it('end for a key where its own limit is reached, and for nobody else', async () => {
    const bench = await open()
    const { keys } = bench.bench.engine
    const slow = keys.create('slow', ['ingest'], 0, 3).token
    const fast = keys.create('fast', ['ingest'], 0).token
    const send = (token: string, n: number) => bench.post(route, click(`c-${n}`, time, 'v-1'), bearer(token))
    const statuses = []
    for (let n = 0; n < 5; n++) statuses.push((await send(slow, n)).statusCode)
    expect(statuses).toEqual([200, 200, 200, 429, 429])
    const answer = await send(slow, 9)
    expect(answer.json()).toEqual(error('This key has asked too often within a minute; come back later.'))
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(50)
    for (let n = 0; n < 50; n++) expect((await send(fast, n)).statusCode).toBe(200)
    expect(await turnedAway(bench, 'rate')).toBe('3')
  })

  it('are those of the server for keys that have no limit of their own', async () => {
    const bench = await open({ requestsAMinute: 2 })
    const { keys } = bench.bench.engine
    const [one, other] = [keys.create('', ['read'], 0).token, keys.create('', ['read'], 0, 4).token]
    const ask = async (token: string) => (await bench.post('/v1/sql', { query: 'SELECT 1' }, bearer(token))).statusCode
    expect([await ask(one), await ask(one), await ask(one)]).toEqual([200, 200, 429])
    expect([await ask(other), await ask(other), await ask(other)]).toEqual([200, 200, 200])
  })

  it('end for an address without a key that works, and not for those who have one there', async () => {
    const bench = await open({ strangersAMinute: 3 })
    const { token } = bench.bench.engine.keys.create('', ['ingest'], 0)
    const stranger = (n: number) => bench.post(route, '{}', bearer(`vouch_${n}`))
    const statuses = []
    for (let n = 0; n < 5; n++) statuses.push((await stranger(n)).statusCode)
    expect(statuses).toEqual([401, 401, 401, 429, 429])
    expect((await stranger(9)).json()).toEqual(
      error('Too many requests without a key that works came from this address; come back later.'),
    )
    for (const path of ['/metrics', '/openapi.json', '/nothing']) expect((await bench.get(path)).statusCode).toBe(429)
    for (const path of ['/healthz', '/readyz']) expect((await bench.get(path)).statusCode).toBe(200)
    expect((await bench.post(route, click('c-1', time, 'v-1'), bearer(token))).statusCode).toBe(200)
  })
})
