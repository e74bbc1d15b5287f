import { accounts, partyId } from '../ledger/accounts.ts'
import type { MoneyRole } from '../ledger/party.ts'
import type { Movement, Transaction } from '../ledger/transaction.ts'
import { dayBefore, daysOf } from './month.ts'
import type { PartyTotals } from './totals.ts'

/** What of a month's totals rewards decide on, and what can therefore come out otherwise when folds change. */
export type RewardTotals = Pick<PartyTotals, 'opening' | 'earned' | 'reversed' | 'adjusted' | 'pending'>

export interface Restated {
  readonly programId: string
  readonly period: string
  readonly role: MoneyRole
  readonly beneficiaryId: string
  readonly currency: string
  /** What the month was declared to have come to, and what the books now make of it. */
  readonly declared: RewardTotals
  readonly now: RewardTotals
}

/** A transaction, and the day to which it belongs where that is not the one on which it counts. */
export interface Dated {
  readonly transaction: Transaction
  readonly belongsOn: string
}

/**
 * What keeps a closed month as it was declared, though the books now make something else of it: transactions of its last day
 * that restore it. Their counterparts are for the first day that is open, where the difference is then an adjustment; they
 * are dated as what they belong to. There are none where nothing differs.
 */
export function restate({ programId, period, role, beneficiaryId, currency, declared, now }: Restated): {
  /** What restoring adds to what is owed. */
  readonly owed: bigint
  readonly restoring: readonly Dated[]
  readonly adjusting: readonly Transaction[]
} {
  const party = partyId(programId, role, beneficiaryId)
  const [expense, pending, payable] = [accounts.rewards(programId), accounts.pending(party), accounts.payable(party)]
  const { first, last } = daysOf(period)
  const before = dayBefore(first)
  const off = {
    opening: declared.opening - now.opening,
    earned: declared.earned - now.earned,
    reversed: declared.reversed - now.reversed,
    adjusted: declared.adjusted - now.adjusted,
  }
  const owed = off.opening + off.earned + off.reversed + off.adjusted
  const released = owed - (declared.pending - now.pending)
  const name = `period/${period}/${party}/${currency}`
  const move = (
    what: string,
    movement: Movement,
    [debit, credit]: readonly [string, string],
    amountMinor: bigint,
    memo: string,
    on = last,
  ) =>
    amountMinor === 0n
      ? []
      : [
          {
            id: `${name}/${what}`,
            movement,
            effectiveOn: on,
            memo,
            transfers: [{ debit, credit, amountMinor, currency, party }],
          },
        ]
  const [earning, releasing] = [
    [expense, pending],
    [pending, payable],
  ] as const
  const asDeclared = `${period} as it was declared`
  const signed = (amount: bigint): Movement => (amount < 0n ? 'reversed' : 'earned')
  const on =
    (day: string) =>
    (transaction: Transaction): Dated => ({ transaction, belongsOn: day })
  return {
    owed,
    restoring: [
      ...move('opening', signed(off.opening), earning, off.opening, asDeclared, before).map(on(before)),
      ...move('earned', 'earned', earning, off.earned, asDeclared).map(on(last)),
      ...move('reversed', 'reversed', earning, off.reversed, asDeclared).map(on(last)),
      ...move('adjusted', signed(off.adjusted), earning, off.adjusted, asDeclared).map(on(before)),
      ...move('released', 'released', releasing, released, asDeclared).map(on(last)),
    ],
    adjusting: [
      ...move('now', signed(-owed), earning, -owed, `what the books now make of ${period}`),
      ...move('now-released', 'released', releasing, -released, `what the books now make of ${period}`),
    ],
  }
}
