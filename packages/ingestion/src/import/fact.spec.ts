import { canonicalJson } from '@vouch/domain'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { factCodec } from './fact.ts'

/** Text without control characters, as ids are; and inputs, which may hold anything that is Unicode. */
const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !/\p{Cc}/u.test(text))
const input = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '\t', 'a\tb\tc', 'a\nb', '"a\r\nb"\tc', '\t\n\t', '-', '=', 'j"', '\u2028', '\u0000'),
)
const json = fc
  .dictionary(
    fc.oneof(id, fc.constant('\t')),
    fc.oneof(fc.jsonValue({ maxDepth: 2, stringUnit: 'grapheme' }), fc.constant('\t\n')),
    { noNullPrototype: true },
  )
  .map(canonicalJson)
const plain = <T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(shape, { noNullPrototype: true })
const ms = fc.integer({ min: 0, max: 2 ** 43 })

it('a fact comes out of its line as it went in', () => {
  const texts = { identity: id, contentHash: id, type: id, programId: id, source: id, id, data: json }
  const event = plain({ ...texts, time: ms, extensions: fc.option(json, { nil: undefined }) })
  const place = { key: ms, seq: fc.nat(), file: fc.nat(), line: fc.nat() }
  const fact = plain({ ...place, input: fc.option(input, { nil: undefined }), event })
  fc.assert(
    fc.property(fact, (fact) => {
      const line = factCodec.encode(fact)
      expect(line).not.toContain('\n')
      expect(factCodec.decode(line)).toStrictEqual(fact)
    }),
    { numRuns: 1_000 },
  )
})
