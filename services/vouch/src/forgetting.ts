import { forgottenType, type Subject, type SubjectKind } from '@vouch/domain'
import { isLeft } from 'fp-ts/lib/Either.js'
import { v4 as uuid } from 'uuid'
import type { Engine } from './engine.ts'
import { Failure } from './failure.ts'

const idColumns = {
  customer: 'customer_id',
  visitor: 'visitor_id',
  advocate: 'advocate_id',
  conversion: 'conversion_id',
}

const tablesOf: Readonly<Record<SubjectKind, readonly string[]>> = {
  customer: ['signups', 'conversions', 'links', 'consents'],
  visitor: ['touches', 'signups', 'conversions', 'links'],
  advocate: ['advocates', 'touches'],
  conversion: ['conversions'],
}

/** The programs that know somebody, from the tables or by a key of theirs. */
export async function programsOf({ warehouse, personal }: Engine, kind: SubjectKind, id: string): Promise<string[]> {
  const found = new Set(personal.keys.programsOf(kind, id))
  for (const table of tablesOf[kind]) {
    const rows = await warehouse.rows<{ program: string }>(
      `SELECT DISTINCT program_id AS program FROM vouch.${table} WHERE ${idColumns[kind]} = {id:String}`,
      { id },
    )
    for (const { program } of rows) found.add(program)
  }
  return [...found].sort()
}

/**
 * Somebody, and under what other ids their personal data is kept: of a customer the visitors that are or were said to be
 * them, and their orders. Only what has a key is named beside them.
 */
export async function withRelated({ warehouse, personal }: Engine, subject: Subject): Promise<Subject[]> {
  if (subject.kind !== 'customer') return [subject]
  const { programId, id } = subject
  const rows = await warehouse.rows<{ kind: SubjectKind; id: string }>(
    `SELECT DISTINCT kind, id FROM (
       SELECT 'visitor' AS kind, visitor_id AS id FROM vouch.links WHERE program_id = {programId:String} AND customer_id = {id:String}
       UNION ALL SELECT 'visitor', visitor_id FROM vouch.signups WHERE program_id = {programId:String} AND customer_id = {id:String}
       UNION ALL SELECT 'visitor', visitor_id FROM vouch.conversions WHERE program_id = {programId:String} AND customer_id = {id:String}
       UNION ALL SELECT 'conversion', conversion_id FROM vouch.conversions WHERE program_id = {programId:String} AND customer_id = {id:String}
     ) WHERE id != '' ORDER BY kind DESC, id`,
    { programId, id },
  )
  const related = rows.map((row): Subject => ({ programId, ...row })).filter((it) => personal.keys.has(it))
  return [subject, ...related]
}

/** Says in the log that they are forgotten, upon which their keys are destroyed. */
export async function forget(
  { admission, clock }: Engine,
  subjects: readonly Subject[],
  reason: string | undefined,
): Promise<readonly (Subject & { readonly position: number })[]> {
  const time = new Date(clock()).toISOString()
  const items = subjects.map(({ programId, kind, id }) => ({
    tag: 'value' as const,
    value: {
      specversion: '1.0',
      id: uuid(),
      source: 'vouch/forget',
      type: forgottenType,
      time,
      data: { programId, subject: kind, subjectId: id, ...(reason === undefined ? {} : { reason }) },
    },
  }))
  const answer = await admission.admit(items, { scopes: new Set(['admin'] as const) })()
  if (isLeft(answer)) throw new Failure(`${answer.left.message} Nobody may have been forgotten yet: run it again.`)
  return answer.right.map((outcome, index) => {
    if (outcome.outcome !== 'appended') {
      const why = outcome.outcome === 'rejected' ? `${outcome.field} ${outcome.reason}` : outcome.outcome
      throw new Failure(`It could not be said in the log that they are forgotten (${why}).`)
    }
    // There is one outcome for each.
    return { ...(subjects[index] as Subject), position: Number(outcome.position) }
  })
}
