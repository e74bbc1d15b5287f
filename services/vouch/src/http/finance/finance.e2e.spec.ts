import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Scope } from '../../keys.ts'
import { openPlace, type Place } from '../../testing/place.ts'
import { event, ndjson, published, story } from '../../testing/samples.ts'
import { type Server, startServer } from '../../testing/server.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const batchId = '0d7c4a52-9c3e-4c5f-8d0a-2f8b7f3f9f10'
const opening = { programId: 'summer', asOf: '2026-04-30', by: 'fay', batchId }
const batch = `/v1/payouts/${batchId}`
const march = { programId: 'summer', period: '2026-03', by: 'fay' }
const conversion = { programId: 'summer', from: 'EUR', to: 'USD', rate: '1.1', asOf: '2026-06-30', by: 'fay' }
const csv = { 'content-type': 'text/csv' }

describe('a month over HTTP', () => {
  let place: Place
  let server: Server
  const bearer: Partial<Record<Scope, Record<string, string>>> = {}
  const serve = () => startServer(['--host', '127.0.0.1'], { cwd: place.dir, env: { VOUCH_DATA: place.data } })
  beforeAll(async () => {
    place = await openPlace()
    server = await serve()
    expect((await server.post('/v1/events', [published(), ...story])).status).toBe(200)
    for (const scope of ['finance', 'read', 'ingest'] as const) {
      const { token } = JSON.parse((await place.vouch('keys', 'create', '--scopes', scope, '--json')).out)
      bearer[scope] = { authorization: `Bearer ${token}` }
    }
  })
  afterAll(async () => {
    await server.stop()
    await place.close()
  })
  const post = (path: string, body: unknown, more = {}) => server.post(path, body, { ...bearer.finance, ...more })
  const get = (path: string) => server.get(path, bearer.finance)

  const nobody = {}

  it('is for those alone who may', async () => {
    for (const headers of [bearer.read, bearer.ingest, nobody]) {
      const answers = [
        await server.post('/v1/payouts', opening, headers),
        await server.get('/v1/payouts', headers),
        await server.get(batch, headers),
        await server.post(`${batch}/approve`, { by: 'gil' }, headers),
        await server.post(`${batch}/cancel`, { by: 'gil' }, headers),
        await server.post(`${batch}/export`, { format: 'csv' }, headers),
        await server.post('/v1/statements', 'x', { ...headers, ...csv }),
        await server.post('/v1/reconciliation', {}, headers),
        await server.post('/v1/reconciliation/resolutions', {}, headers),
        await server.get('/v1/ledger?format=csv', headers),
        await server.post('/v1/periods', march, headers),
        await server.get('/v1/periods', headers),
        await server.get('/v1/periods/summer/2026-03', headers),
        await server.post('/v1/conversions', conversion, headers),
        await server.get('/v1/conversions', headers),
        await server.get('/v1/programs/summer/advocates/anna/statement?period=2026-03', headers),
        await server.get('/v1/liabilities', headers),
        await server.get('/v1/aging', headers),
      ]
      const expected = headers === nobody ? 401 : 403
      expect(answers.map(({ status }) => status)).toStrictEqual(answers.map(() => expected))
    }
    expect(await (await get('/v1/payouts')).json()).toStrictEqual([])
  })

  it('is opened once, also where the server is killed and asked again', async () => {
    const first = await post('/v1/payouts', opening)
    server.process.kill('SIGKILL')
    await server.process.ended
    server = await serve()
    const again = await post('/v1/payouts', opening)
    expect([first.status, again.status]).toStrictEqual([201, 200])
    expect(await again.text()).toBe(await first.text())
    expect(await (await get('/v1/payouts')).json()).toMatchObject([
      { batchId, status: 'open', totals: { EUR: '6.50' } },
    ])
    expect(await (await get(batch)).text()).toBe((await place.ok('payouts', 'show', batchId, '--json')).trimEnd())
  })

  it('is approved by another, and handed out in the bytes of the command', async () => {
    expect(await (await post(`${batch}/approve`, { by: 'fay' })).json()).toMatchObject({
      error: { tag: 'same-person' },
    })
    expect((await post(`${batch}/approve`, { by: 'gil' })).status).toBe(200)
    const exported = await post(`${batch}/export`, { format: 'csv' })
    expect([exported.status, exported.headers.get('content-type')]).toStrictEqual([200, 'text/csv; charset=utf-8'])
    const text = await exported.text()
    expect(text).toBe(await place.ok('payouts', 'export', batchId, '--format', 'csv'))
    expect(text).toMatch(/\n[0-9A-F]{32},anna,6\.50,EUR\n$/)
    expect((await post(`${batch}/cancel`, { by: 'gil' })).status).toBe(409)
  })

  it('is stated, reconciled, and in the books', async () => {
    const [line] = ((await (await get(batch)).json()) as { lines: { reference: string }[] }).lines
    const file = `reference,amount,currency,status,date,fee\n${line?.reference},6.50,EUR,settled,2026-05-04,0.35\n`
    const taken = { conflict: 0, duplicate: 0, read: 1, rejected: 0, rejects: [] }
    const stated = await post('/v1/statements?format=csv&provider=wise', file, csv)
    expect([stated.status, await stated.json()]).toStrictEqual([200, { ...taken, appended: 1, booked: { settled: 1 } }])
    const again = await post('/v1/statements?format=csv&provider=wise', file, csv)
    expect(await again.json()).toStrictEqual({ ...taken, appended: 0, duplicate: 1, booked: {} })
    const partly = await post('/v1/statements', `${file}X,1.00,EUR,paid,2026-05-04,\n`, csv)
    expect([partly.status, await partly.json()]).toMatchObject([207, { rejects: [{ line: 3, field: 'status' }] }])
    expect((await post('/v1/statements', 'nope', csv)).status).toBe(400)
    const reconciled = await post('/v1/reconciliation', { batchId })
    const told = await place.vouch('reconcile', '--batch', batchId, '--json')
    const answer = JSON.parse(told.out) as {
      lines: { reference: string; class: string; lines: string[]; needsPerson: boolean }[]
    }
    const needsPerson = answer.lines.filter((it) => it.needsPerson).length
    // Two providers say that they paid it: the duplicate, and the instruction too if the books have the other.
    expect([1, 2]).toContain(needsPerson)
    expect([reconciled.status, await reconciled.json()]).toStrictEqual([200, { ...answer, needsPerson }])
    const open = answer.lines.filter((it) => it.needsPerson)
    for (const { reference, class: of, lines } of open) {
      const line = of === 'duplicate' ? lines[0] : 'instruction'
      const as = of === 'duplicate' ? 'disregard' : 'accept'
      const words = { reference, line, as, by: 'gil', reason: 'told by both banks' }
      const resolved = await post('/v1/reconciliation/resolutions', words)
      expect([resolved.status, await resolved.json()]).toMatchObject([200, { changed: true }])
      expect(await (await post('/v1/reconciliation/resolutions', words)).json()).toMatchObject({ changed: false })
    }
    expect(await (await post('/v1/reconciliation', { batchId })).json()).toMatchObject({ needsPerson: 0 })
    const none = await post('/v1/reconciliation/resolutions', { reference: 'N', as: 'accept', by: 'gil', reason: 'x' })
    expect([none.status, await none.json()]).toMatchObject([404, { error: { tag: 'unknown-reference' } }])
    for (const format of ['hledger', 'csv']) {
      const journal = await (await get(`/v1/ledger?format=${format}&until=2149-06-06`)).text()
      expect(journal).toBe(await place.ok('ledger', 'export', '--format', format))
      expect(journal).toContain('asset:cash:wise')
    }
    expect((await place.vouch('verify')).code).toBe(0)
  })

  it('is closed, and keeps what was declared', async () => {
    const closed = await post('/v1/periods', march)
    const again = await post('/v1/periods', { ...march, by: 'gil' })
    expect([closed.status, again.status]).toStrictEqual([201, 200])
    const text = await closed.text()
    expect(await again.text()).toBe(text)
    expect(`${text}\n`).toBe(await place.ok('periods', 'show', '--program', 'summer', '--period', '2026-03', '--json'))
    expect(await (await get('/v1/periods/summer/2026-03')).text()).toBe(text)
    const early = await post('/v1/periods', { ...march, period: '2026-06' })
    expect([early.status, await early.json()]).toMatchObject([409, { error: { tag: 'not-next' } }])
    expect(await (await get('/v1/periods?program=summer')).json()).toMatchObject({
      periods: [{ programId: 'summer', period: '2026-03', by: 'fay' }],
      restated: [],
    })
    const keys = await place.ok(
      'sql',
      "SELECT count() FROM events WHERE type LIKE 'vouch.period.%' AND data.key.id != ''",
      '--format',
      'TSV',
    )
    expect(keys).toBe('2\n')
  })

  it('is converted once', async () => {
    const more = { advocateId: 'ben', amount: { value: '3.00', currency: 'EUR' }, reason: 'thanks' }
    await place.vouch(
      'import',
      place.write('more.ndjson', ndjson([event('reward.granted', 'g-1', '2026-04-01T00:00:00Z', more)])),
    )
    const named = { ...conversion, conversionId: 'june' }
    const converted = await post('/v1/conversions', named)
    const again = await post('/v1/conversions', named)
    expect([converted.status, again.status]).toStrictEqual([201, 200])
    const text = await converted.text()
    expect(await again.text()).toBe(text)
    expect(JSON.parse(text)).toMatchObject({
      conversionId: 'june',
      totals: { from: '3.00', to: '3.30', difference: '0.00' },
    })
    expect(await (await get('/v1/conversions')).text()).toBe(
      (await place.ok('payouts', 'conversions', '--json')).trimEnd(),
    )
    expect((await post('/v1/conversions', conversion)).status).toBe(409)
    expect((await place.vouch('verify')).code).toBe(0)
  })

  it('is told to whom it is about, and to whom it owes', async () => {
    const statement = '/v1/programs/summer/advocates/anna/statement?period=2026-03'
    const words = ['statement', 'advocate', 'anna', '--program', 'summer', '--period', '2026-03', '--format']
    expect(`${await (await get(statement)).text()}\n`).toBe(await place.ok(...words, 'json'))
    const page = await get(`${statement}&format=html`)
    expect([page.status, page.headers.get('content-type')]).toStrictEqual([200, 'text/html; charset=utf-8'])
    expect(await page.text()).toBe(await place.ok(...words, 'html'))
    const nobody = await get('/v1/programs/summer/advocates/none/statement?period=2026-03')
    expect([nobody.status, await nobody.json()]).toMatchObject([404, { error: { tag: 'unknown-beneficiary' } }])
    for (const [path, report] of [
      ['/v1/liabilities?on=2026-05-31', ['liabilities']],
      ['/v1/aging?on=2026-05-31&parties=true', ['aging', '--parties']],
    ] as const) {
      const told = await place.ok('report', ...report, '--on', '2026-05-31', '--json')
      expect(`${await (await get(path)).text()}\n`).toBe(told)
    }
    const ahead = await get('/v1/liabilities?at=999999')
    expect([ahead.status, await ahead.json()]).toMatchObject([409, { error: { tag: 'not-reached' } }])
  })
})
