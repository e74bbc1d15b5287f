import type { Warehouse } from '@vouch/warehouse'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { openFixtureWarehouse } from './fixture-warehouse.ts'
import { temporaryFolder } from './folders.ts'

/** One real ClickHouse for all tests of a file, empty at the beginning of each. */
export function useWarehouse(): () => Warehouse {
  let opened: Warehouse | undefined
  const folder = temporaryFolder()
  beforeAll(async () => {
    opened = await openFixtureWarehouse(folder.path)
  })
  const warehouse = () => {
    if (opened === undefined) throw new Error('The warehouse is open during tests only.')
    return opened
  }
  afterEach(() => empty(warehouse()))
  afterAll(async () => {
    await opened?.close()
    folder.remove()
  })
  return warehouse
}

export async function empty(warehouse: Warehouse): Promise<void> {
  for (const generation of await warehouse.generations()) await warehouse.dropGeneration(generation)
  for (const table of ['published', 'marks', 'foundings']) await warehouse.rows(`TRUNCATE TABLE vouch_store.${table}`)
}

/** What readers see: where the pointer stands and the digest of each table up to there. */
export async function shownDigests(warehouse: Warehouse, slot: 'live' | 'asof' = 'live') {
  const published = await warehouse.published(slot)
  if (published === undefined) return undefined
  const { generation, position } = published
  const tables: Record<string, { rows: bigint; hash: string }> = {}
  for (const table of warehouse.tables()) tables[table] = await warehouse.digest(table, generation, position)
  return { position, tables }
}

/** Rows of a table in the store, whatever is published. */
export async function storedRows(warehouse: Warehouse, table: string, generation: number) {
  return warehouse.rows<{ position: string; line: number } & Record<string, unknown>>(
    `SELECT * EXCEPT generation FROM vouch_store.${table} FINAL WHERE generation = ${generation} ORDER BY position, line`,
  )
}
