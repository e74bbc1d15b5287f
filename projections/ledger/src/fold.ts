import { isConvertedEvent, isPayoutEvent, isPeriodEvent, isResolvedEvent, isStatementEvent } from '@vouch/domain'
import type { FoldState, LoggedEvent, Row } from '@vouch/projector'
import { conversionRows } from './conversions.ts'
import { holdRows, isHoldEvent } from './holds.ts'
import { payoutRows } from './payouts.ts'
import { datedRows, periodRows } from './periods.ts'
import { resolutionRows } from './resolutions.ts'
import { rewardRows } from './rewards.ts'
import { statementRows } from './statements.ts'
import { TimesMoved } from './times-moved.ts'

/**
 * One event of the log, in its order, to the entries that it leads to in the books. What it does to rewards is not worked out
 * a second time: `followed` has the rows that attribution makes of the same event.
 */
export function fold(
  state: FoldState,
  logged: LoggedEvent,
  followed: readonly Row[],
  moved?: TimesMoved,
): readonly Row[] {
  const { event } = logged
  if (isPeriodEvent(event)) return periodRows(state, event, logged)
  return datedRows(state, event.data.programId, rowsOf(state, logged, followed, moved))
}

/** The same where the rows of attribution come in parts: a reward may move in more than one of them. */
export function followParts(state: FoldState, logged: LoggedEvent): (part: readonly Row[]) => readonly Row[] {
  const moved = new TimesMoved()
  return (part) => fold(state, logged, part, moved)
}

function rowsOf(
  state: FoldState,
  logged: LoggedEvent,
  followed: readonly Row[],
  moved: TimesMoved | undefined,
): readonly Row[] {
  const { event } = logged
  if (isHoldEvent(event)) return holdRows(event, logged)
  if (isStatementEvent(event)) return statementRows(event, logged)
  if (isResolvedEvent(event)) return resolutionRows(state, event, logged)
  if (isConvertedEvent(event)) return conversionRows(event, logged)
  return isPayoutEvent(event) ? payoutRows(state, event, logged) : rewardRows(logged, followed, moved)
}
