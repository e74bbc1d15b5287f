import { sentTypes } from '@vouch/domain'
import { StoreError } from '@vouch/event-store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpBench, openHttpBench } from '../testing/http-bench.ts'
import { ndjson, published, story } from '../testing/samples.ts'

let http: HttpBench
beforeAll(async () => {
  http = await openHttpBench()
  await http.bench.append(published(), ...story)
})
afterAll(() => http.close())

interface Operation {
  readonly summary?: string
  readonly security?: unknown
  readonly requestBody?: { readonly content: Record<string, unknown> }
  readonly responses: Record<
    string,
    { readonly description: string; readonly headers?: object; readonly content?: object }
  >
}

describe('GET /openapi.json', () => {
  let document: {
    openapi: string
    info: { title: string; version: string }
    paths: Record<string, Record<string, Operation>>
    components: { schemas: Record<string, object>; securitySchemes: object }
  }
  beforeAll(async () => {
    document = (await http.get('/openapi.json')).json()
  })

  it('describes every route of the contract', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'vouch', version: expect.stringMatching(/^\d/) },
    })
    const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    )
    expect(routes.sort()).toEqual([
      'get /healthz',
      'get /metrics',
      'get /openapi.json',
      'get /readyz',
      'get /v1/aging',
      'get /v1/conversions',
      'get /v1/ledger',
      'get /v1/liabilities',
      'get /v1/payouts',
      'get /v1/payouts/{batchId}',
      'get /v1/periods',
      'get /v1/periods/{programId}/{period}',
      'get /v1/programs/{programId}/advocates/{beneficiaryId}/statement',
      'get /v1/programs/{programId}/conversions/{conversionId}/explanation',
      'get /v1/programs/{programId}/customers/{beneficiaryId}/statement',
      'post /v1/conversions',
      'post /v1/events',
      'post /v1/payouts',
      'post /v1/payouts/{batchId}/approve',
      'post /v1/payouts/{batchId}/cancel',
      'post /v1/payouts/{batchId}/export',
      'post /v1/periods',
      'post /v1/reconciliation',
      'post /v1/reconciliation/resolutions',
      'post /v1/sql',
      'post /v1/statements',
    ])
  })

  it('says of every answer what it stands for, and when to come back', () => {
    for (const operations of Object.values(document.paths)) {
      for (const { summary, responses } of Object.values(operations)) {
        expect(summary).toEqual(expect.any(String))
        for (const [status, { description, headers }] of Object.entries(responses)) {
          expect(description).not.toBe('Default Response')
          expect(headers !== undefined).toBe(status === '429' || status === '503')
        }
      }
    }
    const events = document.paths['/v1/events']?.post
    expect(Object.keys(events?.responses ?? {})).toEqual([
      '200',
      '207',
      '400',
      '401',
      '403',
      '413',
      '415',
      '429',
      '503',
    ])
  })

  it('says in what statements, instructions and journals are written', () => {
    const { paths } = document
    const answered = (path: string, method: string) =>
      Object.keys(paths[path]?.[method]?.responses['200']?.content ?? {})
    expect(answered('/v1/payouts/{batchId}/export', 'post')).toEqual(['text/csv', 'application/xml'])
    expect(answered('/v1/ledger', 'get')).toEqual(['text/plain', 'text/csv'])
    const statement = '/v1/programs/{programId}/advocates/{beneficiaryId}/statement'
    expect(answered(statement, 'get')).toEqual(['application/json', 'text/html'])
    expect(Object.keys(paths['/v1/statements']?.post?.requestBody?.content ?? {})).toEqual([
      'text/csv',
      'application/xml',
      'text/xml',
      'application/octet-stream',
    ])
    expect(paths['/v1/reconciliation']?.post?.requestBody).toMatchObject({ required: false })
  })

  it('has a schema for each type of event', () => {
    for (const type of sentTypes) expect(document.components.schemas).toHaveProperty([type])
    expect(document.components.schemas.event).toMatchObject({
      oneOf: sentTypes.map((type) => ({ $ref: `#/components/schemas/${type}` })),
    })
    const events = document.paths['/v1/events']?.post
    expect(Object.keys(events?.requestBody?.content ?? {})).toEqual([
      'application/json',
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
      'application/x-ndjson',
    ])
  })

  it('refers to nothing that it does not have', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to as string)
    expect(references.length).toBeGreaterThan(sentTypes.length)
    for (const to of references) {
      expect(to).toMatch(/^#\/components\/schemas\//)
      expect(document.components.schemas).toHaveProperty([to.slice('#/components/schemas/'.length)])
    }
  })

  it('says which routes need no key', () => {
    const open = Object.entries(document.paths).filter(([, operations]) =>
      Object.values(operations).every(({ security }) => Array.isArray(security) && security.length === 0),
    )
    expect(open.map(([path]) => path).sort()).toEqual(['/healthz', '/metrics', '/openapi.json', '/readyz'])
  })
})

describe('GET …/explanation', () => {
  it('says what vouch explain says', async () => {
    const answer = await http.get('/v1/programs/summer/conversions/o-1/explanation')
    expect(answer.statusCode).toBe(200)
    const told = await http.bench.run(['explain', 'conversion', 'o-1', '--program', 'summer', '--json'])
    expect(answer.json()).toEqual(JSON.parse(told.out))
  })

  it('knows ids of any characters', async () => {
    const id = 'a/b?c#d e%2F%C3:ä🎉+&'
    const longest = '🎉'.repeat(200)
    for (const [n, conversionId] of [id, longest].entries()) {
      const one = {
        ...story[8],
        id: `odd-${n}`,
        data: { ...(story[8]?.data as object), conversionId, programId: 'sum/mer' },
      }
      await http.bench.append(one)
      const path = `/v1/programs/${encodeURIComponent('sum/mer')}/conversions/${encodeURIComponent(conversionId)}/explanation`
      expect((await http.get(path)).json()).toMatchObject({ conversionId, programId: 'sum/mer', excluded: 'no-terms' })
    }
  })

  it.each([
    [
      '/v1/programs/summer/conversions/o-9/explanation',
      404,
      'Program summer has no conversion o-9 in the log, or it is not projected yet.',
    ],
    [
      '/v1/programs/%zz/conversions/o-9/explanation',
      400,
      "'/v1/programs/%zz/conversions/o-9/explanation' is not a valid url component.",
    ],
    [
      `/v1/programs/summer/conversions/${'x'.repeat(300)}/explanation`,
      400,
      'conversionId: Too big: expected string to have <=200 characters.',
    ],
  ])('%s → %d', async (path, status, message) => {
    const answer = await http.get(path)
    expect([answer.statusCode, answer.json()]).toEqual([status, { error: { message } }])
  })
})

describe('what operators ask for', () => {
  it('GET /healthz', async () => {
    const answer = await http.get('/healthz')
    expect([answer.statusCode, answer.json()]).toEqual([200, { alive: true }])
  })

  it('GET /readyz', async () => {
    const answer = await http.get('/readyz')
    const { head, ...state } = answer.json()
    expect([answer.statusCode, state]).toEqual([200, { ready: true, position: head, lagMs: 0 }])
    expect(head).toBeGreaterThanOrEqual(11)
  })

  it('GET /readyz where the log cannot be read', async () => {
    const { projector } = http.bench.engine
    const failing = () => Promise.reject(new StoreError({ tag: 'store-corrupt', message: 'The log is damaged.' }))
    Object.defineProperty(projector, 'progress', { value: failing, configurable: true })
    const ready = await http.get('/readyz')
    const metrics = await http.get('/metrics')
    Reflect.deleteProperty(projector, 'progress')
    expect([ready.statusCode, ready.headers['retry-after'], ready.json()]).toEqual([
      503,
      '5',
      { ready: false, reason: 'The log is damaged.' },
    ])
    expect([metrics.statusCode, metrics.headers['retry-after'], metrics.json()]).toEqual([
      503,
      '5',
      { error: { message: 'The log is damaged.' } },
    ])
  })

  it.each([
    ['has stopped', { failure: new Error('no room') }, 'the projection has stopped; see the log of the server'],
    ['lags', { progress: async () => ({ position: 1n, head: 9n, lagMs: 10_001.5 }) }, 'the projection lags behind'],
  ])('GET /readyz where the projection %s', async (_what, state, reason) => {
    const { projector } = http.bench.engine
    for (const [name, value] of Object.entries(state))
      Object.defineProperty(projector, name, { value, configurable: true })
    const ready = await http.get('/readyz')
    for (const name of Object.keys(state)) Reflect.deleteProperty(projector, name)
    expect(ready.statusCode).toBe(503)
    expect(ready.json()).toMatchObject({
      ready: false,
      reason,
      position: expect.any(Number),
      lagMs: expect.any(Number),
    })
  })

  it('GET /metrics', async () => {
    await http.post('/v1/events', ndjson([story[5], { id: 'x' }]), { 'content-type': 'application/x-ndjson' })
    const answer = await http.get('/metrics')
    expect(answer.headers['content-type']).toMatch(/^text\/plain/)
    expect(answer.body).toContain('vouch_events_total{outcome="duplicate"} 1\n')
    expect(answer.body).toContain('vouch_events_total{outcome="rejected"} 1\n')
    expect(answer.body).toMatch(/^vouch_log_head_position \d+$/m)
    expect(answer.body).toMatch(/^vouch_projection_lag_seconds 0$/m)
    expect(answer.body).toContain('route="/v1/events",method="POST",status="207"')
  })

  it('knows HEAD wherever it knows GET, and names what it does not know', async () => {
    const head = await http.app.inject({ method: 'HEAD', url: '/healthz' })
    expect([head.statusCode, head.body]).toEqual([200, ''])
    for (const [method, url] of [
      ['OPTIONS', '/v1/events'],
      ['GET', '/v1/events'],
      ['DELETE', '/healthz'],
      ['GET', '/'],
      ['GET', '/v1/nothing?token=secret'],
    ] as const) {
      const answer = await http.app.inject({ method, url })
      expect([answer.statusCode, answer.json()]).toEqual([
        404,
        { error: { message: `There is no ${method} ${url.split('?')[0]}; /openapi.json lists what there is.` } },
      ])
    }
    expect(http.logged()).not.toContain('secret')
  })
})
