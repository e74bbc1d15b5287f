import { left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { exampleData } from '../events/events.examples.ts'
import { asDuration, least, published, type Refusal, rule, unknown, withOffset } from './schema.examples.ts'

const parsedAs = (data: unknown) => {
  const result = published(data)
  return result._tag === 'Right' ? result.right.data : result.left
}

describe('terms', () => {
  it('may be those of the contract’s example, and stay as they are', () => {
    const example = { ...exampleData['vouch.program.published.v1'], effectiveFrom: '2026-01-01T00:00:00Z' }
    expect(parsedAs(example)).toStrictEqual({ ...example, effectiveFrom: '2026-01-01T00:00:00.000Z' })
  })

  it('are filled in with the values of the contract’s example where they say nothing', () => {
    expect(parsedAs(least)).toStrictEqual({
      ...least,
      effectiveFrom: '2026-01-01T00:00:00.000Z',
      attribution: {
        rewardBy: 'last-touch',
        lookback: { click: '30d', signup: '365d' },
        touchReuse: 'all',
        selfReferral: 'exclude',
        positionBased: { first: 0.4, last: 0.4 },
        timeDecay: { halfLife: '7d' },
        horizon: '90d',
      },
      holdDays: 30,
      rewards: [],
    })
  })

  it('are filled in inside too', () => {
    expect(parsedAs({ ...least, attribution: { rewardBy: 'linear', lookback: { click: '7d' } } })).toMatchObject({
      attribution: { rewardBy: 'linear', lookback: { click: '7d', signup: '365d' }, horizon: '90d' },
    })
  })

  it('are not filled in where a rule says nothing: there is no condition and no cap', () => {
    expect(parsedAs({ ...least, rewards: [rule] })).toMatchObject({ rewards: [rule] })
  })

  it('keep unknown fields beside them', () => {
    expect(parsedAs({ ...least, note: 'for Anna' })).toMatchObject({ note: 'for Anna' })
  })

  it.each<[string, string]>([
    ['2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01T00:00:00.1239Z', '2026-01-01T00:00:00.123Z'],
  ])('take effect at %s', (effectiveFrom, utc) => {
    expect(parsedAs({ ...least, effectiveFrom })).toMatchObject({ effectiveFrom: utc })
  })

  it.each<[string, Record<string, unknown>]>([
    ['every limit of a cap', { caps: { perAdvocate: { amount: '5', conversions: 0, per: 'month' } } }],
    ['fewer digits than the currency has', { amount: { fixed: '5.5' } }],
    ['percentages with many digits', { amount: { percent: '0.00012345' } }],
    [
      'tiers of fixed amounts and percentages',
      {
        amount: {
          tiers: {
            by: 'conversions',
            steps: [
              { from: 0, fixed: '1.00' },
              { from: 3, percent: '8' },
            ],
          },
        },
      },
    ],
    ['a least amount of zero', { when: { minAmount: '0' } }],
  ])('may have %s', (_, changes) => {
    expect(parsedAs({ ...least, rewards: [{ ...rule, ...changes }] })).toMatchObject({
      rewards: [{ ...rule, ...changes }],
    })
  })

  it('write countries in capitals', () => {
    expect(parsedAs({ ...least, rewards: [{ ...rule, when: { countries: ['de', 'Fr'] } }] })).toMatchObject({
      rewards: [{ when: { countries: ['DE', 'FR'] } }],
    })
  })

  it.each([0, 1, 0.4, 0.123456789])('may give a position %s', (first) => {
    const positionBased = { first, last: 0 }
    expect(parsedAs({ ...least, attribution: { positionBased } })).toMatchObject({ attribution: { positionBased } })
  })
})

describe('terms are refused', () => {
  it.each<Refusal>([
    ['without a currency', { currency: undefined }, 'currency', 'is missing; write text'],
    ['in small letters', { currency: 'eur' }, 'currency', 'must be an ISO 4217 code in capitals, e.g. "EUR"'],
    ['in no currency', { currency: 'ABC' }, 'currency', 'must be an ISO 4217 code in capitals, e.g. "EUR"'],
    ['without a program', { programId: undefined }, 'programId', 'is missing; write text'],
    [
      'with a blank before the program',
      { programId: ' a' },
      'programId',
      '" a" begins or ends with a blank; write "a"',
    ],
    ['without a beginning', { effectiveFrom: undefined }, 'effectiveFrom', withOffset],
    ['from a day', { effectiveFrom: '2026-01-01' }, 'effectiveFrom', withOffset],
    ['from a local time', { effectiveFrom: '2026-01-01T00:00:00' }, 'effectiveFrom', withOffset],
    ['from a day that does not exist', { effectiveFrom: '2026-02-30T00:00:00Z' }, 'effectiveFrom', withOffset],
    ['from before 1970', { effectiveFrom: '1969-12-31T23:59:59Z' }, 'effectiveFrom', 'must lie between 1970 and 2149'],
    [
      'from too far ahead',
      { effectiveFrom: '2149-01-01T00:00:00Z' },
      'effectiveFrom',
      'must lie between 1970 and 2149',
    ],
    ['with half a day of hold', { holdDays: 1.5 }, 'holdDays', 'must be a whole number of days'],
    ['with a hold into the past', { holdDays: -1 }, 'holdDays', 'must not be below 0'],
    ['with a hold as text', { holdDays: '30' }, 'holdDays', 'is the text "30"; write a number'],
    [
      'with a hold of more than ten years',
      { holdDays: 3651 },
      'holdDays',
      'is the number 3651; write a number of at most 3650',
    ],
    ['without a list of rewards', { rewards: {} }, 'rewards', 'is an object; write a list'],
    [
      'with too many rewards',
      { rewards: Array.from({ length: 101 }, (_, index) => ({ ...rule, ruleId: `r${index}` })) },
      'rewards',
      'is a list of more than 100; write a list of at most 100',
    ],
    [
      'with a rule twice',
      { rewards: [rule, { ...rule, ruleId: 'y' }, rule] },
      'rewards[2].ruleId',
      'rule "x" is there twice',
    ],
    [
      'with nothing for attribution',
      { attribution: null },
      'attribution',
      'is null; write an object, or leave it out if it is optional',
    ],
  ])('%s', (_, changes, field, reason) => {
    expect(published({ ...least, ...changes })).toStrictEqual(left({ field: `data.${field}`, reason }))
  })

  it.each<Refusal>([
    ['with an unknown key', { rewardby: 'linear' }, 'rewardby', unknown],
    ['with an unknown look-back', { lookback: { share: '1d' } }, 'lookback.share', unknown],
    [
      'with an unknown model',
      { rewardBy: 'last' },
      'rewardBy',
      'is the text "last"; write one of first-touch, last-touch, linear, position-based, time-decay',
    ],
    [
      'with a number for a duration',
      { lookback: { click: 30 } },
      'lookback.click',
      'write a duration as a string, e.g. "30d"',
    ],
    ['with months', { lookback: { click: '3M' } }, 'lookback.click', asDuration],
    ['with a part of a day', { lookback: { signup: '1.5d' } }, 'lookback.signup', asDuration],
    ['with a horizon below zero', { horizon: '-1d' }, 'horizon', asDuration],
    ['with an endless horizon', { horizon: '999999999999999w' }, 'horizon', asDuration],
    [
      'with touches used in some other way',
      { touchReuse: 'none' },
      'touchReuse',
      'is the text "none"; write one of all, since-last-conversion',
    ],
    ['with self-referral as a switch', { selfReferral: true }, 'selfReferral', 'is true; write one of exclude, allow'],
    [
      'with one position alone',
      { positionBased: { first: 0.4 } },
      'positionBased.last',
      'write a number from 0 to 1, e.g. 0.4',
    ],
    [
      'with a position as text',
      { positionBased: { first: '0.4', last: 0.4 } },
      'positionBased.first',
      'write a number from 0 to 1, e.g. 0.4',
    ],
    [
      'with a position above one',
      { positionBased: { first: 1.1, last: 0 } },
      'positionBased.first',
      'must not be above 1',
    ],
    [
      'with a position below zero',
      { positionBased: { first: 0, last: -0.1 } },
      'positionBased.last',
      'must not be below 0',
    ],
    [
      'with positions above one together',
      { positionBased: { first: 0.6, last: 0.400000001 } },
      'positionBased',
      'first and last must not be above 1 together',
    ],
    [
      'with a position of ten digits',
      { positionBased: { first: 0.1234567891, last: 0 } },
      'positionBased.first',
      'must have at most 9 digits after the point',
    ],
    [
      'with a half-life of nothing',
      { timeDecay: { halfLife: '0s' } },
      'timeDecay.halfLife',
      'must be longer than zero',
    ],
  ])('for attribution %s', (_, attribution, field, reason) => {
    expect(published({ ...least, attribution })).toStrictEqual(left({ field: `data.attribution.${field}`, reason }))
  })
})
