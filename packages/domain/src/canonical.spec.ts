import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical.ts'

describe('canonical JSON', () => {
  it.each<[unknown, string]>([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ 10: 'a', 9: 'b' }, '{"10":"a","9":"b"}'],
    [{ '\u{1f600}': 1, '\ufb33': 2 }, '{"\u{1f600}":1,"\ufb33":2}'],
    [{ a: undefined, b: { c: undefined } }, '{"b":{}}'],
    [-0, '0'],
    [1e21, '1e+21'],
    [0.1, '0.1'],
    ['"\\\u0000\n\u007f€', '"\\"\\\\\\u0000\\n\u007f€"'],
    ['\ud800', '"\\ud800"'],
    [{ toJSON: 'kept' }, '{"toJSON":"kept"}'],
    [JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    [[], '[]'],
    [{}, '{}'],
  ])('%j', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  it.each<[unknown, string]>([
    [undefined, 'JSON cannot hold undefined (undefined).'],
    [[undefined], 'JSON cannot hold undefined (undefined).'],
    [Number.NaN, 'JSON cannot hold NaN (number).'],
    [[Number.POSITIVE_INFINITY], 'JSON cannot hold Infinity (number).'],
    [{ a: 1n }, 'JSON cannot hold 1 (bigint).'],
    [Symbol('s'), 'JSON cannot hold Symbol(s) (symbol).'],
  ])('%s is not JSON', (value, message) => {
    expect(() => canonicalJson(value)).toThrow(new TypeError(message))
  })

  it('says the same as the value: reading it gives the value back', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const plain = JSON.parse(JSON.stringify(value))
        expect(JSON.parse(canonicalJson(value))).toStrictEqual(plain)
      }),
    )
  })

  it('is the same for the same value, however it was written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        const rewritten = JSON.parse(JSON.stringify(shuffled(value), null, 2))
        expect(canonicalJson(rewritten)).toBe(canonicalJson(value))
      }),
    )
  })

  it('has the keys of an object in order, few or many', () => {
    const keys = fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 3 }), { maxLength: 40 })
    fc.assert(
      fc.property(keys, (names) => {
        const entries = names.toSorted().map((name) => `${JSON.stringify(name)}:1`)
        const record = Object.fromEntries(names.map((name) => [name, 1]))
        expect(canonicalJson(record)).toBe(`{${entries.join(',')}}`)
      }),
    )
  })

  const shuffled = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(shuffled)
    const entries = Object.entries(value).map(([key, inner]) => [key, shuffled(inner)] as const)
    return Object.fromEntries(entries.reverse())
  }
})
