/** An amount that goes from one account to another; below zero it goes the other way. */
export interface Transfer {
  readonly debit: string
  readonly credit: string
  readonly amountMinor: bigint
  readonly currency: string
  /** Whom it is about, by `partyId`. */
  readonly party: string
}

/** What a transaction does, for those who sum up: a statement tells what was earned from what was paid by it. */
export const movements = [
  'earned',
  'reversed',
  /** From pending to payable, or back. */
  'released',
  /** From payable to in transit, and back where a batch is cancelled. */
  'reserved',
  'given-back',
  'settled',
  'failed',
  'returned',
  /** A provider's fee. */
  'charged',
  /** Given up: what is owed, what was overpaid, or what is missing. */
  'written-off',
  /** From a balance in one currency to one in another. */
  'converted',
] as const
export type Movement = (typeof movements)[number]

/**
 * A double-entry transaction. It is made of transfers, each of which takes from one account what it gives to another, so that
 * there is none whose entries do not sum to zero in each currency.
 */
export interface Transaction {
  /** Made of the identities of events and the names of rewards and lines: unique in the log, the same for ever. */
  readonly id: string
  readonly movement: Movement
  /** The UTC day, 'YYYY-MM-DD', from which it counts. */
  readonly effectiveOn: string
  /** What it is, for people; no line breaks, and no `;`. */
  readonly memo: string
  readonly transfers: readonly Transfer[]
}

/** One account's side of a transaction. */
export interface Entry {
  readonly account: string
  readonly party: string
  /** A debit is above zero, a credit below. */
  readonly amountMinor: bigint
  readonly currency: string
}

/** The entries of a transaction, in their order. What is zero moves nothing, and has none. */
export function entriesOf({ transfers }: Transaction): Entry[] {
  const entries: Entry[] = []
  for (const { debit, credit, amountMinor, currency, party } of transfers) {
    if (amountMinor === 0n) continue
    entries.push({ account: debit, party, amountMinor, currency })
    entries.push({ account: credit, party, amountMinor: -amountMinor, currency })
  }
  return entries
}
