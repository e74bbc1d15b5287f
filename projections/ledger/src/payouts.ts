import {
  afterReport,
  type DataOf,
  type EventOf,
  formatMinor,
  giveBack,
  type LineOutcome,
  type LineStanding,
  type PayoutEvent,
  type PayoutLine,
  payoutLine,
  report,
  reserve,
  reservedOn,
} from '@vouch/domain'
import type { FoldState, LoggedEvent, Row } from '@vouch/projector'
import { pushTransaction, type Times, timesOf } from './rows.ts'

/** What the fold keeps of a batch. */
interface BatchState {
  readonly reservedOn: string
  /** Of its lines, in their order. */
  readonly references: readonly string[]
}

/** What it keeps of a line, by batch and reference. */
interface LineState {
  /** As the event that opened the batch has it. */
  readonly line: DataOf<'vouch.payout.opened.v1'>['lines'][number]
  readonly outcome?: LineOutcome | undefined
  /** Once it is no longer in transit. */
  readonly standing?: StandingJson | undefined
}

/** A standing as the state keeps it: JSON has no whole numbers that are large enough. */
export type StandingJson = Pick<LineStanding, 'as'> & {
  readonly paid: readonly (Record<'amountMinor' | 'countedMinor', string> & Record<'provider' | 'currency', string>)[]
}

type Entry = 'opened' | 'approved' | 'cancelled' | 'submitted' | 'resolved' | LineOutcome

/** The entries of a payout's event in the books, and its rows in `payouts`. */
export function payoutRows(state: FoldState, event: PayoutEvent, logged: LoggedEvent): readonly Row[] {
  const times = timesOf(logged)
  switch (event.type) {
    case 'vouch.payout.opened.v1':
      return opened(state, event, times)
    case 'vouch.payout.approved.v1':
      return wholeBatch(state, event, 'approved', event.data.by, times)
    case 'vouch.payout.cancelled.v1':
      return wholeBatch(state, event, 'cancelled', event.data.by, times)
    case 'vouch.payout.submitted.v1':
      return wholeBatch(state, event, 'submitted', '', times)
    case 'vouch.payout.settled.v1':
      return reported(state, event, 'settled', times)
    case 'vouch.payout.failed.v1':
      return reported(state, event, 'failed', times)
    case 'vouch.payout.returned.v1':
      return reported(state, event, 'returned', times)
    default:
      return event satisfies never
  }
}

function opened(state: FoldState, { data }: EventOf<'vouch.payout.opened.v1'>, times: Times): Row[] {
  const { batchId, programId, asOf, lines, by } = data
  const batch: BatchState = {
    reservedOn: reservedOn(times.occurred_at.slice(0, 10), asOf),
    references: lines.map(({ reference }) => reference),
  }
  state.put('batch', batchId, batch)
  return lines.flatMap((line) => {
    putLine(state, batchId, { line })
    const own = payoutLine(line)
    const rows = [payoutRow(batchId, own, 'opened', by, times)]
    pushTransaction(rows, reserve({ batchId, programId, reservedOn: batch.reservedOn }, own), batchId, times)
    return rows
  })
}

function wholeBatch(
  state: FoldState,
  { data }: Pick<PayoutEvent, 'data'>,
  entry: 'approved' | 'cancelled' | 'submitted',
  actor: string,
  times: Times,
): Row[] {
  const { batchId, programId } = data
  const { references, reservedOn } = batchOf(state, batchId)
  return references.flatMap((reference) => {
    const line = payoutLine(lineOf(state, batchId, reference).line)
    const rows = [payoutRow(batchId, line, entry, actor, times)]
    if (entry === 'cancelled') {
      const back = giveBack({ batchId, programId, reservedOn }, line, times.occurred_at.slice(0, 10))
      pushTransaction(rows, back, batchId, times)
    }
    return rows
  })
}

type Reported = EventOf<'vouch.payout.settled.v1' | 'vouch.payout.failed.v1' | 'vouch.payout.returned.v1'>

function reported(state: FoldState, { data }: Reported, outcome: LineOutcome, times: Times): Row[] {
  const { batchId, programId, reference, provider } = data
  const { reservedOn } = batchOf(state, batchId)
  const { line: json, outcome: before, standing: stood } = lineOf(state, batchId, reference)
  const line = payoutLine(json)
  const standing = afterReport(standingOf(stood), outcome, provider, line)
  putLine(state, batchId, { line: json, outcome, standing: standingJson(standing) })
  const rows = [payoutRow(batchId, line, outcome, provider, times)]
  pushTransaction(rows, report({ batchId, programId, reservedOn }, line, outcome, data, before), batchId, times)
  return rows
}

const lineKey = (batchId: string, reference: string): string => `${batchId}\n${reference}`

export const putLine = (state: FoldState, batchId: string, line: LineState): void =>
  state.put('line', lineKey(batchId, line.line.reference), line)

export const standingOf = (json: StandingJson | undefined): LineStanding | undefined =>
  json && {
    as: json.as,
    paid: json.paid.map((it) => ({
      ...it,
      amountMinor: BigInt(it.amountMinor),
      countedMinor: BigInt(it.countedMinor),
    })),
  }

export const standingJson = ({ as, paid }: LineStanding): StandingJson => ({
  as,
  paid: paid.map((it) => ({ ...it, amountMinor: String(it.amountMinor), countedMinor: String(it.countedMinor) })),
})

export function batchOf(state: FoldState, batchId: string): BatchState {
  const batch = state.get<BatchState>('batch', batchId)
  if (batch === undefined) throw new Error(`batch ${batchId} was never opened`)
  return batch
}

export function lineOf(state: FoldState, batchId: string, reference: string): LineState {
  const line = state.get<LineState>('line', lineKey(batchId, reference))
  if (line === undefined) throw new Error(`batch ${batchId} has no line ${reference}`)
  return line
}

/** @param actor who did it, or whose statement says so; empty where nobody is named */
export function payoutRow(batchId: string, line: PayoutLine, entry: Entry, actor: string, times: Times): Row {
  const { reference, kind, beneficiaryId, amountMinor, currency } = line
  return {
    table: 'payouts',
    values: {
      batch_id: batchId,
      program_id: times.program_id,
      beneficiary_id: beneficiaryId,
      beneficiary_kind: kind,
      reference,
      amount: formatMinor(amountMinor, currency),
      currency,
      entry,
      actor,
      occurred_at: times.occurred_at,
      recorded_at: times.recorded_at,
    },
  }
}
