import { type DataOf, insertInOrder, timestamp } from '@vouch/domain'
import type { Program } from './program.ts'
import type { Rows } from './rows.ts'
import { settleNamed } from './settle.ts'
import type { AdvocateState, AdvocateStatement } from './state.ts'

/** What an enrolment or an update says; what it leaves out stays as it was. */
export function said(data: DataOf<'vouch.advocate.updated.v1'>): Omit<AdvocateStatement, 'source' | 'id' | 'time'> {
  const { kind, customerId, group, parentAdvocateId, attributes } = data
  return { kind, customerId, group, parentAdvocateId, attributes }
}

/**
 * Takes in a statement about an advocate, which holds from its own time on, whenever it arrives.
 * @returns the steps, as in `settleNamed`
 */
export function* stateAdvocate(
  program: Program,
  advocateId: string,
  statement: AdvocateStatement,
  rows: Rows,
  held: number | undefined,
): Generator<void> {
  const { source, id, time, enrolled, suspended, kind, customerId, group, parentAdvocateId, attributes } = statement
  const advocate = program.advocate(advocateId)
  const own = { source, id, time, enrolled, suspended, kind, customerId, group, parentAdvocateId, attributes }
  insertInOrder(advocate.statements, own)
  program.save('advocate', advocateId, advocate)
  rows.push('advocates', { advocate_id: advocateId, ...latest(advocate) })
  // What is said first also holds before; so by saying nothing of them it may take customer and parent back.
  const isFirst = advocate.statements.find((it) => it.suspended === undefined) === own
  if (suspended !== undefined || customerId !== undefined || parentAdvocateId !== undefined || isFirst) {
    yield* settleNamed(program, triggersOf(program, advocateId, advocate), rows, held)
  }
}

/** Names of what may change with an advocate: all that its codes and shares had a part in, and what its children brought. */
function triggersOf(program: Program, advocateId: string, advocate: AdvocateState): string[] {
  return [
    ...advocate.codes.flatMap((codeKey) => program.state.members('by-code', program.key(codeKey))),
    ...program.state.members('by-sharer', program.key(advocateId)),
    ...program.state.members('by-parent', program.key(advocateId)),
  ]
}

/** The advocate as last said, by the statements' own time. */
function latest({ statements }: AdvocateState): Record<string, unknown> {
  const last = <K extends keyof AdvocateStatement>(field: K) =>
    statements.findLast((it) => it[field] !== undefined)?.[field]
  const enrolment = statements.find((it) => it.enrolled)
  return {
    kind: last('kind') ?? '',
    customer_id: last('customerId') ?? '',
    group: last('group') ?? '',
    parent_advocate_id: last('parentAdvocateId') ?? '',
    attributes: JSON.stringify(last('attributes') ?? {}),
    status: last('suspended') ? 'suspended' : enrolment ? 'active' : 'unknown',
    enrolled_at: enrolment ? timestamp(enrolment.time) : null,
  }
}
