import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digitsOf } from '../currency.ts'
import { toMinor } from '../money.ts'
import { exchanged, exchangeTotals } from './exchange.ts'

const at = (from: string, to: string, rate: string) => ({ from, to, rate })

describe('an exchange', () => {
  it.each([
    ['10.00', 'USD', 'EUR', '0.9213', '9.21'],
    ['0.01', 'USD', 'EUR', '0.5', '0.01'],
    ['-0.01', 'USD', 'EUR', '0.5', '-0.01'],
    ['0.01', 'USD', 'EUR', '0.4999999999', '0.00'],
    ['1.00', 'USD', 'JPY', '151.5', '152'],
    ['-1.00', 'USD', 'JPY', '151.5', '-152'],
    ['1.00', 'USD', 'JPY', '151.4999999999', '151'],
    ['1000', 'JPY', 'EUR', '0.0061', '6.10'],
    ['1', 'JPY', 'KWD', '0.0020', '0.002'],
    ['1.005', 'KWD', 'EUR', '3', '3.02'],
    ['1.0001', 'CLF', 'JPY', '5800', '5801'],
    ['100', 'JPY', 'CLF', '0.00017', '0.0170'],
    ['0.0001', 'CLF', 'KWD', '12.3456', '0.001'],
    ['3.14', 'EUR', 'CLF', '0.0257', '0.0807'],
    ['999999999999.99', 'USD', 'EUR', '1.0000000001', '1000000000099.99'],
  ])('of %s %s to %s at %s comes to %s', (value, from, to, rate, result) => {
    const minor = exchanged(toMinor({ value, currency: from }), at(from, to, rate))
    expect(minor).toBe(toMinor({ value: result, currency: to }))
  })

  it.each([at('USD', 'EUR', 'x'), at('USD', 'EUR', '-1'), at('usd', 'EUR', '1'), at('USD', 'XAU', '1')])(
    'is none: %o',
    (exchange) => {
      expect(() => exchanged(1n, exchange)).toThrow(RangeError)
    },
  )

  const currency = fc.constantFrom('JPY', 'EUR', 'USD', 'KWD', 'CLF')
  const exchange = fc.record({
    from: currency,
    to: currency,
    rate: fc.stringMatching(/^[1-9][0-9]{0,7}(\.[0-9]{1,10})?$|^0\.[0-9]{0,9}[1-9]$/),
  })
  const amount = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n })

  it('is off by half a minor unit at most, the same on both sides of zero', () => {
    fc.assert(
      fc.property(exchange, amount, ({ from, to, rate }, minor) => {
        const result = exchanged(minor, at(from, to, rate))
        const [whole = '', fraction = ''] = rate.split('.')
        // Both sides in units of 10^-(10 + 4 + 4), with no fraction left: amount times rate, and what it was said to come to.
        const exact =
          minor * 10n ** BigInt(4 - (digitsOf(from) ?? 9)) * BigInt(whole + fraction.padEnd(10, '0')) * 10n ** 4n
        const unit = 10n ** BigInt(18 - (digitsOf(to) ?? 9))
        const off = 2n * (result * unit - exact)
        const away = minor < 0n ? -off : off
        expect(away > -unit && away <= unit).toBe(true)
        expect(exchanged(-minor, at(from, to, rate))).toBe(-result)
      }),
    )
  })
})

describe('the totals of an exchange', () => {
  const eur = at('USD', 'EUR', '0.5')
  const line = (fromMinor: bigint) => ({ fromMinor, toMinor: exchanged(fromMinor, eur) })

  it('show what rounding line by line has added', () => {
    expect(exchangeTotals(eur, [line(1n), line(1n), line(1n)])).toStrictEqual({
      fromMinor: 3n,
      toMinor: 3n,
      atRateMinor: 2n,
      differenceMinor: 1n,
    })
  })

  it('show what it has taken away, and nothing where it cancels out', () => {
    const low = at('USD', 'EUR', '0.4')
    const own = (fromMinor: bigint) => ({ fromMinor, toMinor: exchanged(fromMinor, low) })
    expect(exchangeTotals(low, [own(1n), own(1n)]).differenceMinor).toBe(-1n)
    expect(exchangeTotals(eur, [line(1n), line(-1n)]).differenceMinor).toBe(0n)
    expect(exchangeTotals(eur, [])).toStrictEqual({ fromMinor: 0n, toMinor: 0n, atRateMinor: 0n, differenceMinor: 0n })
  })
})
