import {
  afterReport,
  type BeneficiaryKind,
  type Instruction,
  judge,
  type KnownLine,
  type LineOutcome,
  type LineStanding,
  type ReconciliationClass,
  type Resolution,
  type Resolutions,
  type ResolutionWay,
  receiversOf,
  reconcile,
  resolutionsOf,
  type StatementLine,
  type StatementStatus,
  standingOf,
  toMinor,
} from '@vouch/domain'
import type { AskedTables } from '../folds.ts'
import type { Reconciliation } from './reconciliation.ts'

/** Everything of a reconciliation, as the tables had it at a position. */
export async function readReconciliation(warehouse: AskedTables, position: bigint): Promise<Reconciliation> {
  const known = await readPayoutLines(warehouse, position)
  const said = await readStatementLines(warehouse, position)
  const resolutions = resolutionsOf(await readResolutions(warehouse, position))
  const byId = new Map(said.map((line) => [line.id, line]))
  const instructions = known.filter(isInstructed).map((it) => instructionOf(it, resolutions, byId))
  return {
    judged: judge(reconcile(instructions, said), resolutions),
    resolutions,
    receivers: receiversOf(known),
    position,
  }
}

interface PaidLine extends KnownLine {
  readonly amountMinor: bigint
  readonly currency: string
  /** What happened to it and who did it, in order. */
  readonly entries: readonly (readonly [string, string])[]
}

const isInstructed = ({ entries }: PaidLine): boolean => entries.some(([entry]) => entry === 'submitted')

const outcomes: ReadonlySet<string> = new Set<LineOutcome>(['settled', 'failed', 'returned'])

function instructionOf(it: PaidLine, resolutions: Resolutions, lines: ReadonlyMap<string, StatementLine>): Instruction {
  const { entries, kind: _kind, ...line } = it
  let [outcome, standing]: [LineOutcome?, LineStanding?] = []
  for (const [entry, actor] of entries) {
    if (!outcomes.has(entry)) continue
    outcome = entry as LineOutcome
    standing = afterReport(standing, outcome, actor, line)
  }
  const resolution = resolutions.lastOf(line.reference)
  if (resolution === undefined || resolution.as === 'disregard') return { ...line, outcome, standing }
  const { as, rate, provider, lineIds } = resolution
  const said = lineIds.flatMap((id) => lines.get(id) ?? [])
  return { ...line, outcome, standing: standingOf({ as, rate, provider, said }, line) }
}

async function readPayoutLines(warehouse: AskedTables, position: bigint): Promise<PaidLine[]> {
  const rows = await warehouse.rows<
    Record<'batch' | 'program' | 'named' | 'who' | 'of' | 'due' | 'money', string> & {
      readonly happened: readonly (readonly [string, string, string])[]
    }
  >(
    `SELECT toString(batch_id) AS batch, toString(program_id) AS program, reference AS named, any(beneficiary_id) AS who,
       toString(any(beneficiary_kind)) AS of, toString(any(amount)) AS due, toString(any(currency)) AS money,
       arrayMap(it -> [it.2, it.3], arraySort(groupArray((p.position, toString(entry), toString(actor))))) AS happened
     FROM vouch.payouts AS p WHERE p.position <= {position:UInt64}
     GROUP BY batch_id, program_id, reference ORDER BY min(p.position), minIf(p.line, entry = 'opened')`,
    { position: position.toString() },
  )
  return rows.map(({ batch, program, named, who, of, due, money, happened }) => ({
    batchId: batch,
    programId: program,
    reference: named,
    beneficiaryId: who,
    kind: of as BeneficiaryKind,
    amountMinor: toMinor({ value: due, currency: money }),
    currency: money,
    entries: happened.map(([entry = '', actor = '']) => [entry, actor] as const),
  }))
}

async function readStatementLines(warehouse: AskedTables, position: bigint): Promise<StatementLine[]> {
  const rows = await warehouse.rows<
    Record<
      'id' | 'ref' | 'who' | 'paid' | 'money' | 'what' | 'day' | 'provider' | 'statement' | 'number' | 'why',
      string
    >
  >(
    `SELECT event_id AS id, reference AS ref, beneficiary_id AS who, toString(amount) AS paid, toString(currency) AS money,
       toString(status) AS what, toString(stated_on) AS day, toString(provider) AS provider, toString(statement_id) AS statement,
       line_id AS number, reason AS why
     FROM vouch.statement_lines AS s WHERE s.position <= {position:UInt64}`,
    { position: position.toString() },
  )
  return rows.map(({ id, ref, who, paid, money, what, day, provider, statement, number, why }) => ({
    id,
    reference: ref,
    beneficiaryId: who || undefined,
    amountMinor: toMinor({ value: paid, currency: money }),
    currency: money,
    status: what as StatementStatus,
    date: day,
    provider,
    statementId: statement || undefined,
    lineId: number || undefined,
    reason: why || undefined,
  }))
}

async function readResolutions(warehouse: AskedTables, position: bigint): Promise<Resolution[]> {
  const rows = await warehouse.rows<
    Record<'ref' | 'of' | 'way' | 'who' | 'why' | 'day' | 'ratio' | 'payer' | 'ids' | 'batch' | 'other', string>
  >(
    `SELECT reference AS ref, toString(class) AS of, toString(resolution) AS way, toString(actor) AS who, reason AS why,
       toString(toDate(occurred_at)) AS day, rate AS ratio, toString(provider) AS payer, line_ids AS ids,
       toString(about_batch_id) AS batch, about_reference AS other
     FROM vouch.resolutions AS r WHERE r.position <= {position:UInt64} ORDER BY r.position`,
    { position: position.toString() },
  )
  return rows.map(({ ref, of, way, who, why, day, ratio, payer, ids, batch, other }) => ({
    reference: ref,
    class: of as ReconciliationClass,
    as: way as ResolutionWay,
    by: who,
    reason: why,
    on: day,
    rate: ratio || undefined,
    provider: payer || undefined,
    lineIds: ids === '' ? [] : ids.split(' '),
    about: batch === '' ? undefined : { batchId: batch, reference: other },
  }))
}
