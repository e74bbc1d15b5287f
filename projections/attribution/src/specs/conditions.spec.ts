import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { amended, type Bought, click, conversion, program, refund, rule, signup } from './story.ts'

const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const o = (amount: string, more: Bought & { at?: string; id?: string } = {}) =>
  conversion('o', amount, { at: '01-10', visitorId: 'v', ...more })
const when = (conditions: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  program({ rewards: [rule('x', { when: conditions, ...more })] })
const fixed = { amount: { fixed: '5.00' } }
const paid = ['x anna o 2.00 EUR']

describe('minAmount', () => {
  const least = { minAmount: '20.00' }
  it.each<[string, Story, string[], string[]]>([
    ['is met by exactly as much', [o('20.00 EUR')], ['x anna o 2.00 EUR'], []],
    ['is not met by a cent less', [o('19.99 EUR')], [], ['x o: below-min-amount']],
    ['looks at the net', [o('30.00 EUR'), refund('r', 'o', '10.00 EUR', { at: '01-20' })], paid, []],
    [
      'looks at the net after a refund',
      [o('30.00 EUR'), refund('r', 'o', '10.01 EUR', { at: '01-20' })],
      [],
      ['x o: below-min-amount'],
    ],
    ['looks at the amended amount', [o('10.00 EUR'), amended('o', '20.00 EUR', { at: '01-20' })], paid, []],
  ])('%s', (_, story, rewards, unpaid) => {
    given(when(least), k, ...story).stands({ rewards, unpaid })
  })

  it('looks at the whole net, not at what is credited to one', () => {
    const story = program({ attribution: { rewardBy: 'linear' }, rewards: [rule('x', { when: least })] })
    given(story, k, click('v', 'BERT', { at: '01-06', id: 'b' }), o('20.00 EUR')).stands({
      rewards: ['x anna o 1.00 EUR', 'x bert o 1.00 EUR'],
    })
  })

  it('takes a fixed amount back when the net falls below it', () => {
    given(when(least, fixed), k, o('30.00 EUR'))
      .when(refund('r', 'o', '10.01 EUR', { at: '01-20' }))
      .thenIn('rewards', { amount: '-5.00', entry: 'reversed' })
  })

  it('of zero is met by a conversion of nothing', () => {
    given(when({ minAmount: '0.00' }, fixed), k, o('0.00 EUR')).stands({ rewards: ['x anna o 5.00 EUR'] })
  })

  it('is compared exactly, before any rounding, in the program’s currency', () => {
    // 20.00 EUR are asked for. 17.39 USD at 1.15 are 19.9985, which would round to 20.00; 17.40 are 20.01.
    const usd = (amount: string) => o(amount, { fxRate: '1.15' })
    given(when(least), k, usd('17.39 USD')).stands({ rewards: [], unpaid: ['x o: below-min-amount'] })
    given(when(least), k, usd('17.40 USD')).stands({ rewards: ['x anna o 2.00 EUR'] })
  })
})

describe('customer: new', () => {
  const fresh = { customer: 'new' }
  const c = { customerId: 'c' }
  const first = (more: Bought & { at?: string } = c) => conversion('a', '1.00 EUR', { at: '01-09', ...more })
  const second = o('20.00 EUR', c)
  const paidFirst = ['x anna a 0.10 EUR']
  const notNew = ['x o: customer-not-new']

  it.each<[string, Story, string[], string[]]>([
    ['is the customer’s first conversion', [second], paid, []],
    ['is not the second', [first(), second], paidFirst, notNew],
    ['is by event time, not by arrival', [second, first()], paidFirst, notNew],
    [
      'is not what comes after one that was refunded',
      [first(), refund('r', 'a', '1.00 EUR', { at: '01-09' }), second],
      [],
      ['x a: fully-refunded', 'x o: customer-not-new'],
    ],
    ['is by id within a millisecond', [first({ ...c, at: '01-10' }), second], paidFirst, notNew],
    ['is not undone by a later one', [second, first({ ...c, at: '01-11' })], paid, ['x a: customer-not-new']],
    ['is nothing to another customer', [first({ customerId: 'd' }), second], paid, ['x a: no-touch']],
    [
      'is nothing to a conversion of the same visitor without a customer',
      [first({ visitorId: 'v' }), second],
      paid,
      ['x a: customer-unknown'],
    ],
    ['needs a customer', [o('20.00 EUR')], [], ['x o: customer-unknown']],
  ])('%s', (_, story, rewards, unpaid) => {
    given(when(fresh), k, ...story).stands({ rewards, unpaid })
  })

  it('moves to a conversion that comes later and was earlier', () => {
    given(when(fresh), k, second)
      .when(first())
      .thenIn(
        'rewards',
        { conversion_id: 'o', amount: '-2.00', entry: 'reversed' },
        { conversion_id: 'a', amount: '0.10', entry: 'accrued' },
      )
  })

  it('on a signup asks whether the customer had bought before', () => {
    const story = when(fresh, { trigger: 'signup', ...fixed })
    const s = signup('c', { at: '01-09', code: 'ANNA', id: 's' })
    given(story, s, second).stands({ rewards: ['x anna s 5.00 EUR'], unpaid: [] })
    given(story, first({ ...c, at: '01-08' }), s).stands({ rewards: [], unpaid: ['x s: customer-not-new'] })
  })
})

describe('countries and kinds', () => {
  it.each<[string, Record<string, unknown>, Bought, string[], string[]]>([
    ['a country on the list', { countries: ['DE', 'FR'] }, { country: 'FR' }, paid, []],
    ['a country on the list, in small letters', { countries: ['de'] }, { country: 'De' }, paid, []],
    ['another country', { countries: ['DE', 'FR'] }, { country: 'US' }, [], ['x o: country']],
    ['no country', { countries: ['DE', 'FR'] }, {}, [], ['x o: country']],
    ['a kind on the list', { kinds: ['purchase', 'renewal'] }, { kind: 'renewal' }, paid, []],
    ['another kind', { kinds: ['purchase'] }, { kind: 'lead' }, [], ['x o: kind']],
    ['no kind, for there is none that is meant', { kinds: ['purchase'] }, {}, [], ['x o: kind']],
  ])('%s', (_, conditions, more, rewards, unpaid) => {
    given(when(conditions), k, o('20.00 EUR', more)).stands({ rewards, unpaid })
  })
})

describe('several conditions', () => {
  const conditions = { minAmount: '20.00', customer: 'new', countries: ['DE'], kinds: ['purchase'] }
  it('must all hold', () => {
    given(when(conditions), k, o('20.00 EUR', { customerId: 'c', country: 'DE', kind: 'purchase' })).stands({
      rewards: paid,
      unpaid: [],
    })
    given(when(conditions), k, o('20.00 EUR', { customerId: 'c', country: 'DE', kind: 'lead' })).stands({
      rewards: [],
      unpaid: ['x o: kind'],
    })
  })
})
