import { advanceClock, canBeLate, lateBy, type VouchEvent } from '@vouch/domain'
import type { FoldState, LoggedEvent, Row } from '@vouch/projector'
import { said, stateAdvocate } from './advocates.ts'
import { issueCode, revokeCode } from './codes.ts'
import { click, conversion, correction, link, share, signup } from './facts.ts'
import { rewardByHand } from './hand.ts'
import { disqualifyTouch, publishTerms } from './operator.ts'
import { consent, forget } from './privacy.ts'
import { Program } from './program.ts'
import { Rows } from './rows.ts'
import type { AdvocateStatement, FactBase } from './state.ts'

/**
 * One event of the log, in its order, to the rows that it leads to. Pure: everything it knows is in `state`, and the same
 * state and event give the same rows and the same next state.
 * @param clicksOnPage how many clicks of a visitor are kept as one value; changes no row
 */
export function fold(state: FoldState, logged: LoggedEvent, clicksOnPage?: number): readonly Row[] {
  const { program, base, rows } = begin(state, logged, clicksOnPage)
  apply(program, logged.event, base, rows)
  return rows.list
}

/** Steps to a part: more hold more in memory, less have the runtime asked for nothing. */
const stepsPerPart = 1000

/**
 * The same for events that may change all that an advocate ever brought, or all that was ever told of a program; see
 * `Projection`.
 * @param held as in `settleNamed`
 * @param clicksOnPage as in `fold`
 */
export function foldInParts(
  state: FoldState,
  logged: LoggedEvent,
  steps = stepsPerPart,
  held?: number,
  clicksOnPage?: number,
): Iterable<readonly Row[]> | undefined {
  const { event } = logged
  return isInSteps(event) ? partsOf(() => begin(state, logged, clicksOnPage), event, steps, held) : undefined
}

function* partsOf(
  begun: () => ReturnType<typeof begin>,
  event: EventInSteps,
  stepsPerPart: number,
  held: number | undefined,
): Generator<readonly Row[]> {
  const { program, base, rows } = begun()
  let steps = 0
  for (const _step of applyInSteps(program, event, base, rows, held)) {
    if (++steps % stepsPerPart === 0) yield rows.take()
  }
  yield rows.take()
}

const typesInSteps = [
  'vouch.program.published.v1',
  'vouch.advocate.enrolled.v1',
  'vouch.advocate.updated.v1',
  'vouch.advocate.suspended.v1',
  'vouch.advocate.reinstated.v1',
  'vouch.code.issued.v1',
  'vouch.code.revoked.v1',
] as const

type EventInSteps = Extract<VouchEvent, { readonly type: (typeof typesInSteps)[number] }>

const isInSteps = (event: VouchEvent): event is EventInSteps => (typesInSteps as readonly string[]).includes(event.type)

function begin(state: FoldState, { event, recordedAt }: LoggedEvent, clicksOnPage?: number) {
  const program = new Program(state, event.data.programId, clicksOnPage)
  const rows = new Rows(program.id, { type: event.type, occurredAt: event.time, recordedAt })
  const { clock } = program.self
  const late = lateBy(clock, event)
  const base = {
    source: event.source,
    id: event.id,
    time: event.time,
    lateMs: late === 0 ? undefined : late,
  }
  if (canBeLate(event.type)) {
    program.self.clock = advanceClock(clock, event, recordedAt)
    program.self.latest = Math.max(program.self.latest ?? event.time, event.time)
    program.saveSelf()
  }
  return { program, base, rows }
}

function applyInSteps(
  program: Program,
  event: EventInSteps,
  base: FactBase,
  rows: Rows,
  held: number | undefined,
): Generator<void> {
  const state = (advocateId: string, statement: AdvocateStatement) =>
    stateAdvocate(program, advocateId, statement, rows, held)
  switch (event.type) {
    case 'vouch.program.published.v1':
      return publishTerms(program, event, rows, held)
    case 'vouch.advocate.enrolled.v1':
      return state(event.data.advocateId, { ...said(event.data), ...base, enrolled: true })
    case 'vouch.advocate.updated.v1':
      return state(event.data.advocateId, { ...said(event.data), ...base })
    case 'vouch.advocate.suspended.v1':
      return state(event.data.advocateId, { ...base, suspended: true })
    case 'vouch.advocate.reinstated.v1':
      return state(event.data.advocateId, { ...base, suspended: false })
    case 'vouch.code.issued.v1':
      return issueCode(program, event.data, event.time, rows, held)
    case 'vouch.code.revoked.v1':
      return revokeCode(program, event.data, base, rows, held)
  }
}

function apply(program: Program, event: VouchEvent, base: FactBase, rows: Rows): void {
  if (isInSteps(event)) {
    for (const _step of applyInSteps(program, event, base, rows, undefined));
    return
  }
  switch (event.type) {
    case 'vouch.click.v1':
      return click(program, event.data, base, rows)
    case 'vouch.share.v1':
      return share(program, event.data, base, rows)
    case 'vouch.signup.v1':
      return signup(program, event.data, base, rows)
    case 'vouch.conversion.v1':
      return conversion(program, event.data, base, rows)
    case 'vouch.conversion.amended.v1':
      return correction(
        program,
        event.data.conversionId,
        'amendments',
        { ...base, amount: event.data.amount, items: event.data.items },
        rows,
      )
    case 'vouch.refund.v1': {
      const { amount, items, refundId } = event.data
      return correction(program, event.data.conversionId, 'refunds', { ...base, amount, items, refundId }, rows)
    }
    case 'vouch.identities.linked.v1':
      return link(program, event.data, { ...base, linked: true }, rows)
    case 'vouch.identities.unlinked.v1':
      return link(program, event.data, { ...base, linked: false }, rows)
    case 'vouch.consent.granted.v1':
      return consent(program, event.data, { ...base, granted: true }, rows)
    case 'vouch.consent.withdrawn.v1':
      return consent(program, event.data, { ...base, granted: false }, rows)
    case 'vouch.touch.disqualified.v1':
      return disqualifyTouch(program, event.data, rows)
    case 'vouch.reward.granted.v1':
    case 'vouch.reward.revoked.v1':
      return rewardByHand(program, event, rows)
    case 'vouch.person.forgotten.v1':
      return forget(program, event, rows)
    // What is paid of it is the ledger's, and where to is nobody's but the instructions'.
    case 'vouch.payee.registered.v1':
    case 'vouch.payee.held.v1':
    case 'vouch.payee.released.v1':
    case 'vouch.payout.opened.v1':
    case 'vouch.payout.approved.v1':
    case 'vouch.payout.cancelled.v1':
    case 'vouch.payout.submitted.v1':
    case 'vouch.payout.settled.v1':
    case 'vouch.payout.failed.v1':
    case 'vouch.payout.returned.v1':
    case 'vouch.statement.recorded.v1':
    case 'vouch.payout.instructed.v1':
    case 'vouch.discrepancy.resolved.v1':
    case 'vouch.period.closing.v1':
    case 'vouch.period.closed.v1':
    case 'vouch.balances.converted.v1':
      return
    default:
      return event satisfies never
  }
}
