import { describe, it } from 'vitest'
import { given } from './given.ts'
import { type Bought, click, conversion, enrolled, issued, rule, type Terms, terms } from './story.ts'

const cast = [enrolled('anna', { at: '01-01' }), issued('ANNA', 'anna', { at: '01-01' })]
const k = (at: string, id = 'k') => click('v', 'ANNA', { at, id })
const o = (at: string, id = 'o', more: Bought = {}) => conversion(id, '10.00 EUR', { at, visitorId: 'v', ...more })
const percent = (points: string, more: Terms = {}): Terms => ({
  rewards: [rule('share', { amount: { percent: points } })],
  ...more,
})

describe('a reward that was granted', () => {
  const capped = (limit: string, points = '10'): Terms => ({
    rewards: [rule('share', { amount: { percent: points }, caps: { perProgram: { amount: limit } } })],
  })
  const story = (first: Terms) => [terms({ at: '01-01', ...first }), ...cast, k('01-05'), o('01-09'), o('01-10', 'p')]
  const covering = (second: Terms) => terms({ at: '01-08', recorded: '01-20', ...second })

  it('goes on under terms that come to cover it, with their hold', () => {
    given(...story(percent('10')))
      .when(covering(percent('10', { holdDays: 1 })))
      .thenIn(
        'rewards',
        { conversion_id: 'o', amount: '-1.00', entry: 'reversed', terms_version: 1, available_on: '2026-02-08' },
        { conversion_id: 'o', amount: '1.00', entry: 'adjusted', terms_version: 2, available_on: '2026-01-10' },
        { conversion_id: 'p', amount: '-1.00', entry: 'reversed', terms_version: 1, available_on: '2026-02-09' },
        { conversion_id: 'p', amount: '1.00', entry: 'adjusted', terms_version: 2, available_on: '2026-01-11' },
      )
  })

  it('keeps what it was granted, whatever room the new terms have', () => {
    given(...story(percent('10')), covering(capped('0.50'))).stands({
      rewards: ['share anna o 1.00 EUR', 'share anna p 1.00 EUR'],
    })
  })

  it('shrinks as the new rule says, and grows within the new room', () => {
    given(...story(percent('10')), covering(capped('0.50', '4'))).stands({
      rewards: ['share anna o 0.40 EUR', 'share anna p 0.40 EUR'],
    })
    given(...story(percent('10')), covering(capped('2.50', '20'))).stands({
      rewards: ['share anna o 1.50 EUR', 'share anna p 1.00 EUR'],
    })
  })

  it('goes where the new terms have no such rule', () => {
    given(...story(percent('10')))
      .when(covering({}))
      .thenIn(
        'rewards',
        { conversion_id: 'o', amount: '-1.00', entry: 'reversed', terms_version: 1 },
        { conversion_id: 'p', amount: '-1.00', entry: 'reversed', terms_version: 1 },
      )
  })

  it('is another where the new rule pays another role', () => {
    const upline = { rewards: [rule('share', { to: 'referee', amount: { fixed: '2.00' } })] }
    const bought = o('01-10', 'p', { customerId: 'c' })
    given(terms({ at: '01-01', ...percent('10') }), ...cast, k('01-05'), bought)
      .when(covering(upline))
      .thenIn(
        'rewards',
        { beneficiary_id: 'anna', role: 'advocate', amount: '-1.00', entry: 'reversed', terms_version: 1 },
        { beneficiary_id: 'c', role: 'referee', amount: '2.00', entry: 'accrued', terms_version: 2 },
      )
  })
})

describe('caps and tiers', () => {
  it('belong to the rule’s id, across versions', () => {
    const capped = (points: string): Terms =>
      percent(points, {
        rewards: [rule('share', { amount: { percent: points }, caps: { perProgram: { amount: '4.00' } } })],
      })
    given(
      terms({ at: '01-01', ...capped('30') }),
      terms({ at: '01-02', from: '01-10', ...capped('20') }),
      ...cast,
      k('01-05'),
      o('01-09', 'a'),
      o('01-11', 'b'),
    ).stands({ rewards: ['share anna a 3.00 EUR', 'share anna b 1.00 EUR'] })
  })

  it('count what came under an earlier version', () => {
    const ladder = (points: string): Terms => ({
      rewards: [
        rule('ladder', {
          amount: {
            tiers: {
              by: 'conversions',
              steps: [
                { from: 0, percent: '10' },
                { from: 1, percent: points },
              ],
            },
          },
        }),
      ],
    })
    given(
      terms({ at: '01-01', ...ladder('20') }),
      terms({ at: '01-02', from: '01-10', ...ladder('50') }),
      ...cast,
      k('01-05'),
      o('01-09', 'a'),
      o('01-11', 'b'),
    ).stands({ rewards: ['ladder anna a 1.00 EUR', 'ladder anna b 5.00 EUR'] })
  })

  it('do not count what was granted under a version without the cap', () => {
    const second = rule('share', { amount: { percent: '20' }, caps: { perProgram: { amount: '1.50' } } })
    given(
      terms({ at: '01-01', ...percent('30') }),
      terms({ at: '01-02', from: '01-10', rewards: [second] }),
      ...cast,
      k('01-05'),
      o('01-09', 'a'),
      o('01-11', 'b'),
    ).stands({ rewards: ['share anna a 3.00 EUR', 'share anna b 1.50 EUR'] })
  })

  it('of a month do not count towards those for ever', () => {
    const capped = (limit: Record<string, unknown>): Terms => ({
      rewards: [rule('share', { amount: { percent: '30' }, caps: { perProgram: { amount: '4.00', ...limit } } })],
    })
    given(
      terms({ at: '01-01', ...capped({ per: 'month' }) }),
      terms({ at: '01-02', from: '01-10', ...capped({}) }),
      ...cast,
      k('01-05'),
      o('01-09', 'a'),
      o('01-11', 'b'),
      o('01-12', 'c'),
    ).stands({ rewards: ['share anna a 3.00 EUR', 'share anna b 3.00 EUR', 'share anna c 1.00 EUR'] })
    const steps = [
      { from: 0, percent: '10' },
      { from: 1, percent: '20' },
    ]
    const ladder = (per: Record<string, unknown>): Terms => ({
      rewards: [rule('share', { amount: { tiers: { by: 'conversions', steps, ...per } } })],
    })
    given(
      terms({ at: '01-01', ...ladder({ per: 'month' }) }),
      terms({ at: '01-02', from: '01-10', ...ladder({}) }),
      ...cast,
      k('01-05'),
      o('01-09', 'a'),
      o('01-11', 'b'),
      o('01-12', 'c'),
    ).stands({ rewards: ['share anna a 1.00 EUR', 'share anna b 1.00 EUR', 'share anna c 2.00 EUR'] })
  })

  it('do not number a reward twice when terms change the tiers of its rule and change them back', () => {
    const steps = [
      { from: 0, percent: '10' },
      { from: 1, percent: '20' },
    ]
    const ladder = (per: Record<string, unknown>): Terms => ({
      rewards: [rule('share', { amount: { tiers: { by: 'conversions', steps, ...per } } })],
    })
    given(
      terms({ at: '01-01', ...ladder({ per: 'month' }) }),
      ...cast,
      k('01-05'),
      o('01-09'),
      terms({ at: '01-08', recorded: '01-20', ...ladder({}) }),
      terms({ at: '01-08', recorded: '01-21', id: 'back', ...ladder({ per: 'month' }) }),
      o('01-10', 'p'),
    ).stands({ rewards: ['share anna o 1.00 EUR', 'share anna p 2.00 EUR'] })
  })
})
