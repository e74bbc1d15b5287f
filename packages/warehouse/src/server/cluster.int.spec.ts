import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ClickHouse } from '../clickhouse.ts'
import { fixtureTables, mark, payment, shown } from '../conformance/harness.ts'
import type { Warehouse } from '../port.ts'
import { type ClickHouseDouble, startClickHouseDouble } from '../testing/double/double.ts'
import { readCluster } from './cluster.ts'
import { openServerWarehouse, type ServerWarehouseOptions } from './open.ts'

const rolled = [new URL('../fixtures/rolled.sql', import.meta.url)]

describe('a cluster (a double of one shard and one replica)', () => {
  let double: ClickHouseDouble
  const opened: Warehouse[] = []
  const open = async (more: Partial<ServerWarehouseOptions> = {}) => {
    const all = {
      url: double.url,
      tables: fixtureTables,
      clock: () => 0,
      cluster: 'main',
      bucketPositions: 4n,
      ...more,
    }
    const warehouse = await openServerWarehouse(all)
    opened.push(warehouse)
    return warehouse
  }
  beforeAll(async () => {
    double = await startClickHouseDouble({ cluster: 'main' })
  })
  beforeEach(async () => {
    for (const warehouse of opened.splice(0)) await warehouse.close()
    await double.clear()
  })
  afterAll(async () => {
    for (const warehouse of opened) await warehouse.close()
    await double.stop()
  })

  it('has its rows in the tables of the shards, and none of its own', async () => {
    const warehouse = await open()
    await warehouse.migrate()
    await warehouse.insert('payments', 1, [payment(1, 0, '1'), payment(2, 0, '2')])
    expect(
      await warehouse.rows(
        `SELECT name, engine, total_rows FROM system.tables WHERE database = 'vouch_store' AND name LIKE 'payments%' ORDER BY name`,
      ),
    ).toEqual([
      { name: 'payments', engine: 'Distributed', total_rows: null },
      { name: 'payments_local', engine: 'ReplacingMergeTree', total_rows: '2' },
    ])
  })

  it('keeps sums by bucket of positions as one server does', async () => {
    const warehouse = await open({ tables: rolled })
    await warehouse.migrate()
    const sale = (position: number, line: number, shop: string) => ({ position, line, shop, amount: '1.5' })
    await warehouse.insert('sales', 1, [
      sale(1, 0, 'a'),
      sale(1, 1, 'b'),
      sale(4, 0, 'a'),
      sale(7, 0, 'b'),
      sale(9, 0, 'a'),
    ])
    await warehouse.insert('sales', 1, [sale(4, 0, 'a'), sale(7, 0, 'b')])
    await warehouse.publish('live', mark(1, 9))
    await warehouse.publish('live', mark(1, 9))
    expect(
      await warehouse.rows(
        'SELECT position, shop, sales, amount FROM vouch_store.shop_sums_local FINAL ORDER BY position, shop',
      ),
    ).toEqual([
      { position: '4', shop: 'a', sales: '2', amount: '3' },
      { position: '4', shop: 'b', sales: '1', amount: '1.5' },
      { position: '8', shop: 'b', sales: '1', amount: '1.5' },
    ])
    expect(await warehouse.rows('SELECT * FROM vouch.shops ORDER BY shop')).toEqual([
      { shop: 'a', sales: '3', amount: '4.5' },
      { shop: 'b', sales: '2', amount: '3' },
    ])
  })

  it('joins what lies on several shards', async () => {
    const warehouse = await open()
    await warehouse.migrate()
    await warehouse.insert('payments', 1, [payment(1, 0, '1'), payment(2, 0, '2')])
    await warehouse.publish('live', mark(1, 2))
    const query =
      'SELECT count() AS n FROM vouch_store.payments FINAL WHERE position IN (SELECT position FROM vouch_store.payments WHERE amount > 1)'
    expect(await warehouse.rows(query)).toEqual([{ n: '1' }])
  })

  it('makes anew what one of its nodes lacks', async () => {
    const warehouse = await open()
    await warehouse.migrate()
    await warehouse.insert('payments', 1, [payment(1, 0, '1')])
    await warehouse.publish('live', mark(1, 1))
    expect(await warehouse.migrate()).toEqual({ changed: [], needsRebuild: false })
    await double.run('DROP TABLE vouch_store.payments_local SYNC')
    expect(await warehouse.migrate()).toEqual({ changed: ['vouch_store.payments'], needsRebuild: true })
    expect(await shown(warehouse)).toEqual([])
  })

  it('may be opened by another before its first table is made', async () => {
    const warehouse = await open()
    let met = 0
    double.faults = async ({ statement }) => {
      if (!statement.includes('vouch_store.programs') || met++ > 0) return undefined
      await open()
      return undefined
    }
    await warehouse.migrate()
    double.faults = undefined
    expect(met).toBeGreaterThan(0)
  })

  it('is not taken for one server, nor one server for it', async () => {
    await (await open()).migrate()
    await expect(open({ cluster: undefined })).rejects.toMatchObject({
      fault: 'unfit',
      message: expect.stringMatching(/^The tables at http:\S+ were made for a cluster, and none is set: /),
    })
    await double.clear()
    await (await open({ cluster: undefined })).migrate()
    await expect(open()).rejects.toMatchObject({ fault: 'unfit' })
  })
})

describe('a cluster is asked for its nodes', () => {
  const knowing = (...shards: readonly { cluster: string; replicas: string }[]) =>
    ({ rows: async () => shards }) as unknown as ClickHouse

  it('and may have any number of shards', async () => {
    const shards = knowing(
      { cluster: 'other', replicas: '1' },
      { cluster: 'main', replicas: '2' },
      { cluster: 'main', replicas: '2' },
    )
    expect(await readCluster(shards, 'main', 'http://h:8123')).toEqual({ name: 'main', nodes: 4, replicas: 2 })
  })

  it('which are as many in each shard', async () => {
    const shards = knowing({ cluster: 'main', replicas: '2' }, { cluster: 'main', replicas: '1' })
    await expect(readCluster(shards, 'main', 'http://h:8123')).rejects.toMatchObject({
      fault: 'unfit',
      message:
        'The shards of cluster "main" have 2, 1 replicas; give each as many, for a row has to be on all of its shard.',
    })
  })
})
