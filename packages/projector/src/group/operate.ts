import { type Published, type Warehouse, WarehouseError } from '@vouch/warehouse'
import { completeInAll } from './partition.ts'

/**
 * Has readers see another generation, once it is as far as the one that they see; those who make it then move the pointer on.
 * @throws WarehouseError `other-generation` that says why not
 */
export async function goLive(warehouse: Warehouse, generation: number, now: number): Promise<Published> {
  const founding = await warehouse.shared.founding(generation)
  const live = await warehouse.published('live')
  if (founding === undefined) throw refusal(`Generation ${generation} is not being made, or is dropped.`)
  if (live !== undefined && live.generation >= generation) {
    throw refusal(
      `Readers see generation ${live.generation}, and the pointer goes forward alone: make generation ${live.generation + 1} or a later one.`,
    )
  }
  const position = completeInAll(await warehouse.shared.marks(generation), founding.partitions)
  if (position === undefined || position < (live?.position ?? 0n)) {
    throw refusal(
      `Generation ${generation} is complete up to position ${position ?? 0n}, and readers see up to ${live?.position ?? 0n}: wait until its projectors have caught up.`,
    )
  }
  await warehouse.migrate({ keep: true, views: true })
  const next = { generation, position, head: live?.head ?? position, lagMs: live?.lagMs ?? 0, publishedAt: now }
  await warehouse.shared.raise('live', next)
  return next
}

/**
 * Drops a generation that readers see no more. Its projectors must be stopped: what they write would lie about.
 * @throws WarehouseError `other-generation` that says why not
 */
export async function dropOld(warehouse: Warehouse, generation: number): Promise<void> {
  const [live, asof] = [await warehouse.published('live'), await warehouse.published('asof')]
  if (live === undefined || generation >= live.generation) {
    throw refusal(
      `Generation ${generation} is ${live?.generation === generation ? 'what readers see' : 'not older than what readers see'}; only older ones are dropped.`,
    )
  }
  if (asof?.generation === generation) throw refusal(`Generation ${generation} is shown in vouch_asof.`)
  await warehouse.shared.bury(generation)
  await warehouse.dropGeneration(generation)
}

const refusal = (message: string): WarehouseError => new WarehouseError('other-generation', message)
