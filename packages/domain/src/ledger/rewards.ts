import { percentEncoded } from '../percent.ts'
import { accounts, partyId } from './accounts.ts'
import type { MoneyRole } from './party.ts'
import type { Transaction } from './transaction.ts'

/** A row of `rewards`: what an event adds to a reward, or takes from it. */
export interface RewardMovement {
  readonly programId: string
  readonly rewardId: string
  readonly ruleId: string
  readonly role: MoneyRole
  readonly beneficiaryId: string
  /** Empty for what no conversion led to. */
  readonly conversionId: string
  /** Below zero for what is taken back. */
  readonly amountMinor: bigint
  readonly currency: string
  /** accrued, reversed or adjusted */
  readonly entry: string
  /** UTC days. */
  readonly earnedOn: string
  readonly availableOn: string
}

export interface RewardCause {
  /** Identity of the event that led to the movement. */
  readonly identity: string
  /** How many movements of the same reward the same event led to before this one. */
  readonly ordinal: number
  /** The UTC day of a refund or an amendment, if that is what it was; all else only tells what was so from the beginning. */
  readonly correctedOn?: string | undefined
}

/**
 * The transactions of a movement: what is earned is pending, and from the day on which it becomes available it is payable.
 * Both are written at once, so that nothing has to happen on that day. What is taken back takes both back: a refund takes
 * from what is pending on its own day, and from what is payable no earlier than it was to be.
 */
export function rewardTransactions(movement: RewardMovement, cause: RewardCause): readonly [Transaction, Transaction] {
  const { programId, rewardId, ruleId, role, beneficiaryId, conversionId, amountMinor, currency, entry } = movement
  const { earnedOn, availableOn } = movement
  const party = partyId(programId, role, beneficiaryId)
  const pending = accounts.pending(party)
  const name = `${cause.identity}/${rewardId}${cause.ordinal === 0 ? '' : `/${cause.ordinal}`}`
  const of = conversionId === '' ? '' : ` for ${percentEncoded(conversionId)}`
  const what = `${percentEncoded(ruleId)}${of}`
  return [
    {
      id: `earned/${name}`,
      movement: amountMinor < 0n ? 'reversed' : 'earned',
      effectiveOn: later(earnedOn, cause.correctedOn),
      memo: `${entry}: ${what}`,
      transfers: [{ debit: accounts.rewards(programId), credit: pending, amountMinor, currency, party }],
    },
    {
      id: `available/${name}`,
      movement: 'released',
      effectiveOn: later(availableOn, cause.correctedOn),
      memo: `${amountMinor < 0n ? 'no longer available' : 'available'}: ${what}`,
      transfers: [{ debit: pending, credit: accounts.payable(party), amountMinor, currency, party }],
    },
  ]
}

/** Of two days, the later. */
export const later = (day: string, other: string | undefined): string =>
  other !== undefined && other > day ? other : day
