import { accounts, partyId } from '../ledger/accounts.ts'
import { later } from '../ledger/rewards.ts'
import type { Transaction, Transfer } from '../ledger/transaction.ts'
import { type MoneyJson, toMinor } from '../money.ts'
import { percentEncoded } from '../percent.ts'
import type { LineOutcome } from './batch.ts'
import type { PayoutLine } from './lines.ts'

/** What the transactions of a line need to know of its batch. */
export interface PostedBatch {
  readonly batchId: string
  readonly programId: string
  /** The UTC day from which its money is reserved. */
  readonly reservedOn: string
}

/** The day of an opening, but not before the day whose balances it pays: these need not be there before. */
export const reservedOn = (openedOn: string, asOf: string): string => later(openedOn, asOf)

/** What is payable is in transit: no other batch can pay it. */
export const reserve = (batch: PostedBatch, line: PayoutLine): Transaction => ({
  id: `payout/${line.reference}/opened`,
  movement: 'reserved',
  effectiveOn: batch.reservedOn,
  memo: `payout ${percentEncoded(batch.batchId)}`,
  transfers: backAndForth(batch, line, 1n),
})

/** @param on the UTC day of the cancellation */
export const giveBack = (batch: PostedBatch, line: PayoutLine, on: string): Transaction => ({
  id: `payout/${line.reference}/cancelled`,
  movement: 'given-back',
  effectiveOn: later(on, batch.reservedOn),
  memo: `payout ${percentEncoded(batch.batchId)} cancelled`,
  transfers: backAndForth(batch, line, -1n),
})

const backAndForth = ({ batchId, programId }: PostedBatch, line: PayoutLine, sign: 1n | -1n): Transfer[] =>
  line.parts.map(({ role, amountMinor }) => {
    const party = partyId(programId, role, line.beneficiaryId)
    const debit = accounts.payable(party)
    const credit = accounts.inTransit(batchId)
    return { debit, credit, amountMinor: sign * amountMinor, currency: line.currency, party }
  })

export interface Report {
  readonly date: string
  readonly provider: string
  readonly fee?: MoneyJson | undefined
}

/**
 * What a provider says of a line. Settled: what is in transit left the account. Failed: it never did, and is payable again.
 * Returned: it came back. Of a line that nobody said was settled, the way there and back are one.
 * @param before what was said of it last
 */
export function report(
  batch: PostedBatch,
  line: PayoutLine,
  outcome: LineOutcome,
  { date, provider, fee }: Report,
  before: LineOutcome | undefined,
): Transaction {
  const inTransit = accounts.inTransit(batch.batchId)
  const cash = accounts.cash(provider)
  const from = before === 'settled' ? cash : inTransit
  const party = partyId(batch.programId, line.parts[0]?.role ?? 'advocate', line.beneficiaryId)
  const transfers: Transfer[] = line.parts.map(({ role, amountMinor }) => {
    const own = partyId(batch.programId, role, line.beneficiaryId)
    const [debit, credit] = outcome === 'settled' ? [inTransit, cash] : [from, accounts.payable(own)]
    return { debit, credit, amountMinor, currency: line.currency, party: own }
  })
  if (fee !== undefined)
    transfers.push({ debit: accounts.fees, credit: cash, amountMinor: toMinor(fee), currency: fee.currency, party })
  return {
    id: `payout/${line.reference}/${outcome}`,
    movement: outcome,
    effectiveOn: outcome === 'settled' ? date : later(date, batch.reservedOn),
    memo: `payout ${percentEncoded(batch.batchId)} ${outcome}`,
    transfers,
  }
}
