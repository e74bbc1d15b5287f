import { describe, it } from 'vitest'
import { given } from './given.ts'
import { click, conversion, program, refund, rule, type Terms } from './story.ts'

const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const o = (amount: string, fxRate?: string) =>
  conversion('o', amount, { at: '01-10', visitorId: 'v', ...(fxRate === undefined ? {} : { fxRate }) })
const inCurrency = (currency: string, amount: Record<string, unknown> = { percent: '10' }, more: Terms = {}) =>
  program({ currency, rewards: [rule('x', { amount })], ...more })

describe('a conversion in another currency', () => {
  it.each<[string, string, string, string, string[]]>([
    ['from dollars', 'EUR', '100.00 USD', '0.923456', ['x anna o 9.23 EUR']],
    ['with a half cent, away from zero', 'EUR', '10.00 USD', '0.9250', ['x anna o 0.93 EUR']],
    ['from yen, which have no cents', 'EUR', '1234 JPY', '0.0061', ['x anna o 0.75 EUR']],
    ['from dinars, which have three digits', 'EUR', '10.005 KWD', '2.9875', ['x anna o 2.99 EUR']],
    ['into yen', 'JPY', '10.00 EUR', '163.5', ['x anna o 164 JPY']],
    ['into dinars', 'KWD', '10.00 EUR', '0.3347', ['x anna o 0.335 KWD']],
    ['from yen into dinars', 'KWD', '100000 JPY', '0.00205', ['x anna o 20.500 KWD']],
  ])('is paid in the program’s: %s', (_, currency, amount, fxRate, rewards) => {
    given(inCurrency(currency), k, o(amount, fxRate)).stands({ rewards, unpaid: [] })
  })

  it('is attributed and counted in its own', () => {
    given(inCurrency('EUR'), k).when(o('1000 JPY', '0.0061')).thenIn('conversions', { amount: '1000', currency: 'JPY' })
    given(inCurrency('EUR'), k)
      .when(o('1000 JPY', '0.0061'))
      .thenIn('attributions', ...Array.from({ length: 5 }, () => ({ amount: '1000', currency: 'JPY' })))
  })

  it.each<[string, Record<string, unknown>]>([
    ['no percentage', { percent: '10' }],
    ['no fixed amount', { fixed: '5.00' }],
    ['no tier', { tiers: { by: 'conversions', steps: [{ from: 0, percent: '10' }] } }],
  ])('without a rate pays nothing at all: %s', (_, amount) => {
    given(inCurrency('EUR', amount), k, o('100.00 USD')).stands({ rewards: [], unpaid: ['x o: no-fx-rate'] })
  })

  it.each<[string, string, string, string[], string[]]>([
    ['just below it', '99999999999.99 USD', '1', ['x anna o 10000000000.00 EUR'], []],
    ['at it', '100000000000.00 USD', '1', [], ['x o: amount-too-large']],
    ['by its rate', '999999999999.99 USD', '999999999999', [], ['x o: amount-too-large']],
  ])('pays nothing beyond what the tables could hold: %s', (_, amount, fxRate, rewards, unpaid) => {
    given(inCurrency('EUR'), k, o(amount, fxRate)).stands({ rewards, unpaid })
  })

  it('without a rate pays no referee either', () => {
    const rewards = [rule('x', { to: 'referee', amount: { fixed: '5.00' } })]
    given(
      program({ rewards }),
      k,
      conversion('o', '1.00 USD', { at: '01-10', visitorId: 'v', customerId: 'c' }),
    ).stands({
      unpaid: ['x o: no-fx-rate'],
    })
  })

  it('in the program’s own currency looks at no rate', () => {
    given(inCurrency('EUR'), k, o('100.00 EUR', '3')).stands({ rewards: ['x anna o 10.00 EUR'] })
  })

  it('is refunded in its own currency, and paid on what is left', () => {
    given(inCurrency('EUR'), k, o('100.00 USD', '0.5'))
      .when(refund('r', 'o', '40.00 USD', { at: '01-20' }))
      .thenIn('rewards', { amount: '-2.00', currency: 'EUR', entry: 'reversed' })
  })

  it('rounds once: credited share, percentage and rate together', () => {
    // A third of 1.00 USD is 0.34; 15 percent of 0.34 at 0.9 are 0.0459: 0.05. Rounded twice it would be 0.05 by 0.9, 0.04.
    const story = inCurrency('EUR', { percent: '15' }, { attribution: { rewardBy: 'linear' } })
    const more = [click('v', 'BERT', { at: '01-06', id: 'b' }), click('v', 'CARL', { at: '01-07', id: 'c' })]
    given(story, k, ...more, o('1.00 USD', '0.9')).stands({
      rewards: ['x anna o 0.05 EUR', 'x bert o 0.04 EUR', 'x carl o 0.04 EUR'],
    })
  })

  it('counts against a cap in the program’s currency', () => {
    const rewards = [rule('x', { caps: { perProgram: { amount: '3.00' } } })]
    given(program({ rewards }), k, o('100.00 USD', '0.5')).stands({ rewards: ['x anna o 3.00 EUR'] })
  })

  it('stands beside the others, each currency by itself', () => {
    const p = conversion('p', '7 JPY', { at: '01-11', visitorId: 'v', fxRate: '1' })
    given(inCurrency('EUR'), k, o('1.00 EUR'), p).stands({
      net: ['o 1.00 EUR', 'p 7 JPY'],
      rewards: ['x anna o 0.10 EUR', 'x anna p 0.70 EUR'],
    })
  })
})
