import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpBench, openHttpBench } from '../../services/vouch/src/testing/http-bench.ts'
import { published, story } from '../../services/vouch/src/testing/samples.ts'
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

  it('POST of bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('/v1/events', '/v1/sql'),
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
    expect(http.logged()).not.toContain('"level":50')
  })
})
