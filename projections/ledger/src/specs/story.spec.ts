import type { LoggedEvent } from '@vouch/testing'
import { auditBooks } from '@vouch/testing'
import { describe, expect, it } from 'vitest'
import { Books, units } from './books.ts'

const at = (day: string) => Date.parse(`${day}T10:00:00Z`)
let count = 0
const event = (type: string, day: string, data: Record<string, unknown>): LoggedEvent['event'] => ({
  id: `e-${++count}`,
  source: 'shop.example',
  type: `vouch.${type}.v1`,
  time: at(day),
  data: { programId: 'summer', ...data },
})
const eur = (value: string) => ({ value, currency: 'EUR' })

/** Ten percent to the last touch, payable after thirty days; anna's click is on v-1. */
const program = [
  event('program.published', '2026-01-01', {
    currency: 'EUR',
    effectiveFrom: '2026-01-01T00:00:00Z',
    attribution: { rewardBy: 'last-touch', lookback: { click: '30d', signup: '365d' }, horizon: '90d' },
    holdDays: 30,
    rewards: [{ ruleId: 'ten-percent', trigger: 'conversion', to: 'advocate', amount: { percent: '10' } }],
  }),
  event('advocate.enrolled', '2026-01-01', { advocateId: 'anna' }),
  event('code.issued', '2026-01-01', { advocateId: 'anna', code: 'ANNA10' }),
  event('click', '2026-03-01', { code: 'ANNA10', visitorId: 'v-1' }),
]
/** An order of 100.00 on March 3rd: 10.00 for anna, payable from April 2nd. */
const order = event('conversion', '2026-03-03', { conversionId: 'o-1', visitorId: 'v-1', amount: eur('100.00') })
const refund = (day: string) =>
  event('refund', day, { refundId: `r-${day}`, conversionId: 'o-1', amount: eur('35.00') })

function told(...events: readonly LoggedEvent['event'][]): Books {
  const books = new Books()
  for (const one of [...program, ...events]) expect(books.tell(one)).toBe(true)
  expect(auditBooks(books.log, books.rows)).toStrictEqual([])
  return books
}

const pending = 'liability:pending:summer:advocate:anna'
const payable = 'liability:payable:summer:advocate:anna'
const expense = 'expense:rewards:summer'
const transit = 'liability:in-transit:summer-1'
/** Expense, pending, payable on a day. */
const on = (books: Books, day: string, known?: number) =>
  [expense, pending, payable].map((account) => books.balance(account, { on: day, ...(known && { at: known }) }) / 100n)

describe('a reward', () => {
  it('is pending from the sale on, and payable when its hold is over, without anything happening then', () => {
    const books = told(order)
    expect(on(books, '2026-03-02')).toStrictEqual([0n, 0n, 0n])
    expect(on(books, '2026-03-03')).toStrictEqual([1000n, -1000n, 0n])
    expect(on(books, '2026-04-01')).toStrictEqual([1000n, -1000n, 0n])
    expect(on(books, '2026-04-02')).toStrictEqual([1000n, 0n, -1000n])
  })

  it('that is refunded during the hold is never payable in full', () => {
    const books = told(order, refund('2026-03-20'))
    expect(on(books, '2026-03-19')).toStrictEqual([1000n, -1000n, 0n])
    expect(on(books, '2026-03-20')).toStrictEqual([650n, -650n, 0n])
    expect(on(books, '2026-04-02')).toStrictEqual([650n, 0n, -650n])
  })

  it('that is refunded after the hold was payable in full until then', () => {
    const books = told(order, refund('2026-04-10'))
    expect(on(books, '2026-04-09')).toStrictEqual([1000n, 0n, -1000n])
    expect(on(books, '2026-04-10')).toStrictEqual([650n, 0n, -650n])
  })

  it('is known as it was, at any position', () => {
    const books = told(order, refund('2026-03-20'))
    expect(on(books, '2026-04-02', 5)).toStrictEqual([1000n, 0n, -1000n])
    expect(on(books, '2026-04-02', 6)).toStrictEqual([650n, 0n, -650n])
  })

  it('that was never anybody else’s, as a link tells later, was pending from the sale on', () => {
    const books = told(
      event('conversion', '2026-03-03', { conversionId: 'o-1', customerId: 'k', amount: eur('100.00') }),
      event('identities.linked', '2026-04-20', { visitorId: 'v-1', customerId: 'k' }),
    )
    expect(on(books, '2026-03-03')).toStrictEqual([1000n, -1000n, 0n])
    expect(on(books, '2026-04-02')).toStrictEqual([1000n, 0n, -1000n])
  })

  it('that is taken back by hand is taken from what is payable at once', () => {
    const books = told(
      order,
      event('reward.revoked', '2026-03-10', { advocateId: 'anna', amount: eur('2.00'), reason: 'x' }),
    )
    expect(on(books, '2026-03-10')).toStrictEqual([800n, -1000n, 200n])
    expect(on(books, '2026-04-02')).toStrictEqual([800n, 0n, -800n])
  })

  it('is kept apart by currency', () => {
    const books = told(
      event('reward.granted', '2026-03-10', {
        advocateId: 'anna',
        amount: { value: '500', currency: 'JPY' },
        reason: 'x',
      }),
    )
    expect(books.entries.map(({ values }) => `${values.amount} ${values.currency}`)).toStrictEqual([
      '500 JPY',
      '-500 JPY',
      '500 JPY',
      '-500 JPY',
    ])
  })

  it('has other accounts for each program and role, whatever their ids are', () => {
    const books = new Books()
    for (const { data, ...rest } of [...program, order]) books.tell({ ...rest, data: { ...data, programId: 'a:b c' } })
    expect(new Set(books.entries.map(({ values }) => values.account))).toStrictEqual(
      new Set([
        'expense:rewards:a%3Ab%20c',
        'liability:pending:a%3Ab%20c:advocate:anna',
        'liability:payable:a%3Ab%20c:advocate:anna',
      ]),
    )
    expect(auditBooks(books.log, books.rows)).toStrictEqual([])
  })
})

const reference = 'DC0412B3EF505DB485F005192D17501E'
const opened = (day = '2026-04-05', asOf = '2026-04-02', value = '10.00') =>
  event('payout.opened', day, {
    batchId: 'summer-1',
    asOf,
    by: 'fay',
    position: 5,
    lines: [
      { reference, beneficiaryId: 'anna', kind: 'advocate', amount: eur(value), parts: [{ role: 'advocate', value }] },
    ],
    carried: [],
  })
const batch = (what: string, day: string, more: Record<string, unknown> = {}) =>
  event(`payout.${what}`, day, { batchId: 'summer-1', ...more })
const stated = (what: string, day: string, more: Record<string, unknown> = {}) =>
  batch(what, day, { reference, date: day, provider: 'bank', ...more })
const approved = batch('approved', '2026-04-06', { by: 'gil' })
const submitted = batch('submitted', '2026-04-06', { format: 'csv' })
const cash = 'asset:cash:bank'
const standing = (books: Books) =>
  Object.fromEntries(
    [expense, pending, payable, transit, cash, 'expense:payout-fees']
      .map((account) => [account, books.balance(account) / 100n] as const)
      .filter(([, amount]) => amount !== 0n),
  )

describe('a payout', () => {
  it('reserves what it pays when it is opened', () => {
    const books = told(order, opened())
    expect([books.balance(payable, { on: '2026-04-04' }), books.balance(payable)]).toStrictEqual([units('-10.00'), 0n])
    expect(standing(books)).toStrictEqual({ [expense]: 1000n, [transit]: -1000n })
  })

  it('of a day to come reserves on that day', () => {
    const books = told(order, opened('2026-03-10', '2026-04-30'))
    expect(['2026-04-02', '2026-04-29', '2026-04-30'].map((day) => books.balance(payable, { on: day }))).toStrictEqual(
      ['-10.00', '-10.00', '0.00'].map(units),
    )
  })

  it('gives all back when it is cancelled', () => {
    expect(standing(told(order, opened(), approved, batch('cancelled', '2026-04-07', { by: 'fay' })))).toStrictEqual({
      [expense]: 1000n,
      [payable]: -1000n,
    })
  })

  it.each([
    ['settled', [stated('settled', '2026-04-08')], { [cash]: -1000n }],
    [
      'settled for a fee',
      [stated('settled', '2026-04-08', { fee: eur('0.35') })],
      { [cash]: -1035n, 'expense:payout-fees': 35n },
    ],
    ['failed', [stated('failed', '2026-04-08')], { [payable]: -1000n }],
    ['returned, without anybody saying that it was paid', [stated('returned', '2026-04-08')], { [payable]: -1000n }],
    [
      'settled and returned',
      [stated('settled', '2026-04-08'), stated('returned', '2026-04-09')],
      { [payable]: -1000n },
    ],
    [
      'settled and returned for a fee',
      [stated('settled', '2026-04-08'), stated('returned', '2026-04-09', { fee: eur('3.00') })],
      { [payable]: -1000n, [cash]: -300n, 'expense:payout-fees': 300n },
    ],
  ])('is %s', (_name, events, left) => {
    expect(standing(told(order, opened(), approved, submitted, ...events))).toStrictEqual({ [expense]: 1000n, ...left })
  })

  it('of what is refunded afterwards leaves a debt, for the next to net off', () => {
    const books = told(order, opened(), approved, submitted, stated('settled', '2026-04-08'), refund('2026-04-20'))
    expect(books.balance(payable, { on: '2026-04-19' })).toBe(0n)
    expect(standing(books)).toStrictEqual({ [expense]: 650n, [payable]: 350n, [cash]: -1000n })
  })

  it('has a row for each of its lines each time something happens to it', () => {
    const books = told(order, opened(), approved, submitted, stated('settled', '2026-04-08'))
    const rows = books.rows.filter(({ table }) => table === 'payouts')
    expect(
      rows.map(({ values }) => `${values.entry} ${values.actor} ${values.amount} ${values.reference}`),
    ).toStrictEqual([
      `opened fay 10.00 ${reference}`,
      `approved gil 10.00 ${reference}`,
      `submitted  10.00 ${reference}`,
      `settled bank 10.00 ${reference}`,
    ])
  })
})
