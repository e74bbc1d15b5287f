import { describe, it } from 'vitest'
import { given } from './given.ts'
import { click, conversion, program, refund, rule } from './story.ts'

const models = ['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay']
const ten = program({ rewards: [rule('ten')] })
const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const o = conversion('o', '100.00 EUR', { at: '01-10', visitorId: 'v', customerId: 'c' })
const r = (id: string, amount: string, at = '01-20') => refund(id, 'o', amount, { at })

describe('a refund', () => {
  it('lessens conversion, attributions and rewards by its part, at its own time', () => {
    given(ten, k, o)
      .when(r('r', '40.00 EUR'))
      .then(
        {
          table: 'conversions',
          conversion_id: 'o',
          customer_id: 'c',
          visitor_id: 'v',
          entry: 'refunded',
          amount: '-40.00',
          currency: 'EUR',
          occurred_at: '2026-01-20 00:00:00.000',
        },
        ...models.map((model) => ({
          table: 'attributions',
          conversion_id: 'o',
          model,
          advocate_id: 'anna',
          touch_id: 'click:app:k',
          credit: '0.000000000',
          amount: '-40.00',
          currency: 'EUR',
          entry: 'refunded',
          terms_version: 1,
          occurred_at: '2026-01-20 00:00:00.000',
        })),
        {
          table: 'rewards',
          reward_id: 'ten:conversion:o:advocate:anna',
          amount: '-4.00',
          entry: 'reversed',
          earned_at: '2026-01-10 00:00:00.000',
          available_on: '2026-02-09',
          occurred_at: '2026-01-20 00:00:00.000',
        },
      )
  })

  it('splits what is left anew, so that parts sum to it exactly', () => {
    const more = [click('v', 'BERT', { at: '01-06', id: 'k2' }), click('v', 'CARL', { at: '01-07', id: 'k3' })]
    given(program(), k, ...more, conversion('o', '10.00 EUR', { at: '01-10', visitorId: 'v' }))
      .when(r('r', '0.01 EUR'))
      .thenIn(
        'attributions',
        { model: 'first-touch', touch_id: 'click:app:k', amount: '-0.01' },
        { model: 'last-touch', touch_id: 'click:app:k3', amount: '-0.01' },
        // 3.34, 3.33 and 3.33 become 3.33 each.
        { model: 'linear', touch_id: 'click:app:k', amount: '-0.01' },
        // 4.00, 2.00 and 4.00 become 4.00, 2.00 and 3.99: 3.996, 1.998, 3.996, of which 1.998 is nearest its next cent.
        { model: 'position-based', touch_id: 'click:app:k3', amount: '-0.01' },
        // 3.01, 3.32 and 3.67 become 3.01, 3.32 and 3.66.
        { model: 'time-decay', touch_id: 'click:app:k3', amount: '-0.01' },
      )
  })

  it('of the whole leaves the credits, and no amounts', () => {
    given(ten, k, o, r('r', '100.00 EUR')).stands({
      net: [],
      rewards: [],
      credits: models.map((model) => `o ${model} k 1.000000000 0.00 EUR`),
      unpaid: ['ten o: fully-refunded'],
      excluded: [],
    })
  })

  it('of more than is left takes what is left, and is named', () => {
    given(ten, k, o, r('r1', '70.00 EUR'))
      .when(r('r2', '70.00 EUR', '01-21'))
      .then(
        { table: 'conversions', entry: 'refunded', amount: '-30.00' },
        ...models.map((model) => ({ table: 'attributions', model, amount: '-30.00', entry: 'refunded' })),
        { table: 'rewards', amount: '-3.00', entry: 'reversed' },
        {
          table: 'exclusions',
          sign: 1,
          subject: 'event',
          reason: 'refund-exceeds-amount',
          event_id: 'r2',
          conversion_id: 'o',
        },
        { table: 'exclusions', sign: 1, subject: 'reward', reason: 'fully-refunded', rule_id: 'ten' },
      )
  })

  it('of nothing left changes nothing, and is named', () => {
    given(ten, k, o, r('r1', '100.00 EUR'))
      .when(r('r2', '0.01 EUR', '01-21'))
      .then({ table: 'exclusions', sign: 1, subject: 'event', reason: 'refund-exceeds-amount', event_id: 'r2' })
  })

  it('is taken in order of its own time: another one is named when an earlier one comes later', () => {
    given(ten, k, o, r('r2', '70.00 EUR', '01-21'))
      .when(r('r1', '70.00 EUR', '01-20'))
      .thenIn(
        'exclusions',
        { sign: 1, event_id: 'r2', reason: 'refund-exceeds-amount' },
        { sign: 1, subject: 'reward', reason: 'fully-refunded' },
      )
  })

  it('is taken in order of ids within a millisecond', () => {
    given(ten, k, o, r('b', '70.00 EUR'), r('a', '70.00 EUR')).stands({ excluded: ['b of o: refund-exceeds-amount'] })
  })

  it('that asks for exactly what is left is not named', () => {
    given(ten, k, o, r('r1', '70.00 EUR'), r('r2', '30.00 EUR')).stands({ net: [], excluded: [] })
  })

  it('in another currency has no effect, and is named', () => {
    given(ten, k, o).when(r('r', '40.00 USD')).then({
      table: 'exclusions',
      sign: 1,
      subject: 'event',
      reason: 'currency-differs',
      event_id: 'r',
      conversion_id: 'o',
    })
  })

  it('in another currency takes nothing from the others’ room', () => {
    given(ten, k, o, r('r1', '100.00 USD', '01-19'), r('r2', '100.00 EUR')).stands({
      net: [],
      excluded: ['r1 of o: currency-differs'],
    })
  })

  it('of an unknown conversion waits, and says so', () => {
    given(ten).when(r('r', '40.00 EUR')).then({
      table: 'exclusions',
      sign: 1,
      subject: 'event',
      reason: 'unknown-conversion',
      event_id: 'r',
      conversion_id: 'o',
    })
  })

  it('before its conversion takes effect when that comes', () => {
    given(ten, k, r('r', '40.00 EUR'))
      .when(o)
      .then(
        { table: 'links', entry: 'linked' },
        { table: 'conversions', entry: 'converted', amount: '100.00', occurred_at: '2026-01-10 00:00:00.000' },
        { table: 'conversions', entry: 'refunded', amount: '-40.00' },
        ...models.map((model) => ({
          table: 'attributions',
          model,
          credit: '1.000000000',
          amount: '60.00',
          entry: 'attributed',
          occurred_at: '2026-01-10 00:00:00.000',
        })),
        { table: 'rewards', amount: '6.00', entry: 'accrued' },
        { table: 'exclusions', sign: -1, subject: 'event', reason: 'unknown-conversion', event_id: 'r' },
      )
  })

  it('may be dated before its conversion', () => {
    given(ten, k, o, r('r', '40.00 EUR', '01-02')).stands({ net: ['o 60.00 EUR'], rewards: ['ten anna o 6.00 EUR'] })
  })

  it('of one without touches lessens the conversion alone', () => {
    given(program(), o).when(r('r', '40.00 EUR')).then({ table: 'conversions', entry: 'refunded', amount: '-40.00' })
  })

  it('is credited to a late touch with what is left', () => {
    given(program(), o, r('r', '40.00 EUR'))
      .when(k)
      .then(
        { table: 'touches' },
        ...models.map((model) => ({
          table: 'attributions',
          model,
          amount: '60.00',
          entry: 'attributed',
          occurred_at: '2026-01-10 00:00:00.000',
        })),
      )
  })

  it('of one that costs nothing is more than there is', () => {
    given(program(), conversion('o', '0.00 EUR', { at: '01-10', visitorId: 'v' }), r('r', '0.01 EUR')).stands({
      net: [],
      excluded: ['r of o: refund-exceeds-amount'],
    })
  })
})
