import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './testing/eventually.ts'
import { openPlace, type Place } from './testing/place.ts'
import { advocates, click, ndjson, published } from './testing/samples.ts'
import { type Server, startServer } from './testing/server.ts'

const time = '2026-03-01T10:00:00Z'

describe('vouch start', () => {
  let place: Place
  const servers: Server[] = []
  const serve = async (...words: string[]) => {
    const server = await startServer(words, { cwd: place.dir, env: { VOUCH_DATA: place.data } })
    servers.push(server)
    return server
  }
  const ids = async () => {
    const text = await place.ok('sql', 'SELECT event_id FROM events', '--format', 'TSV')
    return text.split('\n').slice(0, -1)
  }

  beforeAll(async () => {
    place = await openPlace()
  })
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop()
  })
  afterAll(() => place.close())

  it('has what it took in the tables within two seconds', async ({ annotate }) => {
    const server = await serve()
    expect((await server.get('/readyz')).status).toBe(200)
    const begun = performance.now()
    expect((await server.post('/v1/events', [published(), ...advocates, click('c-1', time, 'v-1')])).status).toBe(200)
    const accepted = performance.now()
    await eventually('it is queryable', async () => {
      const query = "SELECT count() FROM touches WHERE touch_id != '' AND code = 'anna10' OR code = 'ANNA10'"
      const answer = await server.post('/v1/sql', { query, format: 'TSV' })
      return (await answer.text()) === '1\n' || undefined
    })
    const lag = performance.now() - accepted
    await annotate(`accepted after ${Math.round(accepted - begun)} ms, queryable ${Math.round(lag)} ms later`)
    expect(lag).toBeLessThan(2_000)
    const ended = await server.stop()
    expect(ended.code).toBe(0)
    expect(ended.err).toContain('There is no key: listening on loopback only')
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'loses nothing that it acknowledged, also when %s ends it',
    async (signal) => {
      const server = await serve()
      const acknowledged: string[] = []
      let sent = 0
      let over = false
      const load = Array.from({ length: 6 }, async (_, worker) => {
        while (!over) {
          const batch = Array.from({ length: 20 }, () => click(`${signal}-${worker}-${sent++}`, time, 'v-1'))
          try {
            const answer = await server.post('/v1/events', ndjson(batch), { 'content-type': 'application/x-ndjson' })
            if (answer.status !== 200) continue
            const { results } = (await answer.json()) as { results: { id: string; outcome: string }[] }
            for (const { id, outcome } of results) if (outcome === 'appended') acknowledged.push(id)
          } catch {
            // The server has gone.
            if (over) return
          }
        }
      })
      await eventually('there is load', () => acknowledged.length > 1_000 || undefined)
      server.process.kill(signal)
      const { code } = await server.process.ended
      over = true
      await Promise.all(load)
      expect(code).toBe(signal === 'SIGTERM' ? 0 : null)
      expect(existsSync(join(place.data, 'control.json'))).toBe(signal === 'SIGKILL')

      // A dead server's address does no harm, and the next one goes on.
      const kept = new Set(await ids())
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
      const next = await serve()
      expect((await next.post('/v1/events', click(`${signal}-next`, time, 'v-1'))).status).toBe(200)
      expect(await ids()).toContain(`${signal}-next`)
      expect(await place.ok('verify')).toMatch(/^\d+ tables equal the fold of the log/)
    },
  )

  it('is the only one on its folder, and on its port', async () => {
    const server = await serve()
    const second = await place.vouch('start', '--port', '0')
    expect(second).toMatchObject({ code: 1, out: '' })
    expect(second.err).toMatch(
      /^The data folder \S+data is in use by 'vouch start' \(process \d+, since \S+Z\)\. Stop it first, or name another folder\.\n$/,
    )
    const { port } = new URL(server.url)
    expect(await place.vouch('start', '--port', port, '--data', 'other')).toMatchObject({
      code: 1,
      err: `Port ${port} of 127.0.0.1 is taken by another process; stop that one, or name another --port.\n`,
    })
    expect(await place.vouch('start', '--host', '0.0.0.0', '--data', 'other')).toMatchObject({
      code: 2,
      err: 'Without a key the server binds to loopback only, not to 0.0.0.0; make one with vouch keys create.\n',
    })
  })

  it('ends well where it is stopped while it starts', async () => {
    const server = place.start(['start', '--port', '0', '--data', 'early'])
    await eventually('it holds the folder', () => existsSync(place.path('early/holder.json')) || undefined)
    server.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })

  it('goes on where its log cannot be written, or nobody reads it', async () => {
    for (const stdout of ['/dev/full', '>(head -c 1 >&2)']) {
      const server = place.start([`exec vouch start --port 0 --data unlogged > ${stdout}`], { shell: true })
      const url = await eventually('it listens', () => /listens on (http:\S+);/.exec(server.err())?.[1])
      for (let n = 0; n < 3; n++) expect((await fetch(`${url}/healthz`)).status).toBe(200)
      server.kill('SIGTERM')
      expect((await server.ended).code).toBe(0)
    }
  })

  it('asks for a key as soon as there is one, and keeps secrets to itself', async () => {
    const server = await serve()
    const made = await place.vouch('keys', 'create', '--scopes', 'ingest,read')
    const token = made.out.trim()
    const authorization = `Bearer ${token}`
    expect((await server.post('/v1/events', click('c-9', time, 'v-1'))).status).toBe(401)
    const email = 'anna@example.com'
    expect((await server.post('/v1/events', click('c-9', time, email), { authorization })).status).toBe(200)
    expect((await server.post('/v1/sql', { query: `SELECT '${email}'` }, { authorization })).status).toBe(200)
    expect((await server.get(`/v1/nothing?token=${token}`, { authorization })).status).toBe(404)
    const { code, out, err } = await server.stop()
    expect(code).toBe(0)
    for (const secret of [token, email]) expect(out + err).not.toContain(secret)
    for (const line of out.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('level')
    expect(out).toContain('"route":"/v1/events","statusCode":200')

    // With a key, it binds to all addresses unless it is told otherwise.
    const open = await serve()
    expect(open.url).toMatch(/^http:\/\/(0\.0\.0\.0|127\.0\.0\.1):/)
    expect(open.process.err()).not.toContain('There is no key')
  })
})
