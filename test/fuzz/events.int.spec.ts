import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sentTypes } from '../../packages/domain/src/index.ts'
import { type HttpBench, openHttpBench } from '../../services/vouch/src/testing/http-bench.ts'
import { fromSchema, type Schema } from './from-schema.ts'
import { hostile, nearly } from './nearly.ts'

/** What the server may say against an event that fits its schema. */
const beyondSchemas = [
  /currency .* is not a currency code of ISO 4217/,
  /^data\.currency must be an ISO 4217 code/,
  /digits? after the point, [A-Z]{3} has/,
  /write a duration as a whole number and a unit/,
  /^data\.parentAdvocateId is the advocate itself/,
  // What rules demand of one another.
  /^data\.(rewards|attribution|effectiveFrom)\b/,
  // Whether data is about a person depends on its type, which is one schema for all.
  /^data\.personal .* is about nobody/,
  // Tables of countries, and check digits.
  /^data\.personal\.(iban|bic) /,
]

interface Result {
  readonly id: string | null
  readonly outcome: 'appended' | 'duplicate' | 'conflict' | 'rejected'
  readonly error?: { readonly message: string; readonly reason: string; readonly field: string }
}

const schemaOf = (type: string): Schema =>
  JSON.parse(readFileSync(new URL(`../../packages/domain/schemas/${type}.json`, import.meta.url), 'utf8'))

let http: HttpBench
beforeAll(async () => {
  http = await openHttpBench({ limits: { strangersAMinute: 0 } })
})
afterAll(() => http.close())

async function send(events: readonly unknown[]): Promise<readonly Result[]> {
  const answer = await http.post('/v1/events', events)
  expect([200, 207]).toContain(answer.statusCode)
  const { results } = answer.json() as { results: Result[] }
  expect(results.length).toBe(events.length)
  return results
}

const validator = () => addFormats.default(new Ajv2020({ strict: false, allErrors: false }))

describe.each(sentTypes)('%s', (type) => {
  const schema = schemaOf(type)
  const valid = fromSchema(schema)
  const isValid = validator().compile(schema)

  it('has a schema whose arbitrary events fit it', () => {
    fc.assert(
      fc.property(valid, (event) => {
        expect([isValid(event), isValid.errors]).toEqual([true, null])
      }),
      { numRuns: 50 },
    )
  })

  it('is taken where it fits its schema, but for what no schema can say', async () => {
    const batches = fc.array(valid, { minLength: 20, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(batches, async (events) => {
        for (const [n, { outcome, error }] of (await send(events)).entries()) {
          if (outcome !== 'rejected') continue
          const isKnown = beyondSchemas.some((pattern) => pattern.test(error?.message ?? ''))
          expect(isKnown ? undefined : [error?.message, events[n]]).toBe(undefined)
        }
      }),
      { numRuns: 3, endOnFailure: true },
    )
  })

  it('fits its schema where it is taken', async () => {
    const batches = fc.array(fc.oneof(nearly(valid), nearly(nearly(valid)), hostile), { minLength: 20, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(batches, async (events) => {
        const sent = JSON.parse(JSON.stringify(events)) as unknown[]
        for (const [n, { outcome }] of (await send(events)).entries()) {
          if (outcome === 'rejected' || (sent[n] as { type?: string }).type !== type) continue
          expect([isValid(sent[n]), sent[n], isValid.errors]).toEqual([true, sent[n], null])
        }
      }),
      { numRuns: 3, endOnFailure: true },
    )
  })
})

it('nothing of all this has stopped the fold, or was logged as a defect', async () => {
  await http.bench.engine.projector.catchUp()
  expect(http.logged()).not.toContain('"level":50')
})
