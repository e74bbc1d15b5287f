import { laws } from '@vouch/projections'
import type { OnProgress } from '@vouch/projector'
import { checkLaws } from '../commands/verify.ts'
import type { Engine } from '../engine.ts'
import { Failure } from '../failure.ts'

/** What was compared and found to be right. */
export interface Proof {
  /** Log position up to which the tables were compared. */
  readonly position: number
  readonly tables: number
  readonly laws: number
}

/**
 * Folds the log a second time, compares the tables with the live ones, and checks the conservation laws.
 * @throws Failure if anything differs
 */
export async function prove(engine: Engine, onProgress: OnProgress, signal: AbortSignal): Promise<Proof> {
  const { position, tables, differences } = await engine.projector.verify(onProgress, signal)
  const broken = await checkLaws(engine)
  const wrong = [...differences.map(({ table }) => `table ${table}`), ...broken.map(({ law }) => `law "${law}"`)]
  if (wrong.length > 0) {
    const folder = engine.dataDir
    throw new Failure(
      `The demo's tables are not what its log says (${wrong.join(', ')}): this is a defect of vouch; keep ${folder} and report it.`,
    )
  }
  return { position: Number(position), tables, laws: laws.length }
}
