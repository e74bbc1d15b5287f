import { describe, expect, it } from 'vitest'
import { statementText } from '../commands/statement-text.ts'
import { statementHtml } from './statement-html.ts'
import type { Statement, StatementTotals } from './statement-of.ts'

const zero: StatementTotals = {
  currency: 'EUR',
  opening: '0.00',
  earned: '0.00',
  reversed: '0.00',
  paid: '0.00',
  writtenOff: '0.00',
  converted: '0.00',
  adjusted: '0.00',
  closing: '0.00',
  pending: '0.00',
  payable: '0.00',
  inTransit: '0.00',
}

const noYen = Object.fromEntries(Object.keys(zero).map((key) => [key, '0'])) as unknown as StatementTotals

const statement: Statement = {
  programId: 'summer',
  programName: 'summer',
  kind: 'customer',
  beneficiaryId: 'k-1',
  period: '2026-02',
  from: '2026-02-01',
  until: '2026-02-28',
  position: 7,
  isClosed: true,
  totals: [
    { ...zero, opening: '9.00', paid: '-4.00', writtenOff: '-1.00', closing: '4.00', inTransit: '4.00' },
    { ...noYen, currency: 'JPY', opening: '500', converted: '-500' },
  ],
  rewards: [],
  payments: [
    {
      on: '2026-02-03',
      batchId: 'summer-1',
      reference: 'R-1',
      outcome: 'settled',
      payment: '4.00',
      amount: '-4.00',
      currency: 'EUR',
    },
    {
      on: '2026-02-04',
      batchId: 'summer-2',
      reference: 'R-2',
      outcome: 'failed',
      payment: '4.00',
      amount: '0.00',
      currency: 'EUR',
    },
  ],
  others: [
    { on: '2026-02-05', movement: 'written-off', memo: 'given up', amount: '-1.00', currency: 'EUR' },
    { on: '2026-02-06', movement: 'converted', memo: 'to EUR', amount: '-500', currency: 'JPY' },
  ],
  adjustments: [],
}

describe('a statement of a closed month', () => {
  it('says so, and shows what is not zero in some currency', () => {
    expect(statementText(statement)).toBe(`Statement of customer k-1 for February 2026, program summer.
The month is closed, as known at position 7.

                            EUR   JPY
Opening balance            9.00   500
Paid                      -4.00     0
Written off               -1.00     0
Converted                  0.00  -500
Closing balance            4.00     0
  in transit: being paid   4.00     0

PAYMENT ON  BATCH     REFERENCE  WHAT       AMOUNT
2026-02-03  summer-1  R-1        paid    -4.00 EUR
2026-02-04  summer-2  R-2        failed   4.00 EUR

BOOKED ON   WHAT         AMOUNT
2026-02-05  given up  -1.00 EUR
2026-02-06  to EUR     -500 JPY`)
  })

  it('is the same on a page, where what was never paid is struck through', () => {
    const page = statementHtml(statement)
    expect(page).toContain('The month is closed, as known at position 7.')
    expect(page).toContain('<td>paid</td><td class="amount">−4.00 EUR</td>')
    expect(page).toContain('<td>failed</td><td class="amount"><s>4.00 EUR</s></td>')
    expect(page).toContain('<h2>Written off and converted</h2>')
    expect(page).not.toMatch(/<h2>(Rewards|Adjustments)/)
    expect(page).not.toContain('Taken back')
  })
})
