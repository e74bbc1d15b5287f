import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entriesOf, type Transaction } from '../ledger/transaction.ts'
import type { LinePart, PayoutLine } from '../payouts/lines.ts'
import { report, reserve } from '../payouts/postings.ts'
import { difference, movedAlone, movedBy, resolutionTransactions } from './postings.ts'
import { afterReport, converted, type LineStanding, standingOf } from './standing.ts'

const batch = { batchId: 'summer-1', programId: 'summer', reservedOn: '2026-04-02' }
const lineOf = (...parts: readonly LinePart[]): PayoutLine => ({
  reference: 'R',
  kind: 'advocate',
  beneficiaryId: 'anna',
  currency: 'EUR',
  amountMinor: parts.reduce((sum, it) => sum + it.amountMinor, 0n),
  parts,
})
const plain = lineOf({ role: 'advocate', amountMinor: 1000n })
const shared = lineOf({ role: 'advocate', amountMinor: 800n }, { role: 'upline', amountMinor: 201n })
const netted = lineOf({ role: 'advocate', amountMinor: 800n }, { role: 'upline', amountMinor: -150n })

const paid = (amountMinor: bigint, countedMinor = amountMinor, currency = 'EUR') => [
  { provider: 'bank', amountMinor, countedMinor, currency },
]
const booked = {
  id: 'resolved/summer/1',
  reference: 'R',
  class: 'amount-differs',
  resolution: 'accept',
  on: '2026-05-01',
} as const

const sumsOf = (transactions: readonly Transaction[]): Record<string, bigint> => {
  const sums: Record<string, bigint> = {}
  for (const { account, currency, party, amountMinor } of transactions.flatMap((it) => entriesOf(it))) {
    const key = `${account.replace('summer:', '')}${account.startsWith('liability:in') ? ` ${party}` : ''} ${currency}`
    sums[key] = (sums[key] ?? 0n) + amountMinor
  }
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0n))
}

const transactions = (line: PayoutLine, now: LineStanding, before?: LineStanding) =>
  resolutionTransactions(difference(movedBy(batch, line, now), movedBy(batch, line, before)), booked)
const reserved = (line: PayoutLine, ...more: readonly Transaction[]) => {
  const own = reserve(batch, line)
  // What was payable is not looked at.
  const before = { ...own, transfers: own.transfers.map((it) => ({ ...it, debit: 'before' })) }
  const { before: _none, ...sums } = Object.fromEntries(
    Object.entries(sumsOf([before, ...more])).map(([key, sum]) => [key.startsWith('before') ? 'before' : key, sum]),
  )
  return sums
}

describe('what was paid otherwise', () => {
  it('counts, and the rest is owed', () => {
    const made = transactions(plain, { as: 'accept', paid: paid(700n) })
    expect(made.map(({ id, movement, effectiveOn, memo }) => [id, movement, effectiveOn, memo])).toStrictEqual([
      ['resolved/summer/1/settled', 'settled', '2026-05-01', 'amount-differs R: accept'],
    ])
    expect(reserved(plain, ...made)).toStrictEqual({
      'asset:cash:bank EUR': -700n,
      'liability:payable:advocate:anna EUR': -300n,
    })
  })

  it('or is given up, in a transaction of its own', () => {
    const made = transactions(plain, { as: 'write-off', paid: paid(700n) })
    expect(made.map(({ movement }) => movement)).toStrictEqual(['settled', 'written-off'])
    expect(reserved(plain, ...made)).toStrictEqual({ 'asset:cash:bank EUR': -700n, 'expense:written-off EUR': -300n })
  })

  it('beyond what was due is owed back, or a cost', () => {
    expect(reserved(plain, ...transactions(plain, { as: 'accept', paid: paid(1200n) }))).toStrictEqual({
      'asset:cash:bank EUR': -1200n,
      'liability:payable:advocate:anna EUR': 200n,
    })
    expect(reserved(plain, ...transactions(plain, { as: 'write-off', paid: paid(1200n) }))).toStrictEqual({
      'asset:cash:bank EUR': -1200n,
      'expense:written-off EUR': 200n,
    })
  })

  it('is shared by size with largest remainders, and what was netted off stays so', () => {
    expect(reserved(shared, ...transactions(shared, { as: 'accept', paid: paid(500n) }))).toStrictEqual({
      'asset:cash:bank EUR': -500n,
      'liability:payable:advocate:anna EUR': -400n,
      'liability:payable:upline:anna EUR': -101n,
    })
    expect(reserved(netted, ...transactions(netted, { as: 'accept', paid: paid(500n) }))).toStrictEqual({
      'asset:cash:bank EUR': -500n,
      'liability:payable:advocate:anna EUR': -150n,
    })
  })

  it('is lost where all of it is payable again', () => {
    const made = transactions(netted, { as: 'retry', paid: paid(200n) })
    expect(made.map(({ movement }) => movement)).toStrictEqual(['failed', 'written-off'])
    expect(reserved(netted, ...made)).toStrictEqual({
      'asset:cash:bank EUR': -200n,
      'expense:written-off EUR': 200n,
      'liability:payable:advocate:anna EUR': -800n,
      'liability:payable:upline:anna EUR': 150n,
    })
  })

  it('in another currency is converted through an account of exchange', () => {
    const [made] = transactions(plain, { as: 'accept', paid: paid(1100n, 990n, 'USD') })
    expect(reserved(plain, ...(made ? [made] : []))).toStrictEqual({
      'asset:cash:bank USD': -1100n,
      'equity:exchange USD': 1100n,
      'equity:exchange EUR': -990n,
      'liability:payable:advocate:anna EUR': -10n,
    })
  })

  it('takes back what stood before, and no more than that', () => {
    const retry: LineStanding = { as: 'retry', paid: [] }
    const made = transactions(plain, { as: 'accept', paid: paid(1000n) }, retry)
    expect(
      made.map((it) => [it.movement, entriesOf(it).map(({ account, amountMinor }) => `${account} ${amountMinor}`)]),
    ).toStrictEqual([['settled', ['liability:payable:summer:advocate:anna 1000', 'asset:cash:bank -1000']]])
    const back = transactions(plain, retry, { as: 'accept', paid: paid(1000n) })
    expect(back.map(({ movement }) => movement)).toStrictEqual(['returned'])
    expect(sumsOf([...made, ...back])).toStrictEqual({})
  })
})

describe('a line of a statement alone', () => {
  const said = { provider: 'bank', amountMinor: 500n, currency: 'EUR', status: 'settled' } as const
  const moved = (...of: Parameters<typeof movedAlone>) => resolutionTransactions(movedAlone(...of), booked)

  it('is owed back by who got it, by size of the parts', () => {
    expect(sumsOf(moved('summer', said, 'accept', shared))).toStrictEqual({
      'asset:cash:bank EUR': -500n,
      'liability:payable:advocate:anna EUR': 400n,
      'liability:payable:upline:anna EUR': 100n,
    })
    const [back] = moved('summer', { ...said, status: 'returned' }, 'accept', netted)
    expect([back?.movement, sumsOf(back ? [back] : [])]).toStrictEqual([
      'returned',
      { 'asset:cash:bank EUR': 500n, 'liability:payable:advocate:anna EUR': -500n },
    ])
  })

  it('is a cost, or books nothing', () => {
    expect(sumsOf(moved('summer', said, 'write-off', undefined))).toStrictEqual({
      'asset:cash:bank EUR': -500n,
      'expense:written-off EUR': 500n,
    })
    expect(moved('summer', said, 'disregard', shared)).toStrictEqual([])
    expect(moved('summer', { ...said, status: 'failed' }, 'accept', shared)).toStrictEqual([])
  })
})

describe('a conversion', () => {
  it.each([
    [1083n, 'USD', 'EUR', '0.9231', 1000n],
    [1100n, 'USD', 'EUR', '0.9231', 1015n],
    [1n, 'USD', 'EUR', '0.5', 1n],
    [-1n, 'USD', 'EUR', '0.5', -1n],
    [1500n, 'JPY', 'EUR', '0.0064', 960n],
    [960n, 'EUR', 'JPY', '156.25', 1500n],
    [1000n, 'EUR', 'KWD', '0.3333', 3333n],
  ])('of %s in %s to %s at %s is rounded once, halves away from zero', (amount, from, to, rate, expected) => {
    expect(converted(amount, from, to, rate)).toBe(expected)
  })
})

describe('any standing, from any other', () => {
  const part = fc.bigInt({ min: -400n, max: 900n }).filter((amount) => amount !== 0n)
  const line = fc
    .tuple(part, fc.option(part, { nil: undefined }))
    .map(([one, other]) =>
      lineOf(
        { role: 'advocate' as const, amountMinor: one },
        ...(other === undefined ? [] : [{ role: 'upline' as const, amountMinor: other }]),
      ),
    )
    .filter(({ amountMinor }) => amountMinor > 0n)
  const said = fc.record({
    provider: fc.constantFrom('bank', 'other'),
    amountMinor: fc.bigInt({ min: 0n, max: 2000n }),
    currency: fc.constantFrom('EUR', 'USD', 'JPY'),
    status: fc.constantFrom('settled', 'failed', 'returned'),
  })
  const decided = fc.record({
    as: fc.constantFrom('accept', 'write-off', 'retry'),
    said: fc.array(said, { maxLength: 2 }),
    rate: fc.constantFrom('0.9', '155.123'),
    provider: fc.constant('bank'),
  })

  it('balances in each currency, empties what is in transit, and goes there and back', () => {
    fc.assert(
      fc.property(line, decided, decided, (own, one, other) => {
        const [now, then] = [one, other].map((it) => standingOf(it, own)) as [LineStanding, LineStanding]
        const first = transactions(own, now)
        for (const it of first) {
          const sums = Map.groupBy(entriesOf(it), ({ currency }) => currency)
          for (const entries of sums.values())
            expect(entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(0n)
        }
        expect(Object.keys(reserved(own, ...first)).filter((key) => key.startsWith('liability:in'))).toStrictEqual([])
        const second = transactions(own, then, now)
        expect(sumsOf([...first, ...second])).toStrictEqual(sumsOf(transactions(own, then)))
      }),
      { seed: 8, numRuns: 500 },
    )
  })

  it('by statements that agree is what their events book', () => {
    for (const own of [plain, shared, netted]) {
      const settled = afterReport(undefined, 'settled', 'bank', own)
      const returned = afterReport(settled, 'returned', 'bank', own)
      const failed = afterReport(undefined, 'failed', 'bank', own)
      const day = { date: '2026-05-01', provider: 'bank' }
      const [paidBy, backBy, failedBy] = [
        report(batch, own, 'settled', day, undefined),
        report(batch, own, 'returned', day, 'settled'),
        report(batch, own, 'failed', day, undefined),
      ]
      expect(sumsOf(transactions(own, settled))).toStrictEqual(sumsOf([paidBy]))
      expect(sumsOf(transactions(own, returned))).toStrictEqual(sumsOf([paidBy, backBy]))
      expect(sumsOf(transactions(own, failed))).toStrictEqual(sumsOf([failedBy]))
    }
  })
})
