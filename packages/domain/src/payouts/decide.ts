import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { v5 as uuid } from 'uuid'
import type { DataOf } from '../events/types.ts'
import { accountPart } from '../ledger/accounts.ts'
import { formatMinor } from '../money.ts'
import type { Batch, BatchLine, LineOutcome } from './batch.ts'
import { type Balance, type Carried, linesOf, type PayoutLine } from './lines.ts'
import { isSamePerson } from './person.ts'
import type { PayoutType } from './types.ts'
import type { Withheld } from './withheld.ts'

export interface OpenPayout extends Withheld {
  readonly tag: 'open'
  readonly programId: string
  /** A name that the caller made up, so that the same command repeated does not open twice; else the next number is taken. */
  readonly batchId?: string | undefined
  readonly asOf: string
  readonly minimum?: string | undefined
  readonly by: string
  /** What is payable, and at which log position that was known. */
  readonly balances: readonly Balance[]
  readonly position: bigint
  /** The newest payout event of the program in the log. */
  readonly newest: bigint
}

export interface ChangeBatch {
  readonly tag: 'approve' | 'cancel'
  readonly batchId: string
  readonly by: string
  readonly reason?: string | undefined
}

export interface SubmitBatch {
  readonly tag: 'submit'
  readonly batchId: string
  readonly format: string
}

/** What a provider's statement says of a line. */
export interface ReportLine {
  readonly tag: 'settle' | 'fail' | 'return'
  readonly batchId: string
  readonly reference: string
  readonly amountMinor: bigint
  readonly currency: string
  readonly date: string
  readonly provider: string
  readonly fee?: { readonly value: string; readonly currency: string } | undefined
  readonly statementId?: string | undefined
  readonly lineId?: string | undefined
  readonly reason?: string | undefined
}

/** What a decision looks at, and leaves as it is. */
type Known = ReadonlyMap<string, Batch>

export type PayoutCommand = OpenPayout | ChangeBatch | SubmitBatch | ReportLine

/** Why a command is not done; `says` is a sentence for people. */
export interface PayoutRejection {
  readonly tag:
    | 'batch-exists'
    | 'tables-behind'
    | 'nothing-payable'
    | 'unknown-batch'
    | 'same-person'
    | 'batch-cancelled'
    | 'not-approved'
    | 'batch-submitted'
    | 'unknown-line'
    | 'not-submitted'
    | 'currency-differs'
    | 'amount-differs'
    | 'line-resolved'
    | 'line-failed'
    | 'line-returned'
    | 'line-settled'
  readonly says: string
}

/** An event that a decision leads to. Its id is made of what happened to what, so that it can happen once. */
export type DecidedPayout = {
  [T in PayoutType]: { readonly type: T; readonly id: string; readonly data: DataOf<T> }
}[PayoutType]

type Decision = Either<PayoutRejection, readonly DecidedPayout[]>

/**
 * What a command leads to: events, none at all where it was done before, or why it is not done.
 * @param payouts all of the program's, as its stream has them
 */
export function decidePayout(command: PayoutCommand, payouts: Known): Decision {
  switch (command.tag) {
    case 'open':
      return decideOpen(command, payouts)
    case 'approve':
      return decideApprove(command, payouts)
    case 'cancel':
      return decideCancel(command, payouts)
    case 'submit':
      return decideSubmit(command, payouts)
    case 'settle':
    case 'fail':
    case 'return':
      return decideReport(command, payouts)
    default:
      return command satisfies never
  }
}

const no = (tag: PayoutRejection['tag'], says: string): Decision => left({ tag, says })
const done: Decision = right([])

/** In order of precedence: batch-exists, tables-behind, nothing-payable. */
function decideOpen(command: OpenPayout, payouts: Known): Decision {
  const { programId, asOf, minimum, by, balances, position, newest, suspended, holds } = command
  const batchId = command.batchId ?? nextBatchId(programId, payouts)
  const existing = payouts.get(batchId)
  if (existing) {
    if (existing.asOf === asOf && existing.minimum === minimum && isSamePerson(existing.openedBy, by)) return done
    return no(
      'batch-exists',
      `Batch ${batchId} is there already, as of ${existing.asOf}, opened by ${existing.openedBy}; name another.`,
    )
  }
  if (position < newest) {
    return no(
      'tables-behind',
      `The tables are at position ${position}, and the newest payout of ${programId} is at ${newest}: nothing is paid on balances that lack it. Try again when vouch doctor says that they have caught up.`,
    )
  }
  const { lines, carried } = linesOf(balances, { batchId, minimum, suspended, holds })
  if (lines.length === 0)
    return no('nothing-payable', `Nothing is payable in ${programId} as of ${asOf}${because(carried)}.`)
  const data = {
    programId,
    batchId,
    asOf,
    ...(minimum === undefined ? {} : { minimum }),
    by,
    position: Number(position),
    lines: lines.map(lineJson),
    carried: carried.map(carriedJson),
  }
  return right([{ type: 'vouch.payout.opened.v1', id: batchId, data }])
}

const namespace = '0d7c4a52-9c3e-4c5f-8d0a-2f8b7f3f9f10'

/** Batches of a program are numbered. A program whose id is long or strange gives them a name made of it. */
function nextBatchId(programId: string, payouts: Known): string {
  const name = accountPart(programId)
  const prefix = name.length <= 100 ? name : uuid(programId, namespace)
  let number = payouts.size + 1
  while (payouts.has(`${prefix}-${number}`)) number++
  return `${prefix}-${number}`
}

function because(carried: readonly Carried[]): string {
  if (carried.length === 0) return ''
  const counts = Map.groupBy(carried, ({ reason }) => reason)
  const said = [...counts].map(([reason, of]) => `${of.length} ${reason.replace('-', ' ')}`)
  return `; carried over: ${said.join(', ')}`
}

const lineJson = ({ reference, kind, beneficiaryId, currency, amountMinor, parts }: PayoutLine) => ({
  reference,
  beneficiaryId,
  kind,
  amount: { value: formatMinor(amountMinor, currency), currency },
  parts: parts.map((part) => ({ role: part.role, value: formatMinor(part.amountMinor, currency) })),
})

const carriedJson = ({ kind, beneficiaryId, currency, amountMinor, reason }: Carried) => ({
  beneficiaryId,
  kind,
  value: formatMinor(amountMinor, currency),
  currency,
  reason,
})

/** In order of precedence: unknown-batch, batch-cancelled, same-person; done where it is approved already. */
function decideApprove({ batchId, by }: ChangeBatch, payouts: Known): Decision {
  const batch = payouts.get(batchId)
  if (!batch) return unknown(batchId)
  if (batch.status === 'cancelled') return cancelled(batch)
  if (isSamePerson(batch.openedBy, by))
    return no('same-person', `Batch ${batchId} was opened by ${batch.openedBy}, so somebody else approves it.`)
  if (batch.status !== 'open') return done
  return right([
    { type: 'vouch.payout.approved.v1', id: `${batchId}/approved`, data: { programId: batch.programId, batchId, by } },
  ])
}

/** In order of precedence: unknown-batch, batch-submitted; done where it is cancelled already. */
function decideCancel({ batchId, by, reason }: ChangeBatch, payouts: Known): Decision {
  const batch = payouts.get(batchId)
  if (!batch) return unknown(batchId)
  if (batch.status === 'submitted') {
    return no(
      'batch-submitted',
      `The instructions of batch ${batchId} are out, so the provider may pay it: it cannot be cancelled. Lines that are not paid come back when a statement says so.`,
    )
  }
  if (batch.status === 'cancelled') return done
  const data = { programId: batch.programId, batchId, by, ...(reason === undefined ? {} : { reason }) }
  return right([{ type: 'vouch.payout.cancelled.v1', id: `${batchId}/cancelled`, data }])
}

/** In order of precedence: unknown-batch, batch-cancelled, not-approved; done where it is submitted already. */
function decideSubmit({ batchId, format }: SubmitBatch, payouts: Known): Decision {
  const batch = payouts.get(batchId)
  if (!batch) return unknown(batchId)
  if (batch.status === 'cancelled') return cancelled(batch)
  if (batch.status === 'open')
    return no(
      'not-approved',
      `Batch ${batchId} is not approved; vouch payouts approve ${batchId} --by NAME does it, by somebody other than ${batch.openedBy}.`,
    )
  if (batch.status === 'submitted') return done
  return right([
    {
      type: 'vouch.payout.submitted.v1',
      id: `${batchId}/submitted`,
      data: { programId: batch.programId, batchId, format },
    },
  ])
}

const reported = {
  settle: { type: 'vouch.payout.settled.v1', outcome: 'settled' },
  fail: { type: 'vouch.payout.failed.v1', outcome: 'failed' },
  return: { type: 'vouch.payout.returned.v1', outcome: 'returned' },
} as const

/**
 * In order of precedence: unknown-batch, unknown-line, not-submitted, currency-differs, amount-differs, line-resolved, line-failed,
 * line-returned, line-settled; done where the same was said before.
 */
function decideReport(command: ReportLine, payouts: Known): Decision {
  const { tag, batchId, reference, amountMinor, currency, date, provider, fee, statementId, lineId, reason } = command
  const batch = payouts.get(batchId)
  if (!batch) return unknown(batchId)
  const line = batch.lines.get(reference)
  if (!line)
    return no(
      'unknown-line',
      `Batch ${batchId} has no line ${reference}; vouch payouts show ${batchId} lists those it has.`,
    )
  if (batch.status !== 'submitted')
    return no(
      'not-submitted',
      `Batch ${batchId} is ${batch.status}: its instructions never went out, so the provider cannot have paid ${reference}.`,
    )
  if (line.currency !== currency)
    return no('currency-differs', `Line ${reference} is in ${line.currency}, not in ${currency}.`)
  if (line.amountMinor !== amountMinor) {
    const [own, said] = [line.amountMinor, amountMinor].map((minor) => formatMinor(minor, currency))
    return no('amount-differs', `Line ${reference} is of ${own} ${currency}, not of ${said}.`)
  }
  if (line.isResolved)
    return no(
      'line-resolved',
      `Line ${reference} was resolved by somebody, so what statements say of it is not booked by itself.`,
    )
  const { type, outcome } = reported[tag]
  const against = outcomeAgainst(line, outcome)
  if (against !== undefined) return against
  const data = {
    programId: batch.programId,
    batchId,
    reference,
    date,
    provider,
    ...(fee === undefined ? {} : { fee }),
    ...(statementId === undefined ? {} : { statementId }),
    ...(lineId === undefined ? {} : { lineId }),
    ...(reason === undefined || tag === 'settle' ? {} : { reason }),
  }
  return right([{ type, id: `${reference}/${outcome}`, data }])
}

/** What was paid can still come back; nothing else changes once the provider has spoken. */
function outcomeAgainst({ reference, outcome: before }: BatchLine, outcome: LineOutcome): Decision | undefined {
  if (before === undefined || (before === 'settled' && outcome === 'returned')) return undefined
  if (before === outcome) return done
  const said = { failed: 'has failed', returned: 'was returned', settled: 'is settled' }[before]
  return no(`line-${before}`, `Line ${reference} ${said} already, so it cannot be ${outcome} now.`)
}

const unknown = (batchId: string): Decision =>
  no('unknown-batch', `There is no batch ${batchId}; vouch payouts list shows those there are.`)

const cancelled = ({ batchId, cancelledBy }: Batch): Decision =>
  no('batch-cancelled', `Batch ${batchId} was cancelled by ${cancelledBy}; open another.`)
