import {
  type ConvertBalances,
  type ConvertedEvent,
  type ConvertRejection,
  decideConvert,
  type Withheld,
} from '@vouch/domain'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { catchUp } from '../catch-up.ts'
import type { Engine } from '../engine.ts'
import type { AskingKey } from './append-decided.ts'
import { decidedOn } from './decided-on.ts'
import { appendDecided, readPayouts } from './stream.ts'

export type ConvertRequest = Omit<ConvertBalances, 'balances' | 'position' | 'newest' | keyof Withheld>

/** A conversion of balances as it is after a command. */
export interface ConvertDone {
  readonly conversion: ConvertedEvent
  /** False where it was done before, and nothing was left to do. */
  readonly changed: boolean
}

/**
 * Converts what is payable in one currency to another. Whoever opens a batch or converts at the same moment is in the way, as when
 * two open at once: one of the two is refused, so that nothing is both reserved and converted.
 */
export async function convertBalances(
  engine: Engine,
  request: ConvertRequest,
  signal: AbortSignal,
  key?: AskingKey,
): Promise<Either<ConvertRejection | { readonly tag: 'outrun'; readonly says: string }, ConvertDone>> {
  const { store, clock } = engine
  const { programId } = request
  const { known, payable } = await decidedOn(engine, request, signal)
  const { conversions } = known
  const decision = decideConvert({ ...request, ...payable }, conversions)
  if (isLeft(decision)) return decision
  const [decided] = decision.right
  if (decided === undefined)
    return right({ conversion: conversions.get(request.conversionId ?? '') as ConvertedEvent, changed: false })
  const { outcome } = await appendDecided(store, programId, known, decision.right, clock(), key)
  if (outcome === 'wrong-revision' || outcome === 'conflict') {
    const says = `Somebody else changed the payouts of ${programId} at the same moment, so nothing was converted; try again.`
    return left({ tag: 'outrun', says })
  }
  await catchUp(engine, signal)
  const { conversions: after } = await readPayouts(store, programId)
  return right({ conversion: after.get(decided.data.conversionId) as ConvertedEvent, changed: true })
}
