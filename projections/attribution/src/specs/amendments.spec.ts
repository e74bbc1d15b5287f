import { describe, it } from 'vitest'
import { given } from './given.ts'
import { amended, click, conversion, program, refund, rule, terms } from './story.ts'

const models = ['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay']
const ten = program({ rewards: [rule('ten')] })
const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const o = conversion('o', '100.00 EUR', { at: '01-10', visitorId: 'v', customerId: 'c' })
const r = (id: string, amount: string, at = '01-20') => refund(id, 'o', amount, { at })

describe('an amendment', () => {
  const a = (amount: string, at = '01-15', id = 'a') => amended('o', amount, { at, id })

  it('makes the gross amount another, and splits it anew', () => {
    given(ten, k, o)
      .when(a('150.00 EUR'))
      .then(
        { table: 'conversions', entry: 'amended', amount: '50.00', occurred_at: '2026-01-15 00:00:00.000' },
        ...models.map((model) => ({
          table: 'attributions',
          model,
          credit: '0.000000000',
          amount: '50.00',
          entry: 'reattributed',
          occurred_at: '2026-01-15 00:00:00.000',
        })),
        { table: 'rewards', amount: '5.00', entry: 'adjusted', available_on: '2026-02-09' },
      )
  })

  it('may lessen it', () => {
    given(ten, k, o)
      .when(a('30.00 EUR'))
      .then(
        { table: 'conversions', entry: 'amended', amount: '-70.00' },
        ...models.map((model) => ({ table: 'attributions', model, amount: '-70.00', entry: 'reattributed' })),
        { table: 'rewards', amount: '-7.00', entry: 'reversed' },
      )
  })

  it('to the same amount writes nothing', () => {
    given(ten, k, o).when(a('100.00 EUR')).then()
  })

  it('replaces the one before it in time, which is named', () => {
    given(ten, k, o, a('150.00 EUR', '01-15', 'a1'))
      .when(a('120.00 EUR', '01-16', 'a2'))
      .then(
        { table: 'conversions', entry: 'amended', amount: '-30.00' },
        ...models.map((model) => ({ table: 'attributions', model, amount: '-30.00' })),
        { table: 'rewards', amount: '-3.00', entry: 'reversed' },
        { table: 'exclusions', sign: 1, subject: 'event', reason: 'superseded', event_id: 'a1', conversion_id: 'o' },
      )
  })

  it('is itself superseded when a later one in time came first', () => {
    given(ten, k, o, a('120.00 EUR', '01-16', 'a2'))
      .when(a('150.00 EUR', '01-15', 'a1'))
      .then({
        table: 'exclusions',
        sign: 1,
        subject: 'event',
        reason: 'superseded',
        event_id: 'a1',
        conversion_id: 'o',
      })
  })

  it('goes by id within a millisecond', () => {
    given(ten, k, o, a('120.00 EUR', '01-15', 'b'), a('150.00 EUR', '01-15', 'a')).stands({
      net: ['o 120.00 EUR'],
      excluded: ['a of o: superseded'],
    })
  })

  it('in another currency has no effect, and is named', () => {
    given(ten, k, o, a('120.00 EUR', '01-15', 'a1'))
      .when(a('150.00 USD', '01-16', 'a2'))
      .then({
        table: 'exclusions',
        sign: 1,
        subject: 'event',
        reason: 'currency-differs',
        event_id: 'a2',
        conversion_id: 'o',
      })
  })

  it('of an unknown conversion waits, and takes effect when it comes', () => {
    given(ten, k, a('150.00 EUR')).stands({ excluded: ['a of o: unknown-conversion'] })
    given(ten, k, a('150.00 EUR'))
      .when(o)
      .thenIn('conversions', { entry: 'converted', amount: '100.00' }, { entry: 'amended', amount: '50.00' })
    given(ten, k, a('150.00 EUR'), o).stands({ net: ['o 150.00 EUR'], excluded: [], rewards: ['ten anna o 15.00 EUR'] })
  })

  it('leaves the refunds to be taken from it, never below zero', () => {
    given(ten, k, o, r('r', '60.00 EUR'))
      .when(a('50.00 EUR', '01-25'))
      .then(
        { table: 'conversions', entry: 'amended', amount: '-40.00' },
        ...models.map((model) => ({ table: 'attributions', model, amount: '-40.00', entry: 'reattributed' })),
        { table: 'rewards', amount: '-4.00', entry: 'reversed' },
        { table: 'exclusions', sign: 1, reason: 'refund-exceeds-amount', event_id: 'r' },
        { table: 'exclusions', sign: 1, subject: 'reward', reason: 'fully-refunded' },
      )
  })

  it('gives room to a refund that had been too large', () => {
    given(ten, k, o, r('r', '120.00 EUR'))
      .when(a('150.00 EUR', '01-25'))
      .then(
        { table: 'conversions', entry: 'amended', amount: '30.00' },
        ...models.map((model) => ({ table: 'attributions', model, amount: '30.00', entry: 'reattributed' })),
        { table: 'rewards', amount: '3.00', entry: 'adjusted' },
        { table: 'exclusions', sign: -1, reason: 'refund-exceeds-amount', event_id: 'r' },
        { table: 'exclusions', sign: -1, subject: 'reward', reason: 'fully-refunded' },
      )
  })

  it('to nothing is as if the whole were refunded', () => {
    given(ten, k, o, a('0.00 EUR')).stands({ net: [], rewards: [], unpaid: ['ten o: fully-refunded'] })
  })

  it('of a conversion before the terms counts when they come', () => {
    const early = [k, o, a('150.00 EUR')]
    given(...program().slice(1), ...early).stands({ excluded: ['a of o: no-terms', 'k: no-terms', 'o of o: no-terms'] })
    given(...program().slice(1), ...early, terms({ at: '01-01' })).stands({ net: ['o 150.00 EUR'], excluded: [] })
  })
})
