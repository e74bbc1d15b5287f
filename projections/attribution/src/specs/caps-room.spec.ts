import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { amended, type Bought, click, conversion, linked, program, refund, rule } from './story.ts'

const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const b = click('w', 'BERT', { at: '01-05', id: 'b' })
/** Ten percent, capped. */
const capped = (caps: Record<string, unknown>, more: Record<string, unknown> = {}) => [
  ...program({ rewards: [rule('x', { caps, ...more })], attribution: { lookback: { click: '90d', signup: '90d' } } }),
  k,
  b,
]
const o = (id: string, amount: string, at = '01-10', more: Bought = { visitorId: 'v' }) =>
  conversion(id, amount, { at, ...more })
const r = (conversionId: string, amount: string, id = 'r') => refund(id, conversionId, amount, { at: '01-30' })
const byBert = { visitorId: 'w' }

describe('room under a cap', () => {
  const five = { perProgram: { amount: '5.00' } }

  it('that comes free serves later accruals, and lifts no earlier ones', () => {
    given(...capped(five), o('a', '50.00 EUR'), o('b', '20.00 EUR', '01-11'))
      .when(r('a', '30.00 EUR'), o('c', '10.00 EUR', '01-12'))
      .thenIn(
        'rewards',
        { conversion_id: 'a', amount: '-3.00', entry: 'reversed' },
        { conversion_id: 'c', amount: '1.00', entry: 'accrued' },
      )
  })

  it('serves a reward that grows itself', () => {
    given(...capped(five), o('a', '50.00 EUR'), o('b', '20.00 EUR', '01-11'), r('a', '30.00 EUR'))
      .when(amended('b', '25.00 EUR', { at: '01-31' }))
      .thenIn('rewards', { conversion_id: 'b', amount: '2.50', entry: 'accrued' })
  })

  it('lets a reward grow no further than it goes', () => {
    given(...capped(five), o('a', '30.00 EUR'), o('b', '10.00 EUR', '01-11'))
      .when(amended('a', '90.00 EUR', { at: '01-31' }))
      .thenIn('rewards', { conversion_id: 'a', amount: '1.00', entry: 'adjusted' })
  })

  it('does not shrink a reward that the cap had cut until its rule gives less', () => {
    given(...capped(five), o('a', '80.00 EUR'))
      .when(r('a', '30.00 EUR'))
      .thenIn('rewards')
    given(...capped(five), o('a', '80.00 EUR'))
      .when(r('a', '40.00 EUR'))
      .thenIn('rewards', { amount: '-1.00', entry: 'reversed' })
  })

  it('goes to the earlier of two purchases that one link brings a touch to, whichever arrived first', () => {
    given(
      ...capped({ perProgram: { amount: '1.00' } }),
      linked('alias', 'c', { at: '01-06' }),
      conversion('later', '10.00 EUR', { at: '01-11', customerId: 'c' }),
      conversion('earlier', '10.00 EUR', { at: '01-10', visitorId: 'alias' }),
    )
      .when(linked('v', 'c', { at: '01-12' }))
      .thenIn('rewards', { conversion_id: 'earlier', amount: '1.00', entry: 'accrued' })
  })

  it('is freed at one log position before it is filled', () => {
    // The click moves all credit from anna to bert: her reward falls first, and its room is his.
    given(...capped(five), o('a', '60.00 EUR'))
      .when(click('v', 'BERT', { at: '01-06', id: 'late' }))
      .thenIn(
        'rewards',
        { beneficiary_id: 'anna', amount: '-5.00', entry: 'reversed' },
        { beneficiary_id: 'bert', amount: '5.00', entry: 'accrued' },
      )
  })

  it('is filled at one log position in the order of the triggers, then of the rules', () => {
    const rules = [rule('y', { caps: five }), rule('x', { caps: five })]
    given(program({ rewards: rules }), o('b', '40.00 EUR', '01-11'), o('a', '30.00 EUR'))
      .when(k)
      .thenIn(
        'rewards',
        { conversion_id: 'a', rule_id: 'y', amount: '3.00' },
        { conversion_id: 'a', rule_id: 'x', amount: '3.00' },
        { conversion_id: 'b', rule_id: 'y', amount: '2.00' },
        { conversion_id: 'b', rule_id: 'x', amount: '2.00' },
      )
  })

  it('is taken back with the reward, and its reason when room comes free for it', () => {
    const story = [...capped(five), o('a', '50.00 EUR'), o('b', '10.00 EUR', '01-11')]
    given(...story, r('a', '50.00 EUR')).stands({
      rewards: [],
      unpaid: ['x a: fully-refunded', 'x anna b: cap-per-program'],
    })
    given(...story, r('a', '50.00 EUR'), amended('b', '20.00 EUR', { at: '01-31' })).stands({
      rewards: ['x anna b 2.00 EUR'],
      unpaid: ['x a: fully-refunded'],
    })
  })
})

describe('a cap on conversions', () => {
  const one = { perAdvocate: { conversions: 1 } }
  it.each<[string, Record<string, unknown>, Story, string[], string[]]>([
    [
      'counts those that pay anything',
      one,
      [o('a', '50.00 EUR'), o('b', '50.00 EUR')],
      ['x anna a 5.00 EUR'],
      ['x anna b: cap-per-advocate'],
    ],
    [
      'does not count those that pay nothing',
      one,
      [o('a', '0.00 EUR'), o('b', '50.00 EUR')],
      ['x anna b 5.00 EUR'],
      ['x anna a: no-revenue'],
    ],
    [
      'per advocate is for each',
      one,
      [o('a', '50.00 EUR'), o('b', '50.00 EUR', '01-11', byBert)],
      ['x anna a 5.00 EUR', 'x bert b 5.00 EUR'],
      [],
    ],
    [
      'per program is for all',
      { perProgram: { conversions: 1 } },
      [o('a', '50.00 EUR'), o('b', '50.00 EUR', '01-11', byBert)],
      ['x anna a 5.00 EUR'],
      ['x bert b: cap-per-program'],
    ],
    [
      'per customer is for each',
      { perCustomer: { conversions: 1 } },
      [
        o('a', '50.00 EUR', '01-10', { visitorId: 'v', customerId: 'c' }),
        o('b', '50.00 EUR', '01-11', { visitorId: 'v', customerId: 'c' }),
        o('c', '50.00 EUR', '01-12', { visitorId: 'v', customerId: 'd' }),
      ],
      ['x anna a 5.00 EUR', 'x anna c 5.00 EUR'],
      ['x anna b: cap-per-customer'],
    ],
    [
      'per month counts by month',
      { perAdvocate: { conversions: 1, per: 'month' } },
      [o('a', '50.00 EUR', '01-31'), o('b', '50.00 EUR', '02-01'), o('c', '50.00 EUR', '02-02')],
      ['x anna a 5.00 EUR', 'x anna b 5.00 EUR'],
      ['x anna c: cap-per-advocate'],
    ],
    [
      'gives the place back when one no longer pays',
      one,
      [o('a', '50.00 EUR'), r('a', '50.00 EUR'), o('b', '50.00 EUR')],
      ['x anna b 5.00 EUR'],
      ['x a: fully-refunded'],
    ],
    [
      'keeps the place of one that still pays',
      one,
      [o('a', '50.00 EUR'), r('a', '49.00 EUR'), o('b', '50.00 EUR')],
      ['x anna a 0.10 EUR'],
      ['x anna b: cap-per-advocate'],
    ],
    [
      'together with an amount limits both',
      { perAdvocate: { conversions: 2, amount: '6.00' } },
      [o('a', '50.00 EUR'), o('b', '50.00 EUR'), o('c', '50.00 EUR')],
      ['x anna a 5.00 EUR', 'x anna b 1.00 EUR'],
      ['x anna c: cap-per-advocate'],
    ],
    [
      'of none pays nothing',
      { perProgram: { conversions: 0 } },
      [o('a', '50.00 EUR')],
      [],
      ['x anna a: cap-per-program'],
    ],
  ])('%s', (_, caps, story, rewards, unpaid) => {
    given(...capped(caps), ...story).stands({ rewards, unpaid })
  })

  it('lets one that has its place grow', () => {
    given(...capped(one), o('a', '50.00 EUR'))
      .when(amended('a', '70.00 EUR', { at: '01-31' }))
      .thenIn('rewards', {
        amount: '2.00',
        entry: 'adjusted',
      })
  })

  it('counts a conversion once, however many it pays', () => {
    const rewards = [rule('x', { caps: { perProgram: { conversions: 1 } } })]
    const story = [
      program({ attribution: { rewardBy: 'linear' }, rewards }),
      k,
      click('v', 'BERT', { at: '01-06', id: 'b' }),
    ]
    given(...story, o('a', '80.00 EUR'), o('b', '80.00 EUR')).stands({
      rewards: ['x anna a 4.00 EUR', 'x bert a 4.00 EUR'],
      unpaid: ['x anna b: cap-per-program', 'x bert b: cap-per-program'],
    })
  })

  it('gives the place to a later one, not to one that had been turned away', () => {
    given(...capped(one), o('a', '50.00 EUR'), o('b', '50.00 EUR', '01-11'))
      .when(r('a', '50.00 EUR'), o('c', '50.00 EUR', '01-12'))
      .thenIn(
        'rewards',
        { conversion_id: 'a', amount: '-5.00', entry: 'reversed' },
        { conversion_id: 'c', amount: '5.00', entry: 'accrued' },
      )
  })
})
