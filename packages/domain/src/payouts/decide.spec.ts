import { type Either, isRight, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { noPayouts, type Payouts } from './batch.ts'
import { decidePayout, type PayoutCommand, type ReportLine } from './decide.ts'
import { approve, balance, cancel, opening, stateAfter, submit } from './payouts.examples.ts'
import { referenceOf } from './reference.ts'

const anna = referenceOf('summer-1', 'advocate', 'anna', 'EUR')

const report = (tag: ReportLine['tag'], more: Partial<ReportLine> = {}): ReportLine => ({
  tag,
  batchId: 'summer-1',
  reference: anna,
  amountMinor: 1000n,
  currency: 'EUR',
  date: '2026-04-03',
  provider: 'bank',
  ...more,
})

/** The ids of the events, or the tag of the rejection. */
const told = (command: PayoutCommand, payouts: Payouts): Either<string, readonly string[]> => {
  const decision = decidePayout(command, payouts)
  return isRight(decision) ? right(decision.right.map(({ type, id }) => `${type} ${id}`)) : left(decision.left.tag)
}

const open = opening()
const states = {
  none: noPayouts(),
  open: stateAfter(open),
  approved: stateAfter(open, approve()),
  cancelled: stateAfter(open, cancel()),
  submitted: stateAfter(open, approve(), submit()),
  settled: stateAfter(open, approve(), submit(), report('settle')),
  failed: stateAfter(open, approve(), submit(), report('fail')),
  returned: stateAfter(open, approve(), submit(), report('settle'), report('return')),
}

const opened = (id: string) => right([`vouch.payout.opened.v1 ${id}`])
const as = (what: string) => right([`vouch.payout.${what}.v1 summer-1/${what}`])
const line = (what: string) => right([`vouch.payout.${what}.v1 ${anna}/${what}`])
const nothing = right([])

// Each command, in each state, with as many things wrong as it takes to see which of two is named first.
const table: readonly [string, keyof typeof states, PayoutCommand, Either<string, readonly string[]>][] = [
  ['opens', 'none', open, opened('summer-1')],
  ['opens the next', 'open', opening(), opened('summer-2')],
  ['opens under a name', 'open', opening({ batchId: 'mine' }), opened('mine')],
  ['opens again', 'open', opening({ batchId: 'summer-1' }), nothing],
  [
    'opens again, behind and with nothing',
    'open',
    opening({ batchId: 'summer-1', balances: [], newest: 11n }),
    nothing,
  ],
  [
    'opens another of that name',
    'open',
    opening({ batchId: 'summer-1', asOf: '2026-04-01', balances: [], newest: 11n }),
    left('batch-exists'),
  ],
  ['opens it with a minimum', 'open', opening({ batchId: 'summer-1', minimum: '1' }), left('batch-exists')],
  ['opens it as somebody else', 'open', opening({ batchId: 'summer-1', by: 'gil' }), left('batch-exists')],
  ['opens on old tables', 'none', opening({ newest: 11n }), left('tables-behind')],
  ['opens on tables with the newest', 'none', opening({ newest: 10n }), opened('summer-1')],
  ['opens on old tables with nothing', 'none', opening({ newest: 11n, balances: [] }), left('tables-behind')],
  ['opens with nothing', 'none', opening({ balances: [] }), left('nothing-payable')],
  ['opens with debts', 'none', opening({ balances: [balance('anna', -1n)] }), left('nothing-payable')],

  ['approves', 'open', approve(), as('approved')],
  ['approves none', 'none', approve('fay'), left('unknown-batch')],
  ['approves own', 'open', approve('fay'), left('same-person')],
  ['approves own with a capital', 'open', approve(' Fay '), left('same-person')],
  ['approves own, approved', 'approved', approve('fay'), left('same-person')],
  ['approves own, cancelled', 'cancelled', approve('fay'), left('batch-cancelled')],
  ['approves a cancelled one', 'cancelled', approve(), left('batch-cancelled')],
  ['approves again', 'approved', approve(), nothing],
  ['approves again as a third', 'approved', approve('hal'), nothing],
  ['approves a submitted one', 'submitted', approve(), nothing],

  ['cancels', 'open', cancel(), as('cancelled')],
  ['cancels as another', 'open', cancel('gil'), as('cancelled')],
  ['cancels an approved one', 'approved', cancel(), as('cancelled')],
  ['cancels none', 'none', cancel(), left('unknown-batch')],
  ['cancels a submitted one', 'submitted', cancel(), left('batch-submitted')],
  ['cancels again', 'cancelled', cancel('gil'), nothing],

  ['submits', 'approved', submit(), as('submitted')],
  ['submits none', 'none', submit(), left('unknown-batch')],
  ['submits a cancelled one', 'cancelled', submit(), left('batch-cancelled')],
  ['submits an open one', 'open', submit(), left('not-approved')],
  ['submits again', 'submitted', submit(), nothing],
  ['submits again once settled', 'settled', submit(), nothing],

  ['settles', 'submitted', report('settle'), line('settled')],
  ['settles none', 'none', report('settle', { reference: 'x' }), left('unknown-batch')],
  ['settles a line there is not', 'open', report('settle', { reference: 'x' }), left('unknown-line')],
  ['settles an open one', 'open', report('settle', { currency: 'USD' }), left('not-submitted')],
  ['settles an approved one', 'approved', report('settle'), left('not-submitted')],
  ['settles a cancelled one', 'cancelled', report('settle'), left('not-submitted')],
  [
    'settles in another currency',
    'submitted',
    report('settle', { currency: 'USD', amountMinor: 1n }),
    left('currency-differs'),
  ],
  ['settles another amount', 'submitted', report('settle', { amountMinor: 999n }), left('amount-differs')],
  ['settles another amount of a failed one', 'failed', report('settle', { amountMinor: 999n }), left('amount-differs')],
  ['settles again', 'settled', report('settle'), nothing],
  ['settles a failed one', 'failed', report('settle'), left('line-failed')],
  ['settles a returned one', 'returned', report('settle'), left('line-returned')],
  ['fails', 'submitted', report('fail'), line('failed')],
  ['fails again', 'failed', report('fail'), nothing],
  ['fails a settled one', 'settled', report('fail'), left('line-settled')],
  ['fails a returned one', 'returned', report('fail'), left('line-returned')],
  ['fails what never went out', 'open', report('fail'), left('not-submitted')],
  ['returns', 'settled', report('return'), line('returned')],
  ['returns what nobody said was settled', 'submitted', report('return'), line('returned')],
  ['returns again', 'returned', report('return'), nothing],
  ['returns a failed one', 'failed', report('return'), left('line-failed')],
]

describe('a command', () => {
  it.each(table)('%s (%s)', (_name, state, command, expected) => {
    expect(told(command, states[state])).toStrictEqual(expected)
  })

  it('that is refused says so in sentences', () => {
    for (const [name, state, command] of table) {
      const decision = decidePayout(command, states[state])
      if (isRight(decision)) continue
      expect(decision.left.says, name).toMatch(/^[A-Z].*\.$/)
      expect(decision.left.says, name).not.toContain('undefined')
    }
  })
})

describe('an opened batch', () => {
  it('holds what it pays, where it takes it from, and what it does not pay and why', () => {
    const decision = decidePayout(
      opening({
        minimum: '5.00',
        balances: [
          balance('anna', 800n),
          balance('anna as upline', -150n),
          balance('ben', 499n),
          balance('cleo', 500n),
          balance('dan', -100n),
          balance('eve', 10_000n),
          balance('anna as referee', 700n),
          balance('anna', 600n, 'JPY'),
        ],
        suspended: new Set(['eve', 'anna as referee']),
      }),
      noPayouts(),
    )
    if (!isRight(decision) || decision.right[0]?.type !== 'vouch.payout.opened.v1') throw new Error('not opened')
    const { lines, carried, ...rest } = decision.right[0].data
    expect(rest).toStrictEqual({
      programId: 'summer',
      batchId: 'summer-1',
      asOf: '2026-03-31',
      minimum: '5.00',
      by: 'fay',
      position: 10,
    })
    const eur = (value: string) => ({ value, currency: 'EUR' })
    expect(lines.map(({ reference: _, ...line }) => line)).toStrictEqual([
      {
        beneficiaryId: 'anna',
        kind: 'advocate',
        amount: eur('6.50'),
        parts: [
          { role: 'advocate', value: '8.00' },
          { role: 'upline', value: '-1.50' },
        ],
      },
      { beneficiaryId: 'anna', kind: 'customer', amount: eur('7.00'), parts: [{ role: 'referee', value: '7.00' }] },
      { beneficiaryId: 'cleo', kind: 'advocate', amount: eur('5.00'), parts: [{ role: 'advocate', value: '5.00' }] },
      {
        beneficiaryId: 'anna',
        kind: 'advocate',
        amount: { value: '600', currency: 'JPY' },
        parts: [{ role: 'advocate', value: '600' }],
      },
    ])
    expect(carried).toStrictEqual([
      { beneficiaryId: 'ben', kind: 'advocate', ...eur('4.99'), reason: 'below-minimum' },
      { beneficiaryId: 'dan', kind: 'advocate', ...eur('-1.00'), reason: 'below-zero' },
      { beneficiaryId: 'eve', kind: 'advocate', ...eur('100.00'), reason: 'suspended' },
    ])
  })

  it('leaves out those who are owed nothing, all roles together', () => {
    const balances = [balance('anna', 5n), balance('anna as upline', -5n), balance('ben', 0n), balance('cleo', 1n)]
    const [batch] = stateAfter(opening({ balances })).values()
    expect([...(batch?.lines.values() ?? [])].map(({ beneficiaryId }) => beneficiaryId)).toStrictEqual(['cleo'])
    expect(batch?.carried).toStrictEqual([])
  })

  it('has a name that every program has for itself', () => {
    const named = (programId: string) => [...stateAfter(opening({ programId })).keys()][0]
    expect(named('two words.')).toBe('two%20words%2E-1')
    expect(named('ü'.repeat(100))).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-1$/)
    expect(named('ü'.repeat(100))).not.toBe(named('ä'.repeat(100)))
  })
})

describe('a reference', () => {
  it('is legal for SEPA, the same for ever, and another for another line', () => {
    const lines = [
      ['summer-1', 'advocate', 'anna', 'EUR'],
      ['summer-1', 'advocate', 'anna', 'USD'],
      ['summer-1', 'customer', 'anna', 'EUR'],
      ['summer-1', 'advocate', 'ben', 'EUR'],
      ['summer-2', 'advocate', 'anna', 'EUR'],
    ] as const
    const references = lines.map(([batchId, kind, who, currency]) => referenceOf(batchId, kind, who, currency))
    for (const reference of references) expect(reference).toMatch(/^[0-9A-F]{32}$/)
    expect(new Set(references).size).toBe(lines.length)
    expect(references[0]).toBe('DC0412B3EF505DB485F005192D17501E')
  })
})
