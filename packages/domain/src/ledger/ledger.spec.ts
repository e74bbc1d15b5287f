import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { id } from '../events/events.arbitraries.ts'
import { accountPart, accounts, partyId, partyOf } from './accounts.ts'
import { moneyRoles } from './party.ts'
import { type RewardMovement, rewardTransactions } from './rewards.ts'
import { entriesOf } from './transaction.ts'

describe('the name of an account', () => {
  it.each([
    ['summer', 'summer'],
    ['a_b-C9', 'a_b-C9'],
    ['a:b', 'a%3Ab'],
    ['a.b~c', 'a%2Eb%7Ec'],
    ["!*'()", '%21%2A%27%28%29'],
    ['two  blanks', 'two%20%20blanks'],
    ['é/%', '%C3%A9%2F%25'],
  ])('has %s as %s', (text, part) => {
    expect(accountPart(text)).toBe(part)
  })

  it('is made of nothing but letters, digits, _, -, % and the colons between its parts, and can be read back', () => {
    fc.assert(
      fc.property(id, (text) => {
        const part = accountPart(text)
        expect(part).toMatch(/^[A-Za-z0-9_%-]+$/)
        expect(decodeURIComponent(part)).toBe(text)
      }),
    )
  })

  it('of a party tells who it is', () => {
    fc.assert(
      fc.property(id, fc.constantFrom(...moneyRoles), id, (programId, role, own) => {
        expect(partyOf(partyId(programId, role, own))).toStrictEqual({ programId, role, id: own })
      }),
    )
    expect(() => partyOf('summer:anna')).toThrow('summer:anna is no party.')
  })

  it('is as the contract has it', () => {
    const party = partyId('p:1', 'referee', 'k 1')
    expect(party).toBe('p%3A1:referee:k%201')
    expect([
      accounts.rewards('p:1'),
      accounts.pending(party),
      accounts.payable(party),
      accounts.inTransit('b.1'),
      accounts.cash('bank'),
      accounts.fees,
      accounts.exchange,
      accounts.exchangeDifferences,
    ]).toStrictEqual([
      'expense:rewards:p%3A1',
      'liability:pending:p%3A1:referee:k%201',
      'liability:payable:p%3A1:referee:k%201',
      'liability:in-transit:b%2E1',
      'asset:cash:bank',
      'expense:payout-fees',
      'equity:exchange',
      'expense:exchange-differences',
    ])
  })
})

const movement: RewardMovement = {
  programId: 'summer',
  rewardId: 'ten-percent:conversion:o-1:advocate:anna',
  ruleId: 'ten-percent',
  role: 'advocate',
  beneficiaryId: 'anna',
  conversionId: 'o-1',
  amountMinor: 1000n,
  currency: 'EUR',
  entry: 'accrued',
  earnedOn: '2026-03-03',
  availableOn: '2026-04-02',
}
const cause = { identity: 'conversion:summer:o-1', ordinal: 0 }
const party = 'summer:advocate:anna'

describe('a reward that is earned', () => {
  it('is pending on the day of the sale, and payable from the day on which it becomes available', () => {
    const transactions = rewardTransactions(movement, cause)
    expect(transactions.map(({ id, effectiveOn, memo }) => ({ id, effectiveOn, memo }))).toStrictEqual([
      {
        id: 'earned/conversion:summer:o-1/ten-percent:conversion:o-1:advocate:anna',
        effectiveOn: '2026-03-03',
        memo: 'accrued: ten-percent for o-1',
      },
      {
        id: 'available/conversion:summer:o-1/ten-percent:conversion:o-1:advocate:anna',
        effectiveOn: '2026-04-02',
        memo: 'available: ten-percent for o-1',
      },
    ])
    expect(transactions.map(entriesOf)).toStrictEqual([
      [
        { account: 'expense:rewards:summer', party, amountMinor: 1000n, currency: 'EUR' },
        { account: `liability:pending:${party}`, party, amountMinor: -1000n, currency: 'EUR' },
      ],
      [
        { account: `liability:pending:${party}`, party, amountMinor: 1000n, currency: 'EUR' },
        { account: `liability:payable:${party}`, party, amountMinor: -1000n, currency: 'EUR' },
      ],
    ])
  })

  it('has names of their own for further movements of the same event', () => {
    const [earned, available] = rewardTransactions({ ...movement, conversionId: '' }, { ...cause, ordinal: 2 })
    expect(earned.id).toBe('earned/conversion:summer:o-1/ten-percent:conversion:o-1:advocate:anna/2')
    expect([earned.memo, available.memo]).toStrictEqual(['accrued: ten-percent', 'available: ten-percent'])
  })
})

describe('a reward that is taken back', () => {
  const taken = { ...movement, amountMinor: -350n, entry: 'reversed' }
  const days = (correctedOn?: string) =>
    rewardTransactions(taken, { ...cause, correctedOn }).map(({ effectiveOn }) => effectiveOn)

  it('by a refund during the hold: on its own day from what is pending, on the day of the release from what is payable', () => {
    expect(days('2026-03-20')).toStrictEqual(['2026-03-20', '2026-04-02'])
    const [earned, available] = rewardTransactions(taken, { ...cause, correctedOn: '2026-03-20' })
    expect(entriesOf(earned).map(({ amountMinor }) => amountMinor)).toStrictEqual([-350n, 350n])
    expect(entriesOf(available).map(({ amountMinor }) => amountMinor)).toStrictEqual([-350n, 350n])
    expect(available.memo).toBe('no longer available: ten-percent for o-1')
  })

  it('by a refund after the hold: on its own day from both', () => {
    expect(days('2026-04-20')).toStrictEqual(['2026-04-20', '2026-04-20'])
  })

  it('by a refund that says to be of before the sale: from the day of the sale', () => {
    expect(days('2026-02-01')).toStrictEqual(['2026-03-03', '2026-04-02'])
  })

  it('because it never was so: as it was given', () => {
    expect(days()).toStrictEqual(['2026-03-03', '2026-04-02'])
  })
})

describe('every transaction', () => {
  it('sums to zero in each currency, whatever is moved', () => {
    const any = fc.record({
      role: fc.constantFrom(...moneyRoles),
      amountMinor: fc.bigInt(-(10n ** 15n), 10n ** 15n),
      currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
      programId: id,
      beneficiaryId: id,
    })
    fc.assert(
      fc.property(any, (more) => {
        for (const transaction of rewardTransactions({ ...movement, ...more }, cause)) {
          const entries = entriesOf(transaction)
          expect(entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(0n)
          expect(entries.length).toBe(more.amountMinor === 0n ? 0 : 2)
        }
      }),
    )
  })
})
