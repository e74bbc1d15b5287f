import { left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { inQuotes, least, plainDecimal, published, type Refusal, rule, unknown } from './schema.examples.ts'

describe('a rule is refused', () => {
  const tiers = (steps: unknown[], more: Record<string, unknown> = {}) => ({
    amount: { tiers: { by: 'conversions', steps, ...more } },
  })
  const cap = (limits: Record<string, unknown>) => ({ caps: { perAdvocate: limits } })
  const tooFine = '"5.001" has 3 digits after the point, EUR has 2'

  it.each<Refusal>([
    ['with an unknown key', { whn: {} }, 'whn', unknown],
    [
      'with a name of two words',
      { ruleId: 'a b' },
      'ruleId',
      'use up to 100 letters, digits, dots, dashes and underscores',
    ],
    [
      'with an unknown trigger',
      { trigger: 'purchase' },
      'trigger',
      'is the text "purchase"; write one of click, share, signup, conversion',
    ],
    [
      'with an unknown role',
      { to: 'referrer' },
      'to',
      'is the text "referrer"; write one of advocate, referee, upline (did you mean referee?)',
    ],
    ['without an amount', { amount: {} }, 'amount', 'an amount is one of percent, fixed or tiers'],
    [
      'with two amounts',
      { amount: { percent: '10', fixed: '5.00' } },
      'amount',
      'an amount is one of percent, fixed or tiers',
    ],
    ['with an unknown amount', { amount: { percent: '10', max: '1' } }, 'amount.max', unknown],
    ['with a number for a percentage', { amount: { percent: 10 } }, 'amount.percent', inQuotes],
    ['with a percent sign', { amount: { percent: '10%' } }, 'amount.percent', plainDecimal],
    ['with a percentage below zero', { amount: { percent: '-10' } }, 'amount.percent', plainDecimal],
    ['with a number for money', { amount: { fixed: 5 } }, 'amount.fixed', inQuotes],
    ['with a comma', { amount: { fixed: '5,00' } }, 'amount.fixed', plainDecimal],
    ['with more digits than the currency has', { amount: { fixed: '5.001' } }, 'amount.fixed', tooFine],
    ['without steps', tiers([]), 'amount.tiers.steps', 'needs at least one step'],
    [
      'with steps that begin above zero',
      tiers([{ from: 1, percent: '5' }]),
      'amount.tiers.steps',
      'the first step must be from: 0',
    ],
    [
      'with steps in the wrong order',
      tiers([
        { from: 0, percent: '5' },
        { from: 9, percent: '6' },
        { from: 3, percent: '7' },
      ]),
      'amount.tiers.steps',
      'steps must rise by from',
    ],
    [
      'with a step twice',
      tiers([
        { from: 0, percent: '5' },
        { from: 3, percent: '6' },
        { from: 3, percent: '7' },
      ]),
      'amount.tiers.steps',
      'steps must rise by from',
    ],
    [
      'with a step of two amounts',
      tiers([{ from: 0, percent: '5', fixed: '5.00' }]),
      'amount.tiers.steps[0]',
      'a step has either percent or fixed',
    ],
    ['with a step of no amount', tiers([{ from: 0 }]), 'amount.tiers.steps[0]', 'a step has either percent or fixed'],
    [
      'with a step after half a conversion',
      tiers([{ from: 0.5, percent: '5' }]),
      'amount.tiers.steps[0].from',
      'must be a whole number',
    ],
    ['with a step of too many digits', tiers([{ from: 0, fixed: '5.001' }]), 'amount.tiers.steps[0].fixed', tooFine],
    [
      'with tiers by something else',
      tiers([{ from: 0, percent: '5' }], { by: 'revenue' }),
      'amount.tiers.by',
      'tiers go by conversions',
    ],
    [
      'with tiers per year',
      tiers([{ from: 0, percent: '5' }], { per: 'year' }),
      'amount.tiers.per',
      'a tier counts per month, or for ever when per is left out',
    ],
    [
      'with an unknown key in its tiers',
      tiers([{ from: 0, percent: '5' }], { reset: true }),
      'amount.tiers.reset',
      unknown,
    ],
    ['with an unknown condition', { when: { minimum: '1.00' } }, 'when.minimum', unknown],
    ['with a number for its least amount', { when: { minAmount: 20 } }, 'when.minAmount', inQuotes],
    ['with a least amount of too many digits', { when: { minAmount: '5.001' } }, 'when.minAmount', tooFine],
    [
      'for another kind of customer',
      { when: { customer: 'old' } },
      'when.customer',
      'the only condition on the customer is "new"',
    ],
    [
      'for a country by name',
      { when: { countries: ['DE', 'France'] } },
      'when.countries[1]',
      '"France" is not a country code; write the two letters of ISO 3166, such as DE',
    ],
    [
      'for a country that is no list',
      { when: { countries: 'DE' } },
      'when.countries',
      'is the text "DE"; write a list',
    ],
    ['for no country', { when: { countries: [] } }, 'when.countries', 'is a list; write a list of at least 1'],
    [
      'for an unknown kind',
      { when: { kinds: ['sale'] } },
      'when.kinds[0]',
      'is the text "sale"; write one of purchase, subscription, renewal, lead',
    ],
    [
      'for a category without a name',
      { when: { categories: [''] } },
      'when.categories[0]',
      'is the text ""; write text of at least 1 characters',
    ],
    ['with an unknown scope of a cap', { caps: { perUser: { amount: '5.00' } } }, 'caps.perUser', unknown],
    ['with an unknown limit', cap({ count: 5 }), 'caps.perAdvocate.count', unknown],
    ['with a cap of nothing', cap({ per: 'month' }), 'caps.perAdvocate', 'a cap limits amount, conversions or both'],
    ['with a number for a cap', cap({ amount: 5 }), 'caps.perAdvocate.amount', inQuotes],
    ['with a cap of too many digits', cap({ amount: '5.001' }), 'caps.perAdvocate.amount', tooFine],
    [
      'with a cap per day',
      cap({ amount: '5.00', per: 'day' }),
      'caps.perAdvocate.per',
      'a cap holds per month, or for ever when per is left out',
    ],
    ['with half a conversion', cap({ conversions: 1.5 }), 'caps.perAdvocate.conversions', 'must be a whole number'],
    ['with conversions below zero', cap({ conversions: -1 }), 'caps.perAdvocate.conversions', 'must not be below 0'],
  ])('%s', (_, changes, field, reason) => {
    expect(published({ ...least, rewards: [{ ...rule, ...changes }] })).toStrictEqual(
      left({ field: `data.rewards[0].${field}`, reason }),
    )
  })

  it.each([
    ['JPY', '5', true],
    ['JPY', '5.0', false],
    ['KWD', '5.005', true],
    ['KWD', '5.0005', false],
  ])('in %s with %s: taken is %s', (currency, fixed, taken) => {
    const result = published({ ...least, currency, rewards: [{ ...rule, amount: { fixed } }] })
    expect(result._tag).toBe(taken ? 'Right' : 'Left')
  })
})
