import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRatio } from './decimal.ts'
import { canonicalRate } from './rate.ts'

const digits = { before: 3, after: 4 }

describe('a rate', () => {
  it.each([
    ['1', '1'],
    ['010', '10'],
    ['0.9213', '0.9213'],
    ['00.9200', '0.92'],
    ['1.0000', '1'],
    ['0.0001', '0.0001'],
    ['999.9999', '999.9999'],
  ])('%s is %s', (text, rate) => {
    expect(canonicalRate(text, digits)).toBe(rate)
  })

  it.each(['', '0', '0.0000', '000', '-1', '+1', '1.', '.5', '1,5', '1e2', ' 1', '1000', '1.00001', '١', 'NaN'])(
    '%j is none',
    (text) => {
      expect(canonicalRate(text, digits)).toBe(undefined)
    },
  )

  it('is worth what was written, and is its own canonical form', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{1,3}(\.[0-9]{1,4})?$/), (text) => {
        const rate = canonicalRate(text, digits)
        const written = parseRatio(text)
        expect(rate === undefined).toBe(written?.num === 0n)
        if (rate === undefined) return
        const ratio = parseRatio(rate)
        expect((ratio?.num ?? 0n) * (written?.den ?? 0n)).toBe((written?.num ?? 1n) * (ratio?.den ?? 1n))
        expect(canonicalRate(rate, digits)).toBe(rate)
      }),
    )
  })
})
