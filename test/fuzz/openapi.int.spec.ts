import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpBench, openHttpBench } from '../../services/vouch/src/testing/http-bench.ts'
import { event, published, story } from '../../services/vouch/src/testing/samples.ts'
import { fromSchema, type Schema } from './from-schema.ts'
import { hostile, nearly } from './nearly.ts'

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

let http: HttpBench
let document: Document
beforeAll(async () => {
  http = await openHttpBench({ limits: { strangersAMinute: 0 } })
  await http.bench.append(published(), ...story)
  document = (await http.get('/openapi.json')).json()
})
afterAll(() => http.close())

it('the description is one, by the rules of OpenAPI 3.1', async () => {
  const result = await new Validator().validate(structuredClone(document) as never)
  expect([result.valid, result.errors]).toEqual([true, undefined])
})

const seenStatuses = new Map<string, Set<number>>()

/** Holds an answer to what the description says of its status. */
function fits(path: string, method: string, answer: { statusCode: number; body: string; headers: object }): void {
  const operation = document.paths[path]?.[method]
  const described = operation?.responses[answer.statusCode]
  expect([path, answer.statusCode, described !== undefined]).toEqual([path, answer.statusCode, true])
  const schema = described?.content?.['application/json']?.schema
  if (schema) {
    const ajv = addFormats.default(new Ajv2020({ strict: false }))
    const whole = { ...schema, components: document.components }
    const isValid = ajv.compile(whole)
    expect([isValid(JSON.parse(answer.body)), isValid.errors]).toEqual([true, null])
  }
  const name = `${method} ${path}`
  seenStatuses.set(name, (seenStatuses.get(name) ?? new Set()).add(answer.statusCode))
}

const resolve = (reference: string): Schema => {
  const schema = document.components.schemas[reference.slice('#/components/schemas/'.length)]
  if (!schema) throw new Error(`${reference} is nowhere`)
  return schema
}

const contentTypes = fc.constantFrom(
  'application/json',
  'application/x-ndjson',
  'application/cloudevents+json',
  'text/plain',
  '',
)

describe('an answer fits its description, and is none of ours that went wrong', () => {
  const post = async (path: string, body: unknown, type: string) =>
    fits(path, 'post', await http.post(path, JSON.stringify(body) ?? '', { 'content-type': type }))

  it.each(['/v1/events', '/v1/sql'])('POST %s', async (path) => {
    const schema = document.paths[path]?.post?.requestBody?.content['application/json']?.schema
    const valid = fromSchema(schema ?? {}, { resolve })
    const bodies = fc.oneof(valid, nearly(valid), nearly(nearly(valid)), hostile)
    await fc.assert(
      fc.asyncProperty(
        bodies,
        fc.oneof({ weight: 9, arbitrary: fc.constant('application/json') }, { weight: 1, arbitrary: contentTypes }),
        (body, type) => post(path, body, type),
      ),
      { numRuns: 150, endOnFailure: true },
    )
  })

  /** What there may be, beside whatever fits: without it, hardly anything would be found. */
  const known = (path: string) => names[path.slice(path.lastIndexOf('.') + 1)]
  const names: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    programId: fc.constantFrom('summer', 'winter'),
    asOf: fc.constantFrom('2026-04-30', '2026-03-01', '2149-06-06', '1970-01-01', '2026-02-30'),
    batchId: fc.constantFrom('0d7c4a52-9c3e-4c5f-8d0a-2f8b7f3f9f10', 'summer-1'),
    minimum: fc.constantFrom('0', '5.00', '25.00', '1e3'),
    by: fc.constantFrom('fay', 'gil', ' Fay ', '\ud800', 'x'.repeat(200)),
    iban: fc.constantFrom('AT48 3200 0000 1234 5864', 'AT48', ''),
  }
  const amount = { value: '12.00', currency: 'EUR' }
  const batches = fc.oneof(
    fc.constantFrom('summer-1', '0d7c4a52-9c3e-4c5f-8d0a-2f8b7f3f9f10', 'none'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 210 }),
  )

  // Before anything random, which may close a month or take what there is to pay.
  it('a month over HTTP', async () => {
    await http.bench.append(
      event('reward.granted', 'g-1', '2026-03-01T00:00:00Z', { advocateId: 'ben', reason: 'thanks', amount }),
    )
    await http.bench.append(
      event('reward.granted', 'g-2', '2026-03-01T00:00:00Z', {
        advocateId: 'ben',
        reason: 'thanks',
        amount: { value: '7.00', currency: 'USD' },
      }),
    )
    const exchange = { from: 'USD', to: 'EUR', rate: '0.9', asOf: '2026-05-01', by: 'fay' }
    const converted = { programId: 'summer', conversionId: 'c-1', ...exchange }
    const body = { programId: 'summer', asOf: '2026-05-01', by: 'fay', batchId: '0d7c4a52-9c3e-4c5f-8d0a-2f8b7f3f9f11' }
    const steps = [
      ['/v1/conversions', converted],
      ['/v1/conversions', converted],
      ['/v1/conversions', { ...converted, to: 'USD' }],
      ['/v1/payouts', body],
      ['/v1/payouts', body],
      ['/v1/payouts', { programId: 'summer', asOf: '2026-05-01', by: 'fay' }],
      ['/v1/payouts', { programId: 'none', asOf: '2026-05-01', by: 'fay' }],
      ['/v1/payouts/{batchId}/approve', { by: 'gil' }],
      ['/v1/payouts/{batchId}/export', { format: 'csv' }],
      ['/v1/payouts/{batchId}/cancel', { by: 'gil' }],
      ['/v1/reconciliation', {}],
      ['/v1/periods', { programId: 'summer', period: '2026-03', by: 'fay' }],
      ['/v1/periods', { programId: 'summer', period: '2026-03', by: 'fay' }],
      ['/v1/periods', { programId: 'summer', period: '2026-05', by: 'fay' }],
    ] as const
    for (const [path, sent] of steps) fits(path, 'post', await http.post(path.replace('{batchId}', body.batchId), sent))
    fits('/v1/periods/{programId}/{period}', 'get', await http.get('/v1/periods/summer/2026-03'))
    const shown = '/v1/payouts/{batchId}'
    fits(shown, 'get', await http.get(shown.replace('{batchId}', body.batchId)))
    const header = 'reference,amount,currency,status,date\n'
    for (const line of ['X,1.00,EUR,settled,2026-05-04\n', 'X\n'])
      fits('/v1/statements', 'post', await http.post('/v1/statements', header + line, { 'content-type': 'text/csv' }))
    const resolutions = '/v1/reconciliation/resolutions'
    const resolved = { reference: 'X', as: 'disregard', by: 'gil', reason: 'rent' }
    for (const body of [resolved, resolved, { ...resolved, as: 'retry' }, { ...resolved, reference: 'none' }])
      fits(resolutions, 'post', await http.post(resolutions, body))
  })

  it.each([
    '/v1/payouts',
    '/v1/payouts/{batchId}/approve',
    '/v1/payouts/{batchId}/cancel',
    '/v1/payouts/{batchId}/export',
    '/v1/reconciliation',
    '/v1/reconciliation/resolutions',
    '/v1/periods',
    '/v1/conversions',
  ])('POST %s', async (path) => {
    const schema = document.paths[path]?.post?.requestBody?.content['application/json']?.schema
    const valid = fromSchema(schema ?? {}, { resolve, known })
    const bodies = fc.oneof(valid, fromSchema(schema ?? {}, { resolve }), nearly(valid), nearly(nearly(valid)), hostile)
    await fc.assert(
      fc.asyncProperty(bodies, batches, async (body, batch) => {
        const address = path.replace('{batchId}', () => encodeURIComponent(batch))
        if (/\/\.{1,2}\//.test(address)) return
        fits(path, 'post', await http.post(address, JSON.stringify(body) ?? ''))
      }),
      { numRuns: 60, endOnFailure: true },
    )
  })

  it('POST /v1/statements', async () => {
    const cell = fc.oneof(
      fc.constantFrom('X', 'anna', '1.00', 'EUR', 'settled', 'failed', '2026-05-04', '', '"a,b"', '"', '\u0000'),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
    )
    const lines = fc.array(
      fc.array(cell, { maxLength: 8 }).map((cells) => cells.join(',')),
      { maxLength: 5 },
    )
    const csv = lines.map((rows) => ['reference,beneficiary_id,amount,currency,status,date', ...rows].join('\n'))
    const xml = fc
      .string({ unit: 'grapheme', maxLength: 40 })
      .map((text) => `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">${text}</Document>`)
    const queries = fc.constantFrom(
      '',
      '?format=csv',
      '?format=camt.053',
      '?format=',
      '?provider=a%20b',
      '?provider=%00',
    )
    const types = fc.constantFrom('text/csv', 'application/xml', 'application/octet-stream', 'application/json', '')
    await fc.assert(
      fc.asyncProperty(fc.oneof(csv, xml, cell), queries, types, async (body, query, type) =>
        fits('/v1/statements', 'post', await http.post(`/v1/statements${query}`, body, { 'content-type': type })),
      ),
      { numRuns: 60, endOnFailure: true },
    )
  })

  it('GET of finance', async () => {
    const words = fc.oneof(
      fc.constantFrom('csv', 'hledger', 'html', '2026-03-31', '2026-03', 'summer', '3', '99999', 'true'),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
    )
    const queries = fc.dictionary(
      fc.constantFrom('format', 'until', 'program', 'on', 'at', 'period', 'parties', 'x'),
      words,
      { maxKeys: 3 },
    )
    const paths = fc.constantFrom(
      '/v1/payouts',
      '/v1/ledger',
      '/v1/payouts/{batchId}',
      '/v1/periods',
      '/v1/conversions',
      '/v1/periods/summer/{period}',
      '/v1/liabilities',
      '/v1/aging',
      '/v1/programs/summer/advocates/{beneficiaryId}/statement',
    )
    await fc.assert(
      fc.asyncProperty(paths, queries, batches, async (path, query, batch) => {
        const address = path.replace(/\{(batchId|period|beneficiaryId)\}/, () => encodeURIComponent(batch))
        if (/\/\.{1,2}(\/|$)/.test(address)) return
        fits(
          path.replace('/summer/', '/{programId}/'),
          'get',
          await http.get(`${address}?${new URLSearchParams(query)}`),
        )
      }),
      { numRuns: 60, endOnFailure: true },
    )
    fits('/v1/ledger', 'get', await http.get('/v1/ledger?format=hledger'))
    const statement = '/v1/programs/summer/advocates/ben/statement?period=2026-03'
    for (const more of ['', '&at=3', '&at=99999'])
      fits('/v1/programs/{programId}/advocates/{beneficiaryId}/statement', 'get', await http.get(`${statement}${more}`))
    for (const path of ['/v1/liabilities', '/v1/aging'])
      for (const query of ['', '?on=2026-03-31&at=5', '?at=99999']) fits(path, 'get', await http.get(`${path}${query}`))
  })

  it('POST of bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('/v1/events', '/v1/sql', '/v1/payouts', '/v1/reconciliation', '/v1/statements'),
        contentTypes,
        async (bytes, path, type) =>
          fits(path, 'post', await http.post(path, Buffer.from(bytes), { 'content-type': type })),
      ),
      { numRuns: 150, endOnFailure: true },
    )
  })

  it('GET …/explanation', async () => {
    const path = '/v1/programs/{programId}/conversions/{conversionId}/explanation'
    const id = fc.oneof(fc.constantFrom('summer', 'o-1'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 210 }))
    await fc.assert(
      fc.asyncProperty(id, id, async (programId, conversionId) => {
        const address = path
          .replace('{programId}', () => encodeURIComponent(programId))
          .replace('{conversionId}', () => encodeURIComponent(conversionId))
        // A segment of dots is no segment.
        if (/\/\.{1,2}\//.test(address)) return
        fits(path, 'get', await http.get(address))
      }),
      { numRuns: 100, endOnFailure: true },
    )
    fits(path, 'get', await http.get('/v1/programs/summer/conversions/o-1/explanation'))
  })

  it.each(['/healthz', '/readyz', '/metrics', '/openapi.json'])('GET %s', async (path) =>
    fits(path, 'get', await http.get(path)),
  )

  it('of every kind that such requests can have', () => {
    const seen = (name: string) => [...(seenStatuses.get(name) ?? [])].sort()
    expect(seen('post /v1/events')).toEqual(expect.arrayContaining([200, 207, 400, 415]))
    expect(seen('post /v1/sql')).toEqual(expect.arrayContaining([400, 403, 415]))
    expect(seen('post /v1/payouts')).toEqual(expect.arrayContaining([200, 201, 400, 404, 409]))
    expect(seen('post /v1/payouts/{batchId}/approve')).toEqual(expect.arrayContaining([200, 400, 404]))
    expect(seen('post /v1/payouts/{batchId}/cancel')).toEqual(expect.arrayContaining([400, 404, 409]))
    expect(seen('post /v1/payouts/{batchId}/export')).toEqual(expect.arrayContaining([200, 400, 404]))
    expect(seen('post /v1/statements')).toEqual([200, 207, 400, 415])
    expect(seen('post /v1/reconciliation')).toEqual(expect.arrayContaining([200, 400, 404]))
    expect(seen('post /v1/periods')).toEqual(expect.arrayContaining([200, 201, 400, 409]))
    expect(seen('post /v1/conversions')).toEqual(expect.arrayContaining([200, 201, 400, 409]))
    expect(seen('get /v1/periods/{programId}/{period}')).toEqual(expect.arrayContaining([200, 400]))
    expect(seen('post /v1/reconciliation/resolutions')).toEqual(expect.arrayContaining([200, 400, 404, 409]))
    expect(seen('get /v1/ledger')).toEqual([200, 400])
    expect(http.logged()).not.toContain('"level":50')
  })
})
