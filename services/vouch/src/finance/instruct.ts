import {
  type Batch,
  decideInstruct,
  type InstructBatch,
  type InstructedEvent,
  type InstructRejection,
  type LinePayee,
  type PayeeAccount,
} from '@vouch/domain'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { catchUp } from '../catch-up.ts'
import type { Engine } from '../engine.ts'
import type { AskingKey } from './append-decided.ts'
import { payeesOf } from './payees.ts'
import { maxTries, outrunAlways } from './payouts.ts'
import { appendDecided, programOf, readPayouts } from './stream.ts'

export type InstructRequest = Omit<InstructBatch, 'today' | 'payees'>

/** All that payment instructions to bank accounts are made of. */
export interface Instructed {
  readonly batch: Batch
  readonly instructed: InstructedEvent
  /** By reference, one for each line. */
  readonly accounts: ReadonlyMap<string, PayeeAccount>
}

/**
 * Records what the instructions of a batch are made of and that they went out, both at once, unless that is recorded: from
 * then on they are the same. What others do to the program's payouts meanwhile is looked at before it is decided.
 */
export async function instructPayout(
  engine: Engine,
  request: InstructRequest,
  signal: AbortSignal,
  key?: AskingKey,
): Promise<Either<InstructRejection | ReturnType<typeof outrunAlways>, Instructed>> {
  const { store, clock } = engine
  const { batchId } = request
  const programId = await programOf(store, batchId)
  await catchUp(engine, signal)
  for (let tries = 0; tries < maxTries; tries++) {
    const known = await readPayouts(store, programId ?? '')
    const batch = known.payouts.get(batchId)
    const instructed = known.instructed.get(batchId)
    const payees = batch === undefined ? new Map<string, LinePayee>() : await payeesOf(engine, batch, instructed)
    const now = clock()
    const today = new Date(now).toISOString().slice(0, 10)
    const decision = decideInstruct({ ...request, today, payees }, known.payouts, instructed)
    if (isLeft(decision)) return decision
    if (batch !== undefined && instructed !== undefined && decision.right.length === 0)
      return right({ batch, instructed, accounts: accountsOf(payees) })
    await appendDecided(store, programId ?? '', known, decision.right, now, key)
    // Whether it was this one or another's: the next turn reads what is recorded.
    await catchUp(engine, signal)
  }
  return left(outrunAlways(programId))
}

function accountsOf(payees: ReadonlyMap<string, LinePayee>): ReadonlyMap<string, PayeeAccount> {
  return new Map([...payees].flatMap(([reference, it]) => (it.tag === 'known' ? [[reference, it.account]] : [])))
}
