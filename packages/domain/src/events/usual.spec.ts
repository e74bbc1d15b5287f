import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { dataSchemas } from './catalog.ts'
import { decodeEvent, toCloudEvent } from './decode.ts'
import { arbitraryNow, cloudEvent } from './events.arbitraries.ts'
import { example, exampleNow } from './events.examples.ts'
import { parseBySchema, parseEvent } from './parse.ts'
import { usualEvent, usualTypes } from './usual.ts'

/** What either way says must be the same to the letter, and `usualEvent` may not be sure of anything else. */
function agree(input: object, now = arbitraryNow): void {
  const bySchema = parseBySchema(input, now)
  expect(parseEvent(input, now)).toStrictEqual(bySchema)
  // What happened in the future is refused, whoever read it.
  const anyTime = isRight(bySchema) ? bySchema : parseBySchema(input, Number.MAX_SAFE_INTEGER / 2)
  const usual = usualEvent(input)
  if (usual !== undefined) expect(anyTime).toStrictEqual({ _tag: 'Right', right: usual })
}

const usualId = fc.constantFrom('a', 'shop.example', 'v-1"\\', '~!', 'x'.repeat(200), '__proto__', '0')
const cents = fc.constantFrom('0.00', '49.90', '123456789012.00', '49.9', '049.90', '7')

/** Values of usual events, and some that are nearly so. */
const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  amount: fc.record({ value: cents, currency: fc.constant('EUR') }),
  country: fc.constantFrom('DE', 'GB', 'UK', 'de', 'ß'),
  kind: fc.constantFrom('purchase', 'subscription', 'renewal', 'lead', 'Lead'),
  reason: fc.constantFrom('return', 'chargeback', 'cancellation', 'fraud', 'because'),
  url: fc.constantFrom('', 'https://shop.example/?a= b', 'x'.repeat(8192), 'x'.repeat(8193), '\ud800', '\u{1f600}'),
  channel: fc.constantFrom('web', 'x'.repeat(100), 'x'.repeat(101)),
}

/** An event of a usual type with any of its fields, mostly as nearly all are. */
const usualInput = fc.constantFrom(...usualTypes).chain((type) => {
  const { shape } = dataSchemas[type]
  const names = Object.keys(shape).filter((name) => !['items', 'personal', 'fxRate'].includes(name))
  const needed = names.filter((name) => !shape[name as keyof typeof shape].safeParse(undefined).success)
  const fields = Object.fromEntries(names.map((name) => [name, values[name] ?? usualId]))
  return fc.record({
    specversion: fc.constant('1.0'),
    id: usualId,
    source: usualId,
    type: fc.constant(type),
    time: fc.constantFrom(
      '2026-03-01T12:00:00Z',
      '2026-03-31T12:00:00.123Z',
      '2026-02-30T00:00:00Z',
      '2031-01-01T00:00:00Z',
    ),
    data: fc.oneof(fc.record(fields, { requiredKeys: needed }), fc.record(fields, { requiredKeys: [] })),
  })
})

/** What may stand in the place of a value, or of a field that was not there. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, 0, 5, Number.NaN, 1n),
  fc.constantFrom('', ' ', ' a', 'a b', '\t', 'é', '\u0000', '\ud800'),
  fc.constantFrom('1.0', '1', 'application/json', 'text/plain', 'vouch.click.v1', 'vouch.click.v2', 'x'.repeat(501)),
  fc.constantFrom('2026-03-01t12:00:00z', '2026-03-01', '0.0', '00.00', '-1.00', '1.000', '1,00', 'EURO', 'JPY', 'eur'),
  // Made anew each time, since what is put into one may then be put into itself.
  fc
    .constantFrom<() => unknown>(
      () => [],
      () => ['a'],
      () => ({}),
      () => ({ value: '1.00', currency: 'EUR', more: 1 }),
      () => new Date(0),
      () => Object.create(null),
    )
    .map((make) => make()),
)

const oddName = fc.constantFrom(
  'datacontenttype',
  'personal',
  'items',
  'fxRate',
  'x',
  '__proto__',
  'toString',
  'subject',
)

/** The same with some fields changed, added or left out, at any depth. */
const spoilt = (input: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc
    .tuple(input, fc.array(fc.tuple(fc.nat(), fc.nat(3), odd, fc.option(oddName)), { minLength: 1, maxLength: 3 }))
    .map(([event, changes]) => {
      const whole = structuredClone(event)
      for (const [which, how, value, name] of changes) {
        const objects = objectsIn(whole)
        const object = objects[which % objects.length] as Record<string, unknown>
        const names = Object.keys(object)
        const field = name ?? names[which % names.length] ?? 'x'
        if (how === 0) delete object[field]
        else Object.defineProperty(object, field, { value, enumerable: true, configurable: true, writable: true })
      }
      return whole
    })

const objectsIn = (value: unknown): object[] =>
  typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(objectsIn)] : []

describe('a usual event', () => {
  it('of each type that comes by the million is read without its schema', () => {
    for (const type of usualTypes) {
      const { items, fxRate, ...data } = example(type).data as Record<string, unknown>
      const input = { ...example(type), data: { ...data, ...(data.contentId ? { contentId: 'post-7' } : {}) } }
      expect(usualEvent(input)).toStrictEqual({
        ...{ id: input.id, source: input.source, type, time: Date.parse('2026-03-01T12:00:00Z') },
        data: input.data,
      })
    }
  })

  it('is what its schema says, whichever of its fields are left out', () => {
    for (const type of usualTypes) {
      const { data } = example(type)
      const names = Object.keys(data)
      for (let those = 0; those < 2 ** names.length; those++) {
        const some = names.filter((_, at) => those & (1 << at)).map((name) => [name, data[name as keyof typeof data]])
        agree({ ...example(type), data: Object.fromEntries(some) }, exampleNow)
      }
    }
  })

  it('is what its schema says, whatever its fields hold', () => {
    let sure = 0
    fc.assert(
      fc.property(usualInput, (input) => {
        agree(input)
        if (usualEvent(input)) sure++
      }),
      { numRuns: 5_000 },
    )
    expect(sure).toBeGreaterThan(100)
  })

  it('is what its schema says, and so is what is nearly one', () => {
    fc.assert(
      fc.property(spoilt(usualInput), (input) => agree(input)),
      { numRuns: 10_000 },
    )
  })

  it('leaves all that is arbitrary to the schemas, or says the same', () => {
    fc.assert(
      fc.property(cloudEvent(), ({ input }) => agree(input)),
      { numRuns: 2_000 },
    )
    fc.assert(
      fc.property(spoilt(cloudEvent().map(({ input }) => input)), (input) => agree(input)),
      { numRuns: 5_000 },
    )
  })

  const folder = new URL('../../golden/', import.meta.url)
  it.each(readdirSync(folder))('is read as the golden file %s is', (file) => {
    agree(toCloudEvent(decodeEvent(JSON.parse(readFileSync(new URL(file, folder), 'utf8')).stored)), exampleNow)
  })
})
