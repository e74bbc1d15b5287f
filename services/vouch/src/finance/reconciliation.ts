import {
  bookable,
  decidePayout,
  evolve,
  type Instruction,
  type Judged,
  type LineOutcome,
  type PayoutEvent,
  type Receivers,
  type Resolutions,
  type StatementLine,
} from '@vouch/domain'
import { isLeft } from 'fp-ts/lib/Either.js'
import { catchUp } from '../catch-up.ts'
import type { Engine } from '../engine.ts'
import { Failure } from '../failure.ts'
import { maxTries } from './payouts.ts'
import { readReconciliation } from './reconciliation-tables.ts'
import { appendDecided, programOf, readPayouts } from './stream.ts'

/**
 * What there is to be said of a batch, with whatever is unexpected, or of all of them; undefined for a batch that was never opened. What
 * statements settle is booked first: one may have been there before the instructions went out.
 */
export async function bookAndReconcile(
  engine: Engine,
  batchId: string | undefined,
  signal: AbortSignal,
): Promise<Pick<Reconciliation, 'judged' | 'receivers'> | undefined> {
  if (batchId !== undefined && (await programOf(engine.store, batchId)) === undefined) return undefined
  await bookStatements(engine, signal)
  const { judged, receivers } = await reconciled(engine, signal)
  const isAsked = (it: Judged) =>
    batchId === undefined || it.class === 'unexpected' || it.instruction?.batchId === batchId
  return { judged: judged.filter(isAsked), receivers }
}

/** All that a reconciliation looks at and comes to, as the tables had it at a position. */
export interface Reconciliation {
  readonly judged: readonly Judged[]
  readonly resolutions: Resolutions
  readonly receivers: Receivers
  readonly position: bigint
}

/** All instructions and all that statements say, as the tables have them now, with what people have resolved. */
export async function reconciled(engine: Engine, signal: AbortSignal): Promise<Reconciliation> {
  await catchUp(engine, signal)
  const { position } = await engine.projector.progress()
  return readReconciliation(engine.warehouse, position)
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
  const { judged, resolutions } = await reconciled(engine, signal)
  const open = judged.flatMap((it) => {
    const { instruction } = it
    return instruction === undefined ? [] : bookable(it, resolutions).map((line) => ({ line, instruction }))
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
    const resolved = new Set(known.resolved.flatMap(({ data }) => data.lines.map(({ id }) => id)))
    const decided = lines.flatMap(({ line, instruction: { batchId } }) => {
      // Somebody may have resolved it meanwhile, as no payment of the instruction's.
      if (resolved.has(line.id)) return []
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
