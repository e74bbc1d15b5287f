import { setTimeout as pause } from 'node:timers/promises'
import type { EventStore } from '@vouch/event-store'
import { compareGenerations, completeInAll, type Difference } from '@vouch/projector'
import type { Published, Warehouse } from '@vouch/warehouse'
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

/** What an operator does with the folds that groups of projectors make. */
export interface Generations {
  list(): Promise<readonly GenerationStanding[]>
  /** Holds one against what readers see, up to where both are complete. */
  compare(generation: number, signal: AbortSignal): Promise<{ position: bigint; differences: readonly Difference[] }>
  /** Has readers see it, from where they are. Waits for it to get there. */
  show(generation: number, signal: AbortSignal): Promise<bigint>
  /** Takes its rows away, for good. */
  drop(generation: number): Promise<void>
}

export interface GenerationsParts {
  readonly store: Pick<EventStore, 'head'>
  readonly warehouse: () => Promise<Warehouse>
  /** ms since the epoch, UTC. */
  readonly clock: () => number
  /** How long one may stand still before nobody waits for it any longer, ms; default a minute. */
  readonly patienceMs?: number | undefined
}

export function createGenerations(parts: GenerationsParts): Generations {
  const { store, clock, patienceMs = 60_000 } = parts

  async function standing({ shared }: Warehouse, generation: number): Promise<Omit<GenerationStanding, 'isShown'>> {
    const founding = await shared.founding(generation)
    const completeUpTo = founding && completeInAll(await shared.marks(generation), founding.partitions)
    return { generation, completeUpTo, madeBy: founding?.madeBy }
  }

  /** One that projectors make, and what readers see. */
  async function beside(warehouse: Warehouse, generation: number): Promise<{ live: Published; completeUpTo: bigint }> {
    const live = await warehouse.published('live')
    if (live === undefined) throw new Failure('Readers see no generation yet; the first is shown by its projectors.')
    if (live.generation === generation) throw new Failure(`Generation ${generation} is what readers see already.`)
    const { madeBy, completeUpTo } = await standing(warehouse, generation)
    if (madeBy === undefined)
      throw new Failure(
        `There is no generation ${generation}; vouch-projector makes it, with VOUCH_GENERATION=${generation}.`,
      )
    return { live, completeUpTo: completeUpTo ?? 0n }
  }

  async function reach(
    warehouse: Warehouse,
    generation: number,
    position: bigint,
    signal: AbortSignal,
  ): Promise<bigint> {
    let before = -1n
    let since = performance.now()
    for (;;) {
      const now = (await standing(warehouse, generation)).completeUpTo ?? 0n
      if (now >= position) return now
      if (now !== before) since = performance.now()
      before = now
      if (performance.now() - since > patienceMs) {
        throw new Failure(
          `Generation ${generation} stands still at position ${now}, and readers see ${position}: see that its projectors run, and have all partitions.`,
        )
      }
      await pause(100, undefined, { signal })
    }
  }

  return {
    async list() {
      const warehouse = await parts.warehouse()
      const live = await warehouse.published('live')
      const found: GenerationStanding[] = []
      for (const generation of await warehouse.generations())
        found.push({ ...(await standing(warehouse, generation)), isShown: generation === live?.generation })
      return found
    },
    async compare(generation, signal) {
      const warehouse = await parts.warehouse()
      const { live, completeUpTo } = await beside(warehouse, generation)
      const position = completeUpTo < live.position ? completeUpTo : live.position
      return {
        position,
        differences: await compareGenerations(warehouse, live.generation, generation, position, signal),
      }
    },
    async show(generation, signal) {
      const warehouse = await parts.warehouse()
      const { live } = await beside(warehouse, generation)
      if (generation < live.generation)
        throw new Failure(
          `Readers see generation ${live.generation}, and never go back to an earlier one: fold it anew under the next number.`,
        )
      const position = await reach(warehouse, generation, live.position, signal)
      const head = await store.head()
      const mark = { generation, position, head: head > position ? head : position, lagMs: live.lagMs }
      await warehouse.shared.raise('live', { ...mark, publishedAt: clock() })
      return position
    },
    async drop(generation) {
      const warehouse = await parts.warehouse()
      const shown = [await warehouse.published('live'), await warehouse.published('asof')]
      if (shown.some((it) => it?.generation === generation))
        throw new Failure(`Generation ${generation} is what readers see; show another one first.`)
      // From now on no projector joins it, and one that still writes to it writes what nobody sees.
      await warehouse.shared.bury(generation)
      await warehouse.dropGeneration(generation)
    },
  }
}
