import { minorUnits } from '../../oracle/exact.ts'
import { factsOfType } from '../../oracle/program.ts'
import { type CalledForRow, moneyText, rowOf, type Step } from '../books/step.ts'
import { negative, partyOf } from './accounts.ts'

/** What the closing of a month calls for. Of a month that the books still make what was declared, nothing is booked. */
export function periodEntries(step: Step): CalledForRow[] {
  const { fact } = step
  if (fact.type !== 'period.closing' && fact.type !== 'period.closed') return []
  const { period, by } = fact.data
  const isClosed = fact.type === 'period.closed'
  const row = rowOf(step, 'periods', {
    period,
    entry: isClosed ? 'closed' : 'closing',
    last_day: lastDay(period),
    actor: by,
  })
  if (fact.type !== 'period.closed') return [row]
  const totals = fact.data.totals.map((it) => {
    const amount = (value = '0') =>
      value.startsWith('-')
        ? negative(moneyText(minorUnits(value.slice(1), it.currency), it.currency))
        : moneyText(minorUnits(value, it.currency), it.currency)
    return rowOf(step, 'period_totals', {
      period,
      party_id: partyOf(step.programId, it.role, it.beneficiaryId),
      role: it.role,
      beneficiary_id: it.beneficiaryId,
      currency: it.currency,
      opening: amount(it.opening),
      earned: amount(it.earned),
      reversed: amount(it.reversed),
      paid: amount(it.paid),
      written_off: amount(it.writtenOff),
      converted: amount(it.converted),
      adjusted: amount(it.adjusted),
      closing: amount(it.closing),
      pending: amount(it.pending),
      payable: amount(it.payable),
      in_transit: amount(it.inTransit),
    })
  })
  return [row, ...totals]
}

/** Nothing counts in a month that was closed before the event came, but from the day after the last of these. */
export function inOpenMonths(step: Step, row: CalledForRow): CalledForRow {
  const closed = factsOfType(step.facts, 'period.closing').map(({ data }) => lastDay(data.period))
  const last = closed.sort().at(-1)
  const { effective_on = '' } = row.cells
  if (row.table !== 'ledger' || last === undefined || effective_on > last) return row
  const next = new Date(Date.parse(last) + 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
  return { ...row, cells: { ...row.cells, effective_on: next } }
}

function lastDay(period: string): string {
  const [year = 0, month = 0] = period.split('-').map(Number)
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10)
}
