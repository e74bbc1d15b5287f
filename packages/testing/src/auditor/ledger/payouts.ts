import { minorUnits } from '../../oracle/exact.ts'
import { nameOf, type OpenedPayout, type PaidLine } from '../../oracle/log.ts'
import { factsOfType } from '../../oracle/program.ts'
import { type CalledForRow, idOf, moneyText, rowOf, type Step, timeText } from '../books/step.ts'
import { laterDay, negative, part, partyOf } from './accounts.ts'

/** What an event about a batch calls for: a row for each line that it touches, and what that moves. */
export function payoutEntries(step: Step): CalledForRow[] {
  const { fact } = step
  switch (fact.type) {
    case 'payout.opened': {
      const { lines, by } = fact.data
      return lines.flatMap((line) => [
        status(step, fact.data, line, 'opened', by),
        ...reservation(step, fact.data, line, 'opened'),
      ])
    }
    case 'payout.approved':
    case 'payout.submitted': {
      const batch = batchOf(step, fact.data.batchId)
      const actor = fact.type === 'payout.approved' ? fact.data.by : ''
      return batch.lines.map((line) =>
        status(step, batch, line, fact.type === 'payout.approved' ? 'approved' : 'submitted', actor),
      )
    }
    case 'payout.cancelled': {
      const batch = batchOf(step, fact.data.batchId)
      return batch.lines.flatMap((line) => [
        status(step, batch, line, 'cancelled', fact.data.by),
        ...reservation(step, batch, line, 'cancelled'),
      ])
    }
    case 'payout.settled':
    case 'payout.failed':
    case 'payout.returned':
      return outcome(
        step,
        fact.type === 'payout.settled' ? 'settled' : fact.type === 'payout.failed' ? 'failed' : 'returned',
      )
    default:
      return []
  }
}

export function status(
  step: Step,
  { batchId }: OpenedPayout,
  line: PaidLine,
  entry: string,
  actor: string,
): CalledForRow {
  const { beneficiaryId, kind, reference, amount } = line
  return rowOf(step, 'payouts', {
    batch_id: batchId,
    beneficiary_id: beneficiaryId,
    beneficiary_kind: kind,
    reference,
    amount: plain(amount.value, amount.currency),
    currency: amount.currency,
    entry,
    actor,
  })
}

/** From what is payable to what is in transit; cancelled, back again. */
function reservation(step: Step, batch: OpenedPayout, line: PaidLine, what: 'opened' | 'cancelled'): CalledForRow[] {
  return line.parts.flatMap(({ role, value }) => {
    const party = partyOf(step.programId, role, line.beneficiaryId)
    const amount = plain(value, line.amount.currency)
    return entries(step, batch, line, {
      transaction: what,
      on: laterDay(reservedOn(step, batch), timeText(step.fact.time).slice(0, 10)),
      memo: `payout ${idOf(batch.batchId)}${what === 'cancelled' ? ' cancelled' : ''}`,
      debit: `liability:payable:${party}`,
      credit: inTransit(batch),
      party,
      amount: what === 'opened' ? amount : negative(amount),
      currency: line.amount.currency,
    })
  })
}

function outcome(step: Step, what: 'settled' | 'failed' | 'returned'): CalledForRow[] {
  const { fact, facts } = step
  if (fact.type !== 'payout.settled' && fact.type !== 'payout.failed' && fact.type !== 'payout.returned') return []
  const { batchId, reference, date, provider, fee } = fact.data
  const batch = batchOf(step, batchId)
  const line = batch.lines.find((one) => one.reference === reference)
  if (line === undefined) return []
  const cash = `asset:cash:${part(provider)}`
  const wasPaid = factsOfType(facts, 'payout.settled').some(
    (one) => one.data.reference === reference && nameOf(one) !== nameOf(fact),
  )
  const common = {
    transaction: what,
    on: what === 'settled' ? date : laterDay(date, reservedOn(step, batch)),
    memo: `payout ${idOf(batchId)} ${what}`,
  }
  const moved = line.parts.flatMap(({ role, value }) => {
    const party = partyOf(step.programId, role, line.beneficiaryId)
    return entries(step, batch, line, {
      ...common,
      debit: wasPaid && what !== 'settled' ? cash : inTransit(batch),
      credit: what === 'settled' ? cash : `liability:payable:${party}`,
      party,
      amount: plain(value, line.amount.currency),
      currency: line.amount.currency,
    })
  })
  const first = partyOf(step.programId, line.parts[0]?.role ?? '', line.beneficiaryId)
  const charged =
    fee === undefined
      ? []
      : entries(step, batch, line, {
          ...common,
          debit: 'expense:payout-fees',
          credit: cash,
          party: first,
          amount: plain(fee.value, fee.currency),
          currency: fee.currency,
        })
  return [status(step, batch, line, what, provider), ...moved, ...charged]
}

interface Booked {
  readonly transaction: string
  readonly on: string
  readonly memo: string
  readonly debit: string
  readonly credit: string
  readonly party: string
  readonly amount: string
  readonly currency: string
}

/** Of transactions that are called otherwise. */
const movementNames: Readonly<Record<string, string>> = { opened: 'reserved', cancelled: 'given-back' }

function entries(step: Step, { batchId }: OpenedPayout, { reference }: PaidLine, booked: Booked): CalledForRow[] {
  const { transaction, on, memo, debit, credit, party, amount, currency } = booked
  const cells = {
    transaction_id: `payout/${reference}/${transaction}`,
    party_id: party,
    batch_id: batchId,
    currency,
    movement: movementNames[transaction] ?? transaction,
    effective_on: on,
    belongs_on: on,
    memo,
  }
  return [
    rowOf(step, 'ledger', { ...cells, account: debit, amount }),
    rowOf(step, 'ledger', { ...cells, account: credit, amount: negative(amount) }),
  ]
}

const inTransit = ({ batchId }: OpenedPayout): string => `liability:in-transit:${part(batchId)}`

/** The day of the opening, or the day whose balances are paid if that is later. */
export function reservedOn({ facts }: Step, { batchId, asOf }: OpenedPayout): string {
  const opening = factsOfType(facts, 'payout.opened').find((one) => one.data.batchId === batchId)
  return laterDay(asOf, timeText(opening?.time ?? 0).slice(0, 10))
}

export function batchOf({ facts }: Step, batchId: string): OpenedPayout {
  const opening = factsOfType(facts, 'payout.opened').find((one) => one.data.batchId === batchId)
  if (opening === undefined) throw new Error(`batch ${batchId} was never opened`)
  return opening.data
}

/** A decimal as the auditor reads it. */
function plain(value: string, currency: string): string {
  return value.startsWith('-')
    ? negative(moneyText(minorUnits(value.slice(1), currency), currency))
    : moneyText(minorUnits(value, currency), currency)
}
