import { entriesOf, formatMinor, type Transaction, timestamp } from '@vouch/domain'
import type { LoggedEvent, Row } from '@vouch/projector'

/** What all rows of an event have in common. */
export interface Times {
  readonly program_id: string
  readonly occurred_at: string
  readonly recorded_at: string
}

export const timesOf = ({ event, recordedAt }: LoggedEvent): Times => ({
  program_id: event.data.programId,
  occurred_at: timestamp(event.time),
  recorded_at: timestamp(recordedAt),
})

/**
 * Adds the entries of a transaction to the rows of its event.
 * @param batchId of the batch that it is part of; empty for what has nothing to do with any
 */
export function pushTransaction(rows: Row[], transaction: Transaction, batchId: string, times: Times): void {
  const { id, movement, effectiveOn, memo } = transaction
  for (const { account, party, amountMinor, currency } of entriesOf(transaction)) {
    rows.push({
      table: 'ledger',
      values: {
        transaction_id: id,
        movement,
        account,
        party_id: party,
        amount: formatMinor(amountMinor, currency),
        currency,
        effective_on: effectiveOn,
        belongs_on: effectiveOn,
        memo,
        batch_id: batchId,
        program_id: times.program_id,
        occurred_at: times.occurred_at,
        recorded_at: times.recorded_at,
      },
    })
  }
}
