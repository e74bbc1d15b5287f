import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import {
  type Bought,
  click,
  conversion,
  disqualified,
  linked,
  program,
  refund,
  rule,
  signup,
  unlinked,
} from './story.ts'

const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const b = click('w', 'BERT', { at: '01-05', id: 'b' })
const steps = [
  { from: 0, percent: '5' },
  { from: 2, percent: '10' },
  { from: 3, fixed: '7.00' },
]
const ladder = (tiers: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => [
  ...program({
    rewards: [rule('x', { amount: { tiers: { by: 'conversions', steps, ...tiers } }, ...more })],
    attribution: { lookback: { click: '90d', signup: '90d' } },
  }),
  k,
  b,
]
const o = (id: string, at = '01-10', amount = '100.00 EUR', more: Bought = { visitorId: 'v' }) =>
  conversion(id, amount, { at, ...more })

describe('tiers', () => {
  it.each<[string, Story, Story, string[]]>([
    ['begin with the step from: 0', ladder(), [o('a')], ['x anna a 5.00 EUR']],
    [
      'apply a step after as many earlier conversions, to the conversion alone',
      ladder(),
      [o('a'), o('b'), o('c'), o('d'), o('e')],
      ['x anna a 5.00 EUR', 'x anna b 5.00 EUR', 'x anna c 10.00 EUR', 'x anna d 7.00 EUR', 'x anna e 7.00 EUR'],
    ],
    [
      'count for each beneficiary',
      ladder(),
      [o('a'), o('b'), o('c', '01-11', '100.00 EUR', { visitorId: 'w' }), o('d')],
      ['x anna a 5.00 EUR', 'x anna b 5.00 EUR', 'x anna d 10.00 EUR', 'x bert c 5.00 EUR'],
    ],
    [
      'count by log order, not by event time',
      ladder(),
      [o('c', '01-12'), o('b', '01-11'), o('a', '01-10')],
      ['x anna a 10.00 EUR', 'x anna b 5.00 EUR', 'x anna c 5.00 EUR'],
    ],
    [
      'count for ever',
      ladder(),
      [o('a', '01-30'), o('b', '01-31'), o('c', '02-01')],
      ['x anna a 5.00 EUR', 'x anna b 5.00 EUR', 'x anna c 10.00 EUR'],
    ],
    [
      'count per month by the UTC month of the trigger',
      ladder({ per: 'month' }),
      [o('a', '01-30'), o('b', '01-31'), o('c', '01-31 23:59:59.999'), o('d', '02-01')],
      ['x anna a 5.00 EUR', 'x anna b 5.00 EUR', 'x anna c 10.00 EUR', 'x anna d 5.00 EUR'],
    ],
    [
      'count those that pay nothing but qualify',
      ladder(),
      [o('a', '01-10', '0.00 EUR'), o('b', '01-11', '0.01 EUR'), o('c')],
      ['x anna c 10.00 EUR'],
    ],
    [
      'do not count those that do not qualify',
      ladder({}, { when: { minAmount: '50.00' } }),
      [o('a', '01-10', '49.99 EUR'), o('b', '01-11', '49.99 EUR'), o('c')],
      ['x anna c 5.00 EUR'],
    ],
    ['do not count those without touches', ladder(), [o('a', '01-04'), o('b', '01-04'), o('c')], ['x anna c 5.00 EUR']],
  ])('%s', (_, terms, story, rewards) => {
    given(...terms, ...story).stands({ rewards })
  })

  it('leave a conversion its number when it is refunded', () => {
    const r = (id: string) => refund(`r-${id}`, id, '100.00 EUR', { at: '01-30' })
    given(...ladder(), o('a'), o('b'), r('a'), r('b'), o('c')).stands({ rewards: ['x anna c 10.00 EUR'] })
  })

  it('leave a conversion its step, whatever becomes of the earlier ones', () => {
    given(...ladder(), o('a'), o('b'), o('c'))
      .when(refund('r', 'a', '100.00 EUR', { at: '01-30' }), refund('s', 'c', '50.00 EUR', { at: '01-30' }))
      .thenIn('rewards', { conversion_id: 'a', amount: '-5.00' }, { conversion_id: 'c', amount: '-5.00' })
  })

  it('give a conversion its number when its beneficiary first qualifies', () => {
    const late = click('x', 'ANNA', { at: '01-05', id: 'late' })
    given(...ladder(), o('a', '01-10', '100.00 EUR', { visitorId: 'x' }), o('b'), o('c'))
      .when(late)
      .thenIn('rewards', { conversion_id: 'a', amount: '10.00' })
  })

  it('keep the number of one that qualified, does not, and does again', () => {
    const story = [
      ...ladder(),
      click('u', 'ANNA', { at: '01-05', id: 'u' }),
      o('b', '01-11', '100.00 EUR', { customerId: 'c' }),
      linked('u', 'c', { at: '01-02' }),
      unlinked('u', 'c', { at: '01-03' }),
      o('x'),
      o('y'),
    ]
    given(...story).stands({ rewards: ['x anna x 5.00 EUR', 'x anna y 10.00 EUR'] })
    given(...story, linked('u', 'c', { at: '01-04' })).stands({
      rewards: ['x anna b 5.00 EUR', 'x anna x 5.00 EUR', 'x anna y 10.00 EUR'],
    })
  })

  it('count among several triggers of one log position in their order', () => {
    const bare = ladder().filter((it) => it !== k)
    given(...bare, o('c', '01-12'), o('b', '01-11'), o('a'))
      .when(k)
      .thenIn(
        'rewards',
        { conversion_id: 'a', amount: '5.00' },
        { conversion_id: 'b', amount: '5.00' },
        { conversion_id: 'c', amount: '10.00' },
      )
  })

  it('of fixed amounts are split by credit', () => {
    const tiers = { by: 'conversions', steps: [{ from: 0, fixed: '9.00' }] }
    const story = program({ attribution: { rewardBy: 'linear' }, rewards: [rule('x', { amount: { tiers } })] })
    given(story, k, click('v', 'BERT', { at: '01-06', id: 'b' }), o('a')).stands({
      rewards: ['x anna a 4.50 EUR', 'x bert a 4.50 EUR'],
    })
  })

  it('count signups for a rule on signups', () => {
    const tiers = {
      by: 'conversions',
      steps: [
        { from: 0, fixed: '1.00' },
        { from: 1, fixed: '2.00' },
      ],
    }
    const rewards = [rule('x', { trigger: 'signup', amount: { tiers } })]
    const s = (customerId: string) => signup(customerId, { at: '01-10', code: 'ANNA', id: `s-${customerId}` })
    given(program({ rewards }), s('c'), s('d'), s('e')).stands({
      rewards: ['x anna s-c 1.00 EUR', 'x anna s-d 2.00 EUR', 'x anna s-e 2.00 EUR'],
    })
  })

  it('stay below their caps', () => {
    given(...ladder({}, { caps: { perAdvocate: { amount: '12.00' } } }), o('a'), o('b'), o('c')).stands({
      rewards: ['x anna a 5.00 EUR', 'x anna b 5.00 EUR', 'x anna c 2.00 EUR'],
    })
  })

  it('are not begun anew when a touch is thrown out and another comes', () => {
    const again = click('v', 'ANNA', { at: '01-06', id: 'again' })
    given(...ladder(), o('a'), o('b'), disqualified('k', { at: '01-20' }), again, o('c')).stands({
      rewards: ['x anna a 5.00 EUR', 'x anna b 5.00 EUR', 'x anna c 10.00 EUR'],
    })
  })
})
