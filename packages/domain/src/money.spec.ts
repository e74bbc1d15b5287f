import fc from 'fast-check'
import { isRight, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { currencyDigits } from './currency.generated.ts'
import { currencyProblem, digitsOf } from './currency.ts'
import { canonicalAmount, formatMinor, toMinor } from './money.ts'

const currency = fc.constantFrom(...Object.keys(currencyDigits))

describe('digits of a currency', () => {
  it.each<[string, number | undefined]>([
    ['EUR', 2],
    ['USD', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['CLF', 4],
    ['XOF', 0],
    ['XCG', 2],
    ['eur', undefined],
    ['XXX', undefined],
    ['XTS', undefined],
    ['XAU', undefined],
    ['XDR', undefined],
    ['ABC', undefined],
    ['', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
  ])('%s: %s', (code, digits) => {
    expect(digitsOf(code)).toBe(digits)
  })

  it('never exceeds what the tables can hold', () => {
    expect(Math.max(...Object.values(currencyDigits))).toBe(4)
  })

  it.each([
    ['EUR', undefined],
    ['eur', '"eur" is not an ISO 4217 currency code; did you mean EUR?'],
    ['EUR ', '"EUR " is not an ISO 4217 currency code; did you mean EUR?'],
    ['€', '"€" is not a currency code of ISO 4217; write one such as EUR'],
  ])('%s: %s', (code, problem) => {
    expect(currencyProblem(code)).toBe(problem)
  })
})

describe('an amount in canonical form', () => {
  it.each<[string, string, string]>([
    ['49.99', 'EUR', '49.99'],
    ['49.9', 'EUR', '49.90'],
    ['49', 'EUR', '49.00'],
    ['0', 'EUR', '0.00'],
    ['000.5', 'EUR', '0.50'],
    ['007', 'JPY', '7'],
    ['1.5', 'KWD', '1.500'],
    ['000999999999999.99', 'EUR', '999999999999.99'],
  ])('%s %s is %s', (value, code, canonical) => {
    expect(canonicalAmount(value, code)).toStrictEqual(right(canonical))
  })

  it('names a currency that is none', () => {
    expect(canonicalAmount('1', 'usd')).toStrictEqual(left('"usd" is not an ISO 4217 currency code; did you mean USD?'))
  })

  it('is the form of every amount in the smallest unit, and stays as it is', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n - 1n }), currency, (minor, code) => {
        const text = formatMinor(minor, code)
        expect(canonicalAmount(text, code)).toStrictEqual(right(text))
      }),
    )
  })

  it('has the value that was written, whatever text it is given', () => {
    const text = fc.stringMatching(/^[0-9]{1,14}(\.[0-9]{1,4})?$/)
    const inUnits = (value: string) => {
      const [whole, fraction = ''] = value.split('.')
      return BigInt(whole + fraction.padEnd(4, '0'))
    }
    fc.assert(
      fc.property(text, currency, (value, code) => {
        const result = canonicalAmount(value, code)
        const fits = (value.split('.')[1] ?? '').length <= (digitsOf(code) ?? 0) && inUnits(value) < 10n ** 16n
        expect(isRight(result)).toBe(fits)
        if (isRight(result)) expect(inUnits(result.right)).toBe(inUnits(value))
      }),
    )
  })
})

describe('the smallest unit', () => {
  it.each<[string, string, bigint]>([
    ['49.90', 'EUR', 4990n],
    ['0.05', 'EUR', 5n],
    ['-0.05', 'EUR', -5n],
    ['-12.00', 'EUR', -1200n],
    ['0.00', 'EUR', 0n],
    ['500', 'JPY', 500n],
    ['-500', 'JPY', -500n],
    ['1.005', 'KWD', 1005n],
  ])('%s %s is %s', (value, code, minor) => {
    expect(toMinor({ value, currency: code })).toBe(minor)
    expect(formatMinor(minor, code)).toBe(value)
  })

  it('is read from shorter forms too', () => {
    expect(toMinor({ value: '5', currency: 'EUR' })).toBe(500n)
  })

  it('comes back from its text, however large and on either side of zero', () => {
    fc.assert(
      fc.property(fc.bigInt(), currency, (minor, code) => {
        expect(toMinor({ value: formatMinor(minor, code), currency: code })).toBe(minor)
      }),
    )
  })

  it('is not made of what is no amount', () => {
    expect(() => toMinor({ value: '1.234', currency: 'EUR' })).toThrow(new RangeError('"1.234" is no amount of EUR.'))
    expect(() => toMinor({ value: '1e3', currency: 'EUR' })).toThrow(new RangeError('"1e3" is no amount of EUR.'))
    const unknown = new RangeError('"ZZZ" is not a currency code of ISO 4217; write one such as EUR.')
    expect(() => toMinor({ value: '1', currency: 'ZZZ' })).toThrow(unknown)
    expect(() => formatMinor(1n, 'ZZZ')).toThrow(unknown)
  })
})
