import { afterAll, beforeAll } from 'vitest'
import { describeWarehouse, type OpenWarehouse } from '../conformance.ts'
import { type ClickHouseDouble, startClickHouseDouble } from '../testing/double/double.ts'
import { openServerWarehouse } from './open.ts'

let double: ClickHouseDouble
beforeAll(async () => {
  double = await startClickHouseDouble()
})
afterAll(() => double.stop())

/** Tables of before go first: it is one server for all. */
const open: OpenWarehouse = async (tables, limits) => {
  const clock = () => Date.UTC(2026, 2, 1)
  const warehouse = await openServerWarehouse({ url: double.url, tables, clock, limits })
  await double.clear()
  return { warehouse, dispose: () => warehouse.close() }
}

describeWarehouse('a ClickHouse server, by a double of it', open)
