import { declare, evolvePeriods, type Period, type PeriodEvent } from '@vouch/domain'
import { auditBooks, type LoggedEvent } from '@vouch/testing'
import { describe, expect, it } from 'vitest'
import { Books, totalsIn } from './books.ts'

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

/** Percent of each order to the last touch, payable after ten days; anna's click is on v-1. */
const program = (percent = '10') => [
  event('program.published', '2026-01-01', {
    currency: 'EUR',
    effectiveFrom: '2026-01-01T00:00:00Z',
    attribution: { rewardBy: 'last-touch', lookback: { click: '90d', signup: '365d' }, horizon: '365d' },
    holdDays: 10,
    rewards: [{ ruleId: 'percent', trigger: 'conversion', to: 'advocate', amount: { percent } }],
  }),
  event('advocate.enrolled', '2026-01-01', { advocateId: 'anna' }),
  event('code.issued', '2026-01-01', { advocateId: 'anna', code: 'ANNA10' }),
  event('click', '2026-02-01', { code: 'ANNA10', visitorId: 'v-1' }),
]
const order = (id: string, day: string, value: string) =>
  event('conversion', day, { conversionId: id, visitorId: 'v-1', amount: eur(value) })
const refund = (id: string, day: string, value: string) =>
  event('refund', day, { refundId: `r-${id}-${day}`, conversionId: id, amount: eur(value) })

/** Tells the books, and closes a month where a text stands for an event. */
function told(...events: readonly (LoggedEvent['event'] | string)[]) {
  const books = new Books()
  for (const one of events) {
    if (typeof one === 'string') close(books, one)
    else expect(books.tell(one, Math.max(one.time, at('2026-06-01')))).toBe(true)
  }
  return books
}

function close(books: Books, period: string): void {
  const from = BigInt(books.log.length + 1)
  const closing = event('period.closing', '2026-06-01', { period, by: 'fay' })
  expect(books.tell(closing)).toBe(true)
  const [open] = evolvePeriods([], closing as unknown as PeriodEvent, from) as readonly [Period]
  const declared = declare('summer', open, totalsIn(books, 'summer', period))
  expect(books.tell({ ...declared, source: 'vouch/periods', time: at('2026-06-01') } as never)).toBe(true)
}

/** The same log under other terms, as if the fold had been corrected since. */
function corrected(books: Books, percent: string): Books {
  const again = new Books()
  const [published] = program(percent)
  for (const { event: one, recordedAt } of books.log) {
    const data = one.type === published?.type ? published.data : one.data
    expect(again.tell({ ...one, data }, recordedAt)).toBe(true)
  }
  return again
}

/** What a month comes to, in cents, without what is zero. */
function month(books: Books, period: string) {
  const [own] = totalsIn(books, 'summer', period)
  const { role: _role, beneficiaryId: _id, currency: _currency, ...amounts } = own ?? {}
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => (amount as unknown) !== 0n))
}

const entries = (books: Books, is: (values: Record<string, string>) => boolean) =>
  books.entries
    .filter(({ values }) => is(values))
    .map(
      ({ values: it }) => `${it.effective_on} (${it.belongs_on}) ${it.memo} ${it.account?.split(':')[1]} ${it.amount}`,
    )

describe('a month that is closed', () => {
  it('is told as what it came to', () => {
    const books = told(
      ...program(),
      order('o-1', '2026-02-20', '50.00'),
      order('o-2', '2026-03-25', '100.00'),
      '2026-03',
    )
    expect(month(books, '2026-03')).toStrictEqual({
      opening: 500n,
      earned: 1000n,
      closing: 1500n,
      pending: 1000n,
      payable: 500n,
    })
    expect(books.rows.filter(({ table }) => table === 'period_totals').map(({ values }) => values)).toMatchObject([
      {
        party_id: 'summer:advocate:anna',
        period: '2026-03',
        opening: '5.00',
        earned: '10.00',
        closing: '15.00',
        paid: '0.00',
      },
    ])
    expect(books.rows.filter(({ table }) => table === 'periods').map(({ values }) => values)).toMatchObject([
      { period: '2026-03', entry: 'closing', last_day: '2026-03-31', actor: 'fay' },
      { period: '2026-03', entry: 'closed', last_day: '2026-03-31', actor: 'fay' },
    ])
    expect(auditBooks(books.log, books.rows)).toStrictEqual([])
  })

  it('stays as it is: what belongs to it and comes later counts in the next, and says of which day it is', () => {
    const books = told(
      ...program(),
      order('o-1', '2026-03-03', '100.00'),
      '2026-03',
      refund('o-1', '2026-03-20', '35.00'),
      order('o-2', '2026-03-25', '10.00'),
    )
    expect(month(books, '2026-03')).toStrictEqual({ earned: 1000n, closing: 1000n, payable: 1000n })
    expect(month(books, '2026-04')).toStrictEqual({ opening: 1000n, adjusted: -250n, closing: 750n, payable: 750n })
    expect(entries(books, ({ belongs_on = '', effective_on }) => belongs_on !== effective_on)).toStrictEqual([
      '2026-04-01 (2026-03-20) reversed: percent for o-1 rewards -3.50',
      '2026-04-01 (2026-03-20) reversed: percent for o-1 pending 3.50',
      '2026-04-01 (2026-03-20) no longer available: percent for o-1 pending -3.50',
      '2026-04-01 (2026-03-20) no longer available: percent for o-1 payable 3.50',
      '2026-04-01 (2026-03-25) accrued: percent for o-2 rewards 1.00',
      '2026-04-01 (2026-03-25) accrued: percent for o-2 pending -1.00',
    ])
    expect(auditBooks(books.log, books.rows)).toStrictEqual([])
  })

  it('is followed by the next, which begins with what it ended with', () => {
    const books = told(
      ...program(),
      order('o-1', '2026-03-03', '100.00'),
      '2026-03',
      order('o-2', '2026-04-03', '200.00'),
      refund('o-1', '2026-03-20', '35.00'),
      '2026-04',
      order('o-3', '2026-03-03', '1.00'),
    )
    expect(month(books, '2026-04')).toStrictEqual({
      opening: 1000n,
      earned: 2000n,
      adjusted: -350n,
      closing: 2650n,
      payable: 2650n,
    })
    expect(month(books, '2026-05')).toMatchObject({ opening: 2650n, adjusted: 10n, closing: 2660n })
    expect(auditBooks(books.log, books.rows)).toStrictEqual([])
  })

  it('takes nothing out of the days to come: what is payable then is payable then', () => {
    const books = told(
      ...program(),
      order('o-1', '2026-03-25', '100.00'),
      '2026-03',
      refund('o-1', '2026-03-26', '50.00'),
    )
    const payable = 'liability:payable:summer:advocate:anna'
    expect(books.balance(payable, { on: '2026-04-03' })).toBe(0n)
    expect(books.balance(payable, { on: '2026-04-04' })).toBe(-50_000n)
  })
})

describe('a month of which corrected folds make something else', () => {
  const before = told(
    ...program(),
    order('o-0', '2026-02-10', '30.00'),
    order('o-1', '2026-03-03', '100.00'),
    refund('o-1', '2026-03-10', '40.00'),
    order('o-2', '2026-03-28', '10.00'),
    '2026-03',
    order('o-3', '2026-04-02', '50.00'),
  )

  it('stays as it was declared, and the difference is an adjustment of the next', () => {
    const now = corrected(before, '20')
    expect(month(before, '2026-03')).toStrictEqual({
      opening: 300n,
      earned: 1100n,
      reversed: -400n,
      closing: 1000n,
      pending: 100n,
      payable: 900n,
    })
    expect(month(now, '2026-03')).toStrictEqual(month(before, '2026-03'))
    expect(month(now, '2026-04')).toStrictEqual({
      opening: 1000n,
      earned: 1000n,
      adjusted: 1000n,
      closing: 3000n,
      payable: 3000n,
    })
    expect(entries(now, ({ memo = '' }) => memo.startsWith('what the books now make of'))).toStrictEqual([
      '2026-04-01 (2026-03-31) what the books now make of 2026-03 rewards 10.00',
      '2026-04-01 (2026-03-31) what the books now make of 2026-03 pending -10.00',
      '2026-04-01 (2026-03-31) what the books now make of 2026-03 pending 9.00',
      '2026-04-01 (2026-03-31) what the books now make of 2026-03 payable -9.00',
    ])
  })

  it('comes to the same in the end as if no month had been closed', () => {
    const now = corrected(before, '20')
    expect(month(now, '2026-05')).toMatchObject({ closing: 3000n, payable: 3000n })
  })

  it('is restored likewise where other months are closed after it', () => {
    const longer = told(
      ...program(),
      order('o-1', '2026-03-03', '100.00'),
      '2026-03',
      order('o-2', '2026-04-03', '10.00'),
      '2026-04',
    )
    const now = corrected(longer, '5')
    expect(month(now, '2026-03')).toStrictEqual(month(longer, '2026-03'))
    expect(month(now, '2026-04')).toStrictEqual(month(longer, '2026-04'))
    expect(month(now, '2026-05')).toStrictEqual({ opening: 1100n, adjusted: -550n, closing: 550n, payable: 550n })
  })

  it('can have been declared for somebody who now earned nothing', () => {
    const now = corrected(before, '0.0000001')
    expect(month(now, '2026-03')).toStrictEqual(month(before, '2026-03'))
    expect(month(now, '2026-04')).toStrictEqual({ opening: 1000n, adjusted: -1000n })
  })

  it('can have been declared without somebody who now earned something', () => {
    const none = told(...program('0.0000001'), order('o-1', '2026-03-03', '100.00'), '2026-03')
    const now = corrected(none, '10')
    expect(month(now, '2026-03')).toStrictEqual({})
    expect(month(now, '2026-04')).toStrictEqual({ adjusted: 1000n, closing: 1000n, payable: 1000n })
  })
})
