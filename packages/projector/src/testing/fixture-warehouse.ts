import { openChdbWarehouse, type Warehouse } from '@vouch/warehouse'
import { fixtureTables } from './projections.ts'

/** A real ClickHouse with the tables of the fixtures. */
export async function openFixtureWarehouse(path: string): Promise<Warehouse> {
  const warehouse = await openChdbWarehouse({ path, tables: fixtureTables, clock: () => Date.UTC(2026, 2, 1) })
  await warehouse.migrate()
  return warehouse
}
