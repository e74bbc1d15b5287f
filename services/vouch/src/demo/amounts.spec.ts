import { formatMinor } from '@vouch/domain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exact, readable } from './amounts.ts'

describe('exact', () => {
  it.each([
    ['49.9', 'EUR', '49.90'],
    ['49.9000', 'EUR', '49.90'],
    ['100', 'EUR', '100.00'],
    ['0.0000', 'EUR', '0.00'],
    ['-3.5', 'EUR', '-3.50'],
    ['9512', 'JPY', '9512'],
    ['9500.0000', 'JPY', '9500'],
    ['1.5', 'KWD', '1.500'],
  ])('%s %s', (decimal, currency, text) => {
    expect(exact(decimal, currency)).toBe(text)
  })

  it('refuses to round', () => {
    expect(() => exact('1.005', 'EUR')).toThrow(new RangeError('"1.005" is no amount of EUR.'))
  })
})

describe('readable', () => {
  it.each([
    ['0', '0'],
    ['999.99', '999.99'],
    ['1000', '1,000'],
    ['-1234567.1234', '-1,234,567.1234'],
  ])('%s', (amount, text) => {
    expect(readable(amount)).toBe(text)
  })

  it('adds commas and nothing else', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.constantFrom('EUR', 'JPY', 'KWD'), (minor, currency) => {
        const amount = formatMinor(minor, currency)
        expect(readable(amount).replaceAll(',', '')).toBe(amount)
      }),
    )
  })
})
