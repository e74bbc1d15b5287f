import type { Money } from '../../oracle/exact.ts'
import { minorUnits } from '../../oracle/exact.ts'
import { type CalledForRow, idOf, moneyText, rowOf, type Step } from '../books/step.ts'
import { negative, part } from './accounts.ts'

/** What a line of a statement calls for: its row, and what the provider took for it. */
export function statementEntries(step: Step): CalledForRow[] {
  const { fact } = step
  if (fact.type !== 'statement.recorded') return []
  const { provider, reference, beneficiaryId, amount, status, date, fee, statementId, lineId, reason } = fact.data
  const row = rowOf(step, 'statement_lines', {
    event_id: fact.id,
    provider,
    reference,
    beneficiary_id: beneficiaryId,
    amount: plain(amount),
    currency: amount.currency,
    status,
    stated_on: date,
    fee: fee === undefined ? '0' : plain(fee),
    fee_currency: fee?.currency,
    statement_id: statementId,
    line_id: lineId,
    reason,
  })
  if (fee === undefined) return [row]
  const taken = plain(fee)
  const cells = {
    transaction_id: `statement/${fact.id}/fee`,
    party_id: '',
    batch_id: '',
    currency: fee.currency,
    movement: 'charged',
    effective_on: date,
    belongs_on: date,
    memo: `fee for ${idOf(reference)}`,
  }
  return [
    row,
    rowOf(step, 'ledger', { ...cells, account: 'expense:payout-fees', amount: taken }),
    rowOf(step, 'ledger', { ...cells, account: `asset:cash:${part(provider)}`, amount: negative(taken) }),
  ]
}

const plain = ({ value, currency }: Money): string => moneyText(minorUnits(value, currency), currency)
