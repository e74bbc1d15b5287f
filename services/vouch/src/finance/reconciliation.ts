import {
  bookable,
  decidePayout,
  evolve,
  type Instruction,
  type LineOutcome,
  type PayoutEvent,
  type Reconciled,
  reconcile,
  type StatementLine,
  type StatementStatus,
  toMinor,
} from '@vouch/domain'
import { isLeft } from 'fp-ts/lib/Either.js'
import { catchUp, type Engine } from '../engine.ts'
import { Failure } from '../failure.ts'
import type { AskedTables } from '../folds.ts'
import { maxTries } from './payouts.ts'
import { appendDecided, programOf, readPayouts } from './stream.ts'

/**
 * What there is to be said of a batch, with whatever is unexpected, or of all of them; undefined for a batch that was never opened. What
 * statements settle is booked first: one may have been there before the instructions went out.
 */
export async function bookAndReconcile(
  engine: Engine,
  batchId: string | undefined,
  signal: AbortSignal,
): Promise<Reconciled[] | undefined> {
  if (batchId !== undefined && (await programOf(engine.store, batchId)) === undefined) return undefined
  await bookStatements(engine, signal)
  const all = await reconciled(engine, signal)
  return all.filter((it) => batchId === undefined || it.class === 'unexpected' || it.instruction?.batchId === batchId)
}

/** All instructions and all that statements say, as the tables have them now. */
export async function reconciled(engine: Engine, signal: AbortSignal): Promise<Reconciled[]> {
  await catchUp(engine, signal)
  const { position } = await engine.projector.progress()
  const instructions = await readInstructions(engine.warehouse, position)
  return reconcile(instructions, await readLines(engine.warehouse, position))
}

async function readInstructions(warehouse: AskedTables, position: bigint): Promise<Instruction[]> {
  const rows = await warehouse.rows<Record<'batch' | 'program' | 'named' | 'who' | 'due' | 'money' | 'last', string>>(
    `SELECT toString(batch_id) AS batch, toString(program_id) AS program, reference AS named, any(beneficiary_id) AS who,
       toString(any(amount)) AS due, toString(any(currency)) AS money, toString(argMax(entry, p.position)) AS last
     FROM vouch.payouts AS p WHERE p.position <= {position:UInt64}
     GROUP BY batch_id, program_id, reference HAVING has(groupArray(toString(entry)), 'submitted')
     ORDER BY min(p.position), minIf(p.line, entry = 'opened')`,
    { position: position.toString() },
  )
  return rows.map(({ batch, program, named, who, due, money, last }) => ({
    batchId: batch,
    programId: program,
    reference: named,
    beneficiaryId: who,
    amountMinor: toMinor({ value: due, currency: money }),
    currency: money,
    outcome: last === 'submitted' ? undefined : (last as LineOutcome),
  }))
}

async function readLines(warehouse: AskedTables, position: bigint): Promise<StatementLine[]> {
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

/** How many lines of payouts were settled, failed or returned. */
export type Booked = Partial<Record<LineOutcome, number>>

const chunkEvents = 1000

/**
 * Decides what statements say of instructions and is not in the books yet, once. What differs in amount or currency, and what speaks
 * against what was said before, is left to people.
 * @throws Failure where others changed the payouts all the while
 */
export async function bookStatements(engine: Engine, signal: AbortSignal): Promise<Booked> {
  const booked: Booked = {}
  const open = (await reconciled(engine, signal)).flatMap((it) => {
    const { instruction } = it
    return instruction === undefined ? [] : bookable(it).map((line) => ({ line, instruction }))
  })
  for (const [programId, own] of Map.groupBy(open, ({ instruction }) => instruction.programId)) {
    for (let from = 0; from < own.length; from += chunkEvents) {
      signal.throwIfAborted()
      await bookInProgram(engine, programId, own.slice(from, from + chunkEvents), booked)
    }
  }
  if (open.length > 0) await catchUp(engine, signal)
  return booked
}

const tags = { settled: 'settle', failed: 'fail', returned: 'return' } as const

async function bookInProgram(
  { store, clock }: Engine,
  programId: string,
  lines: readonly { readonly line: StatementLine; readonly instruction: Instruction }[],
  booked: Booked,
): Promise<void> {
  for (let tries = 0; tries < maxTries; tries++) {
    const known = await readPayouts(store, programId)
    const now = clock()
    const decided = lines.flatMap(({ line, instruction: { batchId } }) => {
      const decision = decidePayout({ tag: tags[line.status], ...line, batchId }, known.payouts)
      if (isLeft(decision)) return []
      for (const it of decision.right)
        evolve(known.payouts, { ...it, source: 'vouch/payouts', time: now } as PayoutEvent)
      return decision.right
    })
    if (decided.length === 0) return
    const { outcome } = await appendDecided(store, programId, known, decided, now)
    if (outcome === 'wrong-revision' || outcome === 'conflict') continue
    for (const { type } of decided) {
      const what = type.split('.')[2] as LineOutcome
      booked[what] = (booked[what] ?? 0) + 1
    }
    return
  }
  throw new Failure(
    `The payouts of ${programId} were changed by others ${maxTries} times while statements were booked; try again.`,
  )
}
