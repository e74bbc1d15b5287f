import {
  type Batch,
  type ChangeBatch,
  decidePayout,
  type OpenPayout,
  type PayoutRejection,
  type SubmitBatch,
} from '@vouch/domain'
import type { EventStore } from '@vouch/event-store'
import { programStream } from '@vouch/ingestion'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { catchUp } from '../catch-up.ts'
import type { Engine } from '../engine.ts'
import type { AskingKey } from './append-decided.ts'
import { decidedOn } from './decided-on.ts'
import { appendDecided, programOf, readPayouts } from './stream.ts'

/** Why a payout command is not done. */
export type Refused = PayoutRejection | { readonly tag: 'outrun' | 'unknown-program'; readonly says: string }

/** A batch as it is after a command. */
export interface Done {
  readonly batch: Batch
  /** False where it was done before, and nothing was left to do. */
  readonly changed: boolean
}

export type OpenRequest = Pick<OpenPayout, 'programId' | 'asOf' | 'minimum' | 'by' | 'batchId'>

/**
 * Puts a batch together of what is payable, and reserves it. Of two who do so at once one is refused, and nothing is tried
 * again: what the other has reserved is to be looked at first.
 */
export async function openPayout(
  engine: Engine,
  request: OpenRequest,
  signal: AbortSignal,
  key?: AskingKey,
): Promise<Either<Refused, Done>> {
  const { store, clock } = engine
  const { programId } = request
  const { known, payable } = await decidedOn(engine, request, signal)
  const { payouts } = known
  const decision = decidePayout({ tag: 'open', ...request, ...payable }, payouts)
  if (isLeft(decision)) {
    const isEmpty = decision.left.tag === 'nothing-payable' && payable.balances.length === 0
    const isUnknown = isEmpty && !(await isProgram(store, programId))
    return isUnknown ? left(unknownProgram(programId)) : decision
  }
  const [decided] = decision.right
  if (decided === undefined) return right({ batch: payouts.get(request.batchId ?? '') as Batch, changed: false })
  const outcome = await appendDecided(store, programId, known, decision.right, clock(), key)
  if (outcome.outcome === 'wrong-revision') return left(outrun(programId))
  if (outcome.outcome === 'conflict') {
    const { id } = decided
    const says = `Batch ${id} is there already, of another program or opened at the same moment; name another.`
    return left({ tag: 'batch-exists', says })
  }
  await catchUp(engine, signal)
  const { payouts: after } = await readPayouts(store, programId)
  return right({ batch: after.get(decided.data.batchId) as Batch, changed: true })
}

/** Whether terms of it were ever published: what somebody is owed follows from them. */
async function isProgram(store: EventStore, programId: string): Promise<boolean> {
  for await (const _ of store.readStream(programStream(programId))) return true
  return false
}

const unknownProgram = (programId: string): Refused => ({
  tag: 'unknown-program',
  says: `There is no program ${programId}: nobody has published its terms, and nothing is payable in it.`,
})

const outrun = (programId: string): Refused => ({
  tag: 'outrun',
  says: `Somebody else changed the payouts of ${programId} at the same moment, so nothing was opened; vouch payouts list shows what there is now.`,
})

/** Somebody else was faster, every time. */
export const maxTries = 10

/** Approves, cancels or submits a batch. What others do to the program's payouts meanwhile is looked at before it is decided. */
export async function changePayout(
  engine: Engine,
  command: ChangeBatch | SubmitBatch,
  signal: AbortSignal,
  key?: AskingKey,
): Promise<Either<Refused, Done>> {
  const { store, clock } = engine
  const { batchId } = command
  const programId = await programOf(store, batchId)
  for (let tries = 0; tries < maxTries; tries++) {
    const known = await readPayouts(store, programId ?? '')
    const decision = decidePayout(command, known.payouts)
    if (isLeft(decision) || programId === undefined) return decision as Either<Refused, never>
    const changed = decision.right.length > 0
    if (changed) {
      const { outcome } = await appendDecided(store, programId, known, decision.right, clock(), key)
      if (outcome === 'wrong-revision' || outcome === 'conflict') continue
      await catchUp(engine, signal)
    }
    const { payouts } = changed ? await readPayouts(store, programId) : known
    return right({ batch: payouts.get(batchId) as Batch, changed })
  }
  return left(outrunAlways(programId))
}

export const outrunAlways = (programId: string | undefined) => ({
  tag: 'outrun' as const,
  says: `The payouts of ${programId} were changed by others ${maxTries} times while this was tried; try again.`,
})

export const unknownBatch = (batchId: string) => ({
  tag: 'unknown-batch' as const,
  says: `There is no batch ${batchId}; vouch payouts list shows those there are.`,
})

/** A batch as the log has it; undefined for one that was never opened. */
export async function findBatch({ store }: Engine, batchId: string): Promise<Batch | undefined> {
  const programId = await programOf(store, batchId)
  return programId === undefined ? undefined : (await readPayouts(store, programId)).payouts.get(batchId)
}
