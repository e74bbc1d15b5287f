import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings } from '@vouch/observability'
import { projections } from '@vouch/projections'
import { openServerWarehouse } from '@vouch/warehouse'
import { startClickHouseDouble } from '@vouch/warehouse/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEngine } from '../engine.ts'
import { noon } from '../testing/bench.ts'

// Tables on a ClickHouse server (a DOUBLE of one).

let dir: string
let double: Awaited<ReturnType<typeof startClickHouseDouble>>
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'vouch-alone-'))
  double = await startClickHouseDouble()
})
afterAll(async () => {
  await double.stop()
  rmSync(dir, { recursive: true, force: true })
})

it('one process does not take over the tables of a group, unless it is told to', async () => {
  const tables = projections.map((projection) => projection.tables)
  const { warehouse: where } = readSettings({ VOUCH_WAREHOUSE: double.url })
  const open = (name: string, recover = false) =>
    openEngine({ dataDir: join(dir, name), command: 'a spec', clock: () => noon, warehouse: where, recover })
  await (await open('first')).close()
  await (await open('first')).close()

  const warehouse = await openServerWarehouse({ url: double.url, tables, clock: () => noon })
  const generation = 90
  await warehouse.shared.found(generation, { madeBy: 'other projections', partitions: 1 })
  await warehouse.shared.raise('live', { generation, position: 0n, head: 0n, lagMs: 0, publishedAt: noon })
  await expect(open('second')).rejects.toThrow(
    /^The tables at http\S+ are made by a group of projectors \(generation 90\): set VOUCH_PROJECTION=group to ask them\./,
  )
  expect(await warehouse.published('live')).toMatchObject({ generation })

  await (await open('second', true)).close()
  expect((await warehouse.published('live'))?.generation).toBeGreaterThan(generation)
  await warehouse.close()
})
