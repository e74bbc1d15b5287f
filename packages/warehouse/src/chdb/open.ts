import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { LentClickHouse } from '../over.ts'
import type { Warehouse } from '../port.ts'
import { defaultLimits, type Limits } from '../strangers/limits.ts'
import { readSchema } from '../tables/read-schema.ts'
import { createWarehouse } from '../warehouse.ts'

export interface ChdbWarehouseOptions {
  /** The folder that holds the tables; made if it is not there. */
  readonly path: string
  /** The projections' tables files; for their format see `readTablesFile`. */
  readonly tables: readonly URL[]
  /** ms since the epoch, UTC. */
  readonly clock: () => number
  /** What one stranger's question may use; see `defaultLimits`. */
  readonly limits?: Partial<Limits> | undefined
  /** Log positions that are rolled up together; default 2^17, which suits a log that counts 1, 2, 3. What is in a folder goes by it. */
  readonly bucketPositions?: bigint | undefined
}

export interface ChdbWarehouse extends Warehouse {
  /** For a warehouse in another thread of the process, which can have the folder once alone; see `warehouseOver`. */
  readonly lent: LentClickHouse
}

/** It takes a third of a second and 150 MB to load, which no command without tables in the process should wait for. */
export const loadChdb = () => import('./chdb.ts')

/**
 * The embedded warehouse.
 * @throws WarehouseError `bad-tables`, `locked`, `damaged`
 */
export async function openChdbWarehouse(options: ChdbWarehouseOptions): Promise<ChdbWarehouse> {
  const { path, tables, clock, limits, bucketPositions } = options
  const schema = readSchema(tables)
  const folder = resolve(path)
  mkdirSync(folder, { recursive: true })
  const { openChdb } = await loadChdb()
  const lent = await openChdb(folder, { ...defaultLimits, ...limits })
  return { ...createWarehouse(lent, schema, clock, bucketPositions), lent }
}
