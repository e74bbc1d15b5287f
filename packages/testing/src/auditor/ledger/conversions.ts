import { fraction, minorUnits, roundHalfAway, times } from '../../oracle/exact.ts'
import { type CalledForRow, idOf, moneyText, rowOf, type Step, timeText } from '../books/step.ts'
import { laterDay, negative, part, partyOf } from './accounts.ts'

/**
 * What a conversion of balances calls for: a row for each, what it moves, and the difference between all that was given and what the
 * rate makes of all that was taken. What each comes to is worked out from the rate, whatever the event says.
 */
export function conversionEntries(step: Step): CalledForRow[] {
  const { fact } = step
  if (fact.type !== 'balances.converted') return []
  const { conversionId, from, to, rate, asOf, by, reason, lines } = fact.data
  const day = laterDay(asOf, timeText(fact.time).slice(0, 10))
  const booked = (name: string, party_id: string, memo: string) => (account: string, minor: bigint, currency: string) =>
    rowOf(step, 'ledger', {
      transaction_id: `converted/${idOf(conversionId)}/${name}`,
      movement: 'converted',
      account,
      party_id,
      batch_id: '',
      amount: signedText(minor, currency),
      currency,
      effective_on: day,
      belongs_on: day,
      memo: `conversion ${idOf(conversionId)}: ${from} to ${to} at ${rate}${memo}`,
    })
  const rows: CalledForRow[] = []
  let [taken, given] = [0n, 0n]
  for (const line of lines) {
    const { beneficiaryId, role } = line
    const minor = signedMinor(line.from, from)
    const due = atRate(minor, from, to, rate)
    taken += minor
    given += due
    rows.push(
      rowOf(step, 'balance_conversions', {
        conversion_id: conversionId,
        beneficiary_id: beneficiaryId,
        role,
        from_amount: signedText(minor, from),
        from_currency: from,
        to_amount: signedText(due, to),
        to_currency: to,
        rate,
        as_of: asOf,
        actor: by,
        reason,
      }),
    )
    const party = partyOf(step.programId, role, beneficiaryId)
    const entry = booked(party, party, '')
    rows.push(
      entry(`liability:payable:${party}`, minor, from),
      entry('equity:exchange', -minor, from),
      entry('equity:exchange', due, to),
      entry(`liability:payable:${party}`, -due, to),
    )
  }
  const rounding = given - atRate(taken, from, to, rate)
  if (rounding === 0n) return rows
  const entry = booked(part(step.programId), '', ', rounding')
  return [...rows, entry('expense:exchange-differences', rounding, to), entry('equity:exchange', -rounding, to)]
}

function atRate(minor: bigint, from: string, to: string, rate: string): bigint {
  const unit = { numerator: minorUnits('1', to), denominator: minorUnits('1', from) }
  return roundHalfAway(times({ numerator: minor, denominator: 1n }, times(fraction(rate), unit)))
}

const signedMinor = (value: string, currency: string): bigint =>
  value.startsWith('-') ? -minorUnits(negative(value), currency) : minorUnits(value, currency)

const signedText = (minor: bigint, currency: string): string =>
  minor < 0n ? negative(moneyText(-minor, currency)) : moneyText(minor, currency)
