import { compareGenerations, completeInAll, type Difference } from '@vouch/projector'
import type { Warehouse } from '@vouch/warehouse'
import { Failure } from '../failure.ts'

/** A fold of the log, as the warehouse knows it. */
export interface GenerationStanding {
  readonly generation: number
  /** Its rows are complete up to this log position; undefined while some partition has none. */
  readonly completeUpTo: bigint | undefined
  /** The projections, and their versions, that make it; undefined if no group does. */
  readonly madeBy: string | undefined
  /** Whether readers see it. */
  readonly isShown: boolean
}

/** The folds that groups of projectors make. Which one readers see is said by vouch-projector. */
export interface Generations {
  list(): Promise<readonly GenerationStanding[]>
  /** Holds one against what readers see, up to where both are complete. */
  compare(generation: number, signal: AbortSignal): Promise<{ position: bigint; differences: readonly Difference[] }>
}

/** @param open the warehouse, as a whole */
export function createGenerations(open: () => Promise<Warehouse>): Generations {
  async function standing({ shared }: Warehouse, generation: number): Promise<Omit<GenerationStanding, 'isShown'>> {
    const founding = await shared.founding(generation)
    const completeUpTo = founding && completeInAll(await shared.marks(generation), founding.partitions)
    return { generation, completeUpTo, madeBy: founding?.madeBy }
  }

  return {
    async list() {
      const warehouse = await open()
      const live = await warehouse.published('live')
      const found: GenerationStanding[] = []
      for (const generation of await warehouse.generations())
        found.push({ ...(await standing(warehouse, generation)), isShown: generation === live?.generation })
      return found
    },
    async compare(generation, signal) {
      const warehouse = await open()
      const live = await warehouse.published('live')
      if (live === undefined) throw new Failure('Readers see no generation yet; the first is shown by its projectors.')
      if (live.generation === generation) throw new Failure(`Generation ${generation} is what readers see already.`)
      const { madeBy, completeUpTo = 0n } = await standing(warehouse, generation)
      if (madeBy === undefined)
        throw new Failure(
          `There is no generation ${generation}; vouch-projector makes it, with VOUCH_GENERATION=${generation}.`,
        )
      const position = completeUpTo < live.position ? completeUpTo : live.position
      const differences = await compareGenerations(warehouse, live.generation, generation, position, signal)
      return { position, differences }
    },
  }
}
