import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { click, conversion, program, refund, rule, type Terms } from './story.ts'

const k = (code: string, at: string, id: string) => click('v', code, { at, id })
const a = k('ANNA', '01-05', 'a')
const b = k('BERT', '01-06', 'b')
const c = k('CARL', '01-07', 'c')
const o = (amount: string, id = 'o', at = '01-10') => conversion(id, amount, { at, visitorId: 'v' })
const linear = (amount: Record<string, unknown>, more: Terms = {}) =>
  program({ attribution: { rewardBy: 'linear' }, rewards: [rule('x', { amount })], ...more })

describe('a percentage', () => {
  it.each<[string, string, string, string[]]>([
    ['of ten', '10', '12.34 EUR', ['x anna o 1.23 EUR']],
    ['with a fraction', '12.5', '1.00 EUR', ['x anna o 0.13 EUR']],
    ['rounds a half up', '10', '0.05 EUR', ['x anna o 0.01 EUR']],
    ['rounds less than a half down', '10', '12.34 EUR', ['x anna o 1.23 EUR']],
    ['rounds more than a half up', '10', '12.36 EUR', ['x anna o 1.24 EUR']],
    ['rounds a half of many digits up', '0.5', '1.00 EUR', ['x anna o 0.01 EUR']],
    ['of all of it', '100', '12.34 EUR', ['x anna o 12.34 EUR']],
    ['above all of it', '150', '12.34 EUR', ['x anna o 18.51 EUR']],
    ['of a large amount is exact', '33.3333', '99999999999.99 EUR', ['x anna o 33333300000.00 EUR']],
  ])('%s', (_, percent, amount, rewards) => {
    given(linear({ percent }), a, o(amount)).stands({ rewards })
  })

  it('is of the revenue credited to each, each rounded by itself', () => {
    // 10.00 splits into 3.34, 3.33 and 3.33; a half of these is 1.67, 1.665 and 1.665.
    given(linear({ percent: '50' }), a, b, c, o('10.00 EUR')).stands({
      rewards: ['x anna o 1.67 EUR', 'x bert o 1.67 EUR', 'x carl o 1.67 EUR'],
    })
  })

  it('is of all that is credited to one, rounded once', () => {
    // anna has 3.34 and 3.33 together, of which 15 percent are 1.0005; bert 0.4995.
    given(linear({ percent: '15' }), a, b, k('ANNA', '01-07', 'a2'), o('10.00 EUR')).stands({
      rewards: ['x anna o 1.00 EUR', 'x bert o 0.50 EUR'],
    })
  })

  it('follows the net: a reward is what the rule gives for what is left, not a part of what it gave', () => {
    // 10 percent of 0.15 are 0.015, so 0.02; of 0.10 they are 0.01, and of 0.05 they are 0.005, so 0.01.
    const r = (id: string) => refund(id, 'o', '0.05 EUR', { at: '01-20' })
    given(linear({ percent: '10' }), a)
      .when(o('0.15 EUR'), r('r1'), r('r2'), r('r3'))
      .thenIn(
        'rewards',
        { amount: '0.02', entry: 'accrued' },
        { amount: '-0.01', entry: 'reversed' },
        { amount: '-0.01', entry: 'reversed' },
      )
  })

  it('that rounds to nothing says so', () => {
    given(linear({ percent: '10' }), a, o('0.04 EUR')).stands({ rewards: [], unpaid: ['x anna o: rounds-to-zero'] })
  })

  it('of no revenue says so', () => {
    given(linear({ percent: '10' }), a, o('0.00 EUR')).stands({ rewards: [], unpaid: ['x anna o: no-revenue'] })
  })

  it('of zero says so', () => {
    given(linear({ percent: '0' }), a, o('10.00 EUR')).stands({ rewards: [], unpaid: ['x anna o: rounds-to-zero'] })
  })

  it('says so for each of its beneficiaries apart', () => {
    given(linear({ percent: '10' }), a, b, o('0.09 EUR')).stands({
      rewards: ['x anna o 0.01 EUR'],
      unpaid: ['x bert o: rounds-to-zero'],
    })
  })
})

describe('a fixed amount', () => {
  it.each<[string, string, Story, string[]]>([
    ['goes to the one who has all credit', '5.00', [a], ['x anna o 5.00 EUR']],
    [
      'is split by credit, the odd cent to the earlier',
      '10.00',
      [a, b, c],
      ['x anna o 3.34 EUR', 'x bert o 3.33 EUR', 'x carl o 3.33 EUR'],
    ],
    [
      'is split by the touches’ weights added up',
      '10.00',
      [a, b, k('ANNA', '01-07', 'a2')],
      ['x anna o 6.67 EUR', 'x bert o 3.33 EUR'],
    ],
    ['gives the odd cent to whose touch was first', '0.01', [b, a, c], ['x anna o 0.01 EUR']],
  ])('%s', (_, fixed, touches, rewards) => {
    given(linear({ fixed }), ...touches, o('50.00 EUR')).stands({ rewards })
  })

  it('is split by the model that pays', () => {
    const attribution = { rewardBy: 'position-based' }
    given(linear({ fixed: '5.00' }, { attribution }), a, b, c, o('50.00 EUR')).stands({
      rewards: ['x anna o 2.00 EUR', 'x bert o 1.00 EUR', 'x carl o 2.00 EUR'],
    })
    given(linear({ fixed: '5.00' }, { attribution: { rewardBy: 'first-touch' } }), a, b, c, o('50.00 EUR')).stands({
      rewards: ['x anna o 5.00 EUR'],
      unpaid: [],
    })
  })

  it('stays as long as the conditions hold for the net', () => {
    given(linear({ fixed: '5.00' }), a, o('50.00 EUR'))
      .when(refund('r', 'o', '49.99 EUR', { at: '01-20' }))
      .thenIn('rewards')
  })

  it('goes with all of the amount', () => {
    given(linear({ fixed: '5.00' }), a, o('50.00 EUR'))
      .when(refund('r', 'o', '50.00 EUR', { at: '01-20' }))
      .thenIn('rewards', { amount: '-5.00', entry: 'reversed' })
  })

  it('is paid for a conversion that was of no amount from the start', () => {
    given(linear({ fixed: '5.00' }), a, o('0.00 EUR')).stands({ rewards: ['x anna o 5.00 EUR'], unpaid: [] })
  })

  it('moves with credit that comes late', () => {
    given(linear({ fixed: '10.00' }), a, o('50.00 EUR'))
      .when(b)
      .thenIn(
        'rewards',
        { beneficiary_id: 'anna', amount: '-5.00', entry: 'reversed' },
        { beneficiary_id: 'bert', amount: '5.00', entry: 'accrued' },
      )
  })

  it('of zero says why it pays nothing', () => {
    given(linear({ fixed: '0.00' }), a, o('50.00 EUR')).stands({ rewards: [], unpaid: ['x anna o: rounds-to-zero'] })
  })
})

describe('a reward', () => {
  const ten = program({ rewards: [rule('ten')], holdDays: 30 })

  it('tells of its trigger, rule, version and hold', () => {
    given(ten, a)
      .when(conversion('o', '10.00 EUR', { at: '01-10 23:59:59.999', visitorId: 'v', id: 'evt', source: 'shop' }))
      .thenIn('rewards', {
        program_id: 'summer',
        reward_id: 'ten:conversion:o:advocate:anna',
        rule_id: 'ten',
        terms_version: 1,
        beneficiary_id: 'anna',
        role: 'advocate',
        conversion_id: 'o',
        trigger: 'conversion',
        source: 'shop',
        event_id: 'evt',
        amount: '1.00',
        currency: 'EUR',
        entry: 'accrued',
        earned_at: '2026-01-10 23:59:59.999',
        available_on: '2026-02-09',
        occurred_at: '2026-01-10 23:59:59.999',
      })
  })

  it('is accrued first, reversed by whatever lessens it, adjusted by whatever adds to it later', () => {
    const later = (at: string, id: string) => k('BERT', at, id)
    given(ten, a, o('10.00 EUR'))
      .when(later('01-06', 'b'), refund('r', 'o', '4.00 EUR', { at: '01-20' }), k('ANNA', '01-07', 'a2'))
      .thenIn(
        'rewards',
        { beneficiary_id: 'anna', amount: '-1.00', entry: 'reversed' },
        { beneficiary_id: 'bert', amount: '1.00', entry: 'accrued' },
        { beneficiary_id: 'bert', amount: '-0.40', entry: 'reversed' },
        { beneficiary_id: 'bert', amount: '-0.60', entry: 'reversed' },
        { beneficiary_id: 'anna', amount: '0.60', entry: 'adjusted' },
      )
  })

  it.each<[string, number, string]>([
    ['at once without a hold', 0, '2026-01-10'],
    ['a day later', 1, '2026-01-11'],
    ['over the end of the month', 22, '2026-02-01'],
    ['a year later', 365, '2027-01-10'],
  ])('is available %s', (_, holdDays, available_on) => {
    given(program({ rewards: [rule('ten')], holdDays }), a)
      .when(o('10.00 EUR'))
      .thenIn('rewards', { available_on })
  })

  it('is held from when it was earned, not from when it was known', () => {
    given(ten, o('10.00 EUR'))
      .when(k('ANNA', '01-05', 'late'))
      .thenIn('rewards', { available_on: '2026-02-09' })
    given(ten, o('10.00 EUR'))
      .when({ ...a, recordedAt: Date.UTC(2026, 2, 1) })
      .thenIn('rewards', { available_on: '2026-02-09', recorded_at: '2026-03-01 00:00:00.000' })
  })
})
