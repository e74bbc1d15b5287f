import { charge, type EventOf, type statementType } from '@vouch/domain'
import type { LoggedEvent, Row } from '@vouch/projector'
import { pushTransaction, timesOf } from './rows.ts'

/** A line of a statement, and what its provider charged. What it settles is for the events that are decided on it. */
export function statementRows({ id, data }: EventOf<typeof statementType>, logged: LoggedEvent): readonly Row[] {
  const times = timesOf(logged)
  const { provider, reference, beneficiaryId, amount, status, date, fee, statementId, lineId, reason } = data
  const rows: Row[] = [
    {
      table: 'statement_lines',
      values: {
        program_id: times.program_id,
        event_id: id,
        provider,
        reference,
        beneficiary_id: beneficiaryId ?? '',
        amount: amount.value,
        currency: amount.currency,
        status,
        stated_on: date,
        fee: fee?.value ?? '0',
        fee_currency: fee?.currency ?? '',
        statement_id: statementId ?? '',
        line_id: lineId ?? '',
        reason: reason ?? '',
        occurred_at: times.occurred_at,
        recorded_at: times.recorded_at,
      },
    },
  ]
  if (fee !== undefined) pushTransaction(rows, charge(id, { reference, provider, date, fee }), '', times)
  return rows
}
