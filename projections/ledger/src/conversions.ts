import { type ConvertedEvent, exchangeTransactions } from '@vouch/domain'
import type { LoggedEvent, Row } from '@vouch/projector'
import { pushTransaction, timesOf } from './rows.ts'

/** What a conversion of balances books, and a row for each balance that it converts. */
export function conversionRows({ data }: ConvertedEvent, logged: LoggedEvent): readonly Row[] {
  const times = timesOf(logged)
  const { conversionId, from, to, rate, asOf, by, reason = '', lines } = data
  const rows: Row[] = lines.map((line) => ({
    table: 'balance_conversions',
    values: {
      program_id: times.program_id,
      conversion_id: conversionId,
      beneficiary_id: line.beneficiaryId,
      role: line.role,
      from_amount: line.from,
      from_currency: from,
      to_amount: line.to,
      to_currency: to,
      rate,
      as_of: asOf,
      actor: by,
      reason,
      occurred_at: times.occurred_at,
      recorded_at: times.recorded_at,
    },
  }))
  for (const transaction of exchangeTransactions(data, times.occurred_at.slice(0, 10)))
    pushTransaction(rows, transaction, '', times)
  return rows
}
