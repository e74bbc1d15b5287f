import {
  type DecidedResolution,
  decideResolution,
  type Judged,
  nobodysProgram,
  type Receivers,
  type ResolutionRejection,
  type ResolveDiscrepancy,
} from '@vouch/domain'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { catchUp } from '../catch-up.ts'
import type { Engine } from '../engine.ts'
import type { AskingKey } from './append-decided.ts'
import { maxTries, outrunAlways } from './payouts.ts'
import { bookStatements, reconciled } from './reconciliation.ts'
import { appendDecided, readPayouts } from './stream.ts'

/** Why a discrepancy is not resolved. */
export type Unresolved = ResolutionRejection | ReturnType<typeof outrunAlways>

export interface ResolvedNow {
  /** Undefined where the same was decided before. */
  readonly decided: DecidedResolution | undefined
  /** What there is of the reference afterwards. */
  readonly lines: readonly Judged[]
  readonly receivers: Receivers
}

/**
 * Decides on a discrepancy as it now is. What others do to the program's payouts meanwhile is looked at before it is decided, and a
 * line of a statement that comes at the same moment needs a person anew.
 */
export async function resolveDiscrepancy(
  engine: Engine,
  command: ResolveDiscrepancy,
  signal: AbortSignal,
  key?: AskingKey,
): Promise<Either<Unresolved, ResolvedNow>> {
  const { store, clock } = engine
  const { reference } = command
  // A statement may have been there before the instructions went out.
  await bookStatements(engine, signal)
  let programId = nobodysProgram
  for (let tries = 0; tries < maxTries; tries++) {
    signal.throwIfAborted()
    const { position, ...discrepancies } = await reconciled(engine, signal)
    programId = discrepancies.receivers.byReference(reference)?.programId ?? nobodysProgram
    const known = await readPayouts(store, programId)
    // What is decided on has to be in the tables.
    if (position < known.newest) continue
    const decision = decideResolution(command, { ...discrepancies, count: known.resolved.length })
    if (isLeft(decision)) return decision
    const [decided] = decision.right
    if (decided !== undefined) {
      const { outcome } = await appendDecided(store, programId, known, decision.right, clock(), key)
      if (outcome === 'wrong-revision' || outcome === 'conflict') continue
      await catchUp(engine, signal)
    }
    const { judged, receivers } = decided === undefined ? discrepancies : await reconciled(engine, signal)
    return right({ decided, lines: judged.filter((it) => it.reference === reference), receivers })
  }
  return left(outrunAlways(programId))
}
