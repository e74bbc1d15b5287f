import {
  decidedStanding,
  difference,
  isAlone,
  later,
  type Moved,
  movedAlone,
  movedBy,
  type PayoutLine,
  payoutLine,
  type ResolvedEvent,
  resolutionTransactions,
  toMinor,
} from '@vouch/domain'
import type { FoldState, LoggedEvent, Row } from '@vouch/projector'
import { batchOf, lineOf, payoutRow, putLine, standingJson, standingOf } from './payouts.ts'
import { pushTransaction, type Times, timesOf } from './rows.ts'

type Resolved = ResolvedEvent['data']

/** The row of a resolution, and what it moves: the difference to what the books have. */
export function resolutionRows(state: FoldState, { id, data }: ResolvedEvent, logged: LoggedEvent): readonly Row[] {
  const times = timesOf(logged)
  const { batchId = '', reference, by } = data
  const rows = [resolutionRow(id, data, times)]
  if (!isAlone(data.class))
    rows.push(payoutRow(batchId, payoutLine(lineOf(state, batchId, reference).line), 'resolved', by, times))
  const moved = difference(
    isAlone(data.class) ? alone(state, data) : ofInstruction(state, data),
    ...takenBack(state, data),
  )
  const decidedOn = times.occurred_at.slice(0, 10)
  const said = data.lines.at(-1)?.date ?? decidedOn
  // What is reserved on a later day cannot be paid before.
  const on = batchId === '' ? said : later(said, batchOf(state, batchId).reservedOn)
  for (const transaction of resolutionTransactions(moved, { ...data, id, on }))
    pushTransaction(rows, transaction, batchId, times)
  return rows
}

function ofInstruction(state: FoldState, data: Resolved): Moved {
  const { programId, batchId = '', reference } = data
  const known = lineOf(state, batchId, reference)
  const line = payoutLine(known.line)
  const standing = decidedStanding(data, line)
  putLine(state, batchId, { ...known, standing: standingJson(standing) })
  const batch = { batchId, programId }
  return difference(movedBy(batch, line, standing), movedBy(batch, line, standingOf(known.standing)))
}

function alone(state: FoldState, { programId, resolution, lines, about }: Resolved): Moved {
  const [line] = lines
  if (line === undefined) throw new Error('a line of a statement was resolved, and is not there')
  return movedAlone(programId, saidBy(line), resolution, payoutLineOf(state, about))
}

/** What was decided of its lines by themselves before. */
const takenBack = (state: FoldState, { programId, lines }: Resolved): Moved[] =>
  lines.flatMap((line) => {
    const { before } = line
    if (before === undefined) return []
    return [movedAlone(programId, saidBy(line), before.resolution, payoutLineOf(state, before.about))]
  })

const saidBy = ({ amount, provider, status }: Resolved['lines'][number]) => ({
  provider,
  status,
  amountMinor: toMinor(amount),
  currency: amount.currency,
})

const payoutLineOf = (state: FoldState, about: Resolved['about']): PayoutLine | undefined =>
  about && payoutLine(lineOf(state, about.batchId, about.reference).line)

function resolutionRow(id: string, data: Resolved, times: Times): Row {
  const { batchId, reference, class: of, resolution, by, reason, rate, provider, lines, about } = data
  return {
    table: 'resolutions',
    values: {
      resolution_id: id,
      batch_id: batchId ?? '',
      reference,
      class: of,
      resolution,
      actor: by,
      reason,
      rate: rate ?? '',
      provider: provider ?? '',
      line_ids: lines.map((line) => line.id).join(' '),
      about_batch_id: about?.batchId ?? '',
      about_reference: about?.reference ?? '',
      program_id: times.program_id,
      occurred_at: times.occurred_at,
      recorded_at: times.recorded_at,
    },
  }
}
