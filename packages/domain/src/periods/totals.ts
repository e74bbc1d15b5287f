import type { MoneyRole } from '../ledger/party.ts'

/**
 * What a period did to what is owed to somebody in one role and currency. Each amount is what it adds to what is owed, so that
 * opening, earned, reversed, paid, written off, converted and adjusted come to closing. Owed is pending, payable and in transit.
 */
export interface PartyTotals {
  readonly role: MoneyRole
  readonly beneficiaryId: string
  readonly currency: string
  /** What was owed when the period began. */
  readonly opening: bigint
  readonly earned: bigint
  /** Zero or below. */
  readonly reversed: bigint
  /** Below zero for what was paid; above for what came back after it had been. */
  readonly paid: bigint
  /** What was given up, by either side. */
  readonly writtenOff: bigint
  /** What an exchange into or out of the currency did. */
  readonly converted: bigint
  /** What belongs to earlier periods and was not known when they were closed. */
  readonly adjusted: bigint
  /** What is owed at the end of the period's last day: the sum of the three below. */
  readonly closing: bigint
  readonly pending: bigint
  readonly payable: bigint
  readonly inTransit: bigint
}
