import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareRatio, parseRatio, type Ratio, roundHalfAway, times } from './decimal.ts'

describe('a decimal as a fraction', () => {
  it.each<[string, Ratio]>([
    ['10', { num: 10n, den: 1n }],
    ['0', { num: 0n, den: 1n }],
    ['0.045', { num: 45n, den: 1000n }],
    ['12.50', { num: 1250n, den: 100n }],
    ['007.1', { num: 71n, den: 10n }],
    ['99999999999999999999.5', { num: 999999999999999999995n, den: 10n }],
  ])('%s', (text, ratio) => {
    expect(parseRatio(text)).toStrictEqual(ratio)
  })

  it.each(['', ' ', '1.', '.5', '-1', '+1', '1,5', '1e3', '1.2.3', ' 1', '1 ', '0x10', '١'])('%j is none', (text) => {
    expect(parseRatio(text)).toBe(undefined)
  })
})

describe('rounding', () => {
  it.each<[bigint, bigint, bigint]>([
    [0n, 3n, 0n],
    [1n, 2n, 1n],
    [-1n, 2n, -1n],
    [3n, 2n, 2n],
    [-3n, 2n, -2n],
    [1n, 3n, 0n],
    [-1n, 3n, 0n],
    [2n, 3n, 1n],
    [-2n, 3n, -1n],
    [49n, 100n, 0n],
    [50n, 100n, 1n],
    [-49n, 100n, 0n],
    [-50n, 100n, -1n],
    [7n, 1n, 7n],
    [10n ** 40n + 5n, 10n, 10n ** 39n + 1n],
  ])('%s/%s is %s: to the nearest, halves away from zero', (num, den, rounded) => {
    expect(roundHalfAway({ num, den })).toBe(rounded)
  })

  const num = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
  const den = fc.bigInt({ min: 1n, max: 10n ** 6n })

  it('is never more than a half off, and a half only away from zero', () => {
    fc.assert(
      fc.property(num, den, (n, d) => {
        const off = 2n * (roundHalfAway({ num: n, den: d }) * d - n)
        const away = n < 0n ? -off : off
        return away > -d && away <= d
      }),
    )
  })

  it('is the same on both sides of zero', () => {
    fc.assert(
      fc.property(num, den, (n, d) => roundHalfAway({ num: -n, den: d }) === -roundHalfAway({ num: n, den: d })),
    )
  })
})

describe('fractions', () => {
  it.each<[Ratio, Ratio, number]>([
    [{ num: 1n, den: 3n }, { num: 2n, den: 6n }, 0],
    [{ num: 1n, den: 3n }, { num: 333n, den: 1000n }, 1],
    [{ num: 1n, den: 3n }, { num: 334n, den: 1000n }, -1],
    [{ num: -1n, den: 2n }, { num: 0n, den: 9n }, -1],
    [{ num: -1n, den: 2n }, { num: -1n, den: 3n }, -1],
  ])('%o and %o compare as %s', (a, b, order) => {
    expect(compareRatio(a, b)).toBe(order)
    expect(compareRatio(b, a)).toBe(order === 0 ? 0 : -order)
  })

  it('multiply exactly', () => {
    expect(times({ num: 2n, den: 3n }, { num: 5n, den: 7n })).toStrictEqual({ num: 10n, den: 21n })
  })
})
