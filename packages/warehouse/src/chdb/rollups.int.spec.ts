import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { freshGeneration, mark } from '../conformance/harness.ts'
import type { RowValues, Slot, Warehouse } from '../port.ts'
import { openChdbWarehouse } from './open.ts'
import { temporaryFolder } from './temporary.ts'

const tables = [new URL('../fixtures/rolled.sql', import.meta.url)]
const sale = (position: number, line: number, shop = 'a', amount = '1.5'): RowValues => ({
  position,
  line,
  shop,
  amount,
})

describe('roll-ups', () => {
  const endings: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end()
  })

  function folder(): string {
    const { path, remove } = temporaryFolder()
    endings.push(remove)
    return path
  }

  async function open(path: string, bucketPositions = 4n): Promise<Warehouse> {
    const warehouse = await openChdbWarehouse({ path, tables, clock: () => 0, bucketPositions })
    endings.push(() => warehouse.close())
    await warehouse.migrate()
    return warehouse
  }

  const rowsIn = (warehouse: Warehouse, query: string) => warehouse.rows<Record<string, unknown>>(query)
  const rolledIn = (warehouse: Warehouse, generation: number) =>
    rowsIn(
      warehouse,
      `SELECT position, shop, sales, amount FROM vouch_store.shop_sums FINAL WHERE generation = ${generation} ORDER BY position, shop`,
    )

  async function expectSums(warehouse: Warehouse, slot: Slot = 'live'): Promise<void> {
    const database = slot === 'live' ? 'vouch' : 'vouch_asof'
    const facts = `SELECT shop, count() AS sales, sum(amount) AS amount FROM ${database}.sales GROUP BY shop ORDER BY shop`
    expect(await rowsIn(warehouse, `SELECT * FROM ${database}.shops ORDER BY shop`)).toEqual(
      await rowsIn(warehouse, facts),
    )
  }

  it('are made of each full bucket, and a view adds what comes after', async () => {
    const warehouse = await open(folder())
    await warehouse.insert('sales', 1, [
      sale(1, 0),
      sale(4, 0),
      sale(4, 1, 'b'),
      sale(5, 0),
      sale(9, 0),
      sale(11, 0, 'b'),
    ])
    await warehouse.publish('live', mark(1, 10))
    expect(await rolledIn(warehouse, 1)).toEqual([
      { position: '4', shop: 'a', sales: '2', amount: '3' },
      { position: '4', shop: 'b', sales: '1', amount: '1.5' },
      { position: '8', shop: 'a', sales: '1', amount: '1.5' },
    ])
    expect(await rowsIn(warehouse, 'SELECT * FROM vouch.shops ORDER BY shop')).toEqual([
      { shop: 'a', sales: '4', amount: '6' },
      { shop: 'b', sales: '1', amount: '1.5' },
    ])
    await warehouse.publish('live', mark(1, 12))
    await expectSums(warehouse)
    expect(warehouse.tables()).toEqual(['sales'])
  })

  it('are those of the generation and position that are shown, in either slot', async () => {
    const warehouse = await open(folder())
    const rows = Array.from({ length: 20 }, (_, index) => sale(index + 1, 0, index % 3 ? 'a' : 'b', `${index}.25`))
    for (const generation of [1, 2]) await warehouse.insert('sales', generation, rows.slice(0, 20 - generation))
    await warehouse.publish('live', mark(1, 19))
    await warehouse.publish('asof', mark(2, 6))
    await expectSums(warehouse)
    await expectSums(warehouse, 'asof')
    await warehouse.publish('live', mark(2, 18))
    await warehouse.dropGeneration(1)
    await expectSums(warehouse)
    expect(await rolledIn(warehouse, 1)).toEqual([])
  })

  it('count no row twice, whatever is written or made again, and whoever goes on', async () => {
    const path = folder()
    const step = fc.record({
      rows: fc.integer({ min: 0, max: 9 }),
      again: fc.integer({ min: 0, max: 9 }),
      opened: fc.boolean(),
    })
    let warehouse = await open(path)
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const generation = freshGeneration()
        const rows: RowValues[] = []
        for (const { rows: more, again, opened } of steps) {
          const from = rows.length
          for (let index = 0; index < more; index++) {
            rows.push(sale(from + index + 1, 0, `s${(from + index) % 3}`, `${from + index}.01`))
          }
          await warehouse.insert('sales', generation, rows.slice(Math.max(0, from - again)))
          if (opened) {
            await warehouse.close()
            warehouse = await open(path)
          }
          await warehouse.publish('live', mark(generation, rows.length))
          await warehouse.insert('sales', generation, rows.slice(0, again))
          if (again > 5) await warehouse.publish('live', mark(generation, rows.length))
          await expectSums(warehouse)
        }
      }),
      { numRuns: 12 },
    )
  })

  it('may go on in buckets of another size', async () => {
    const path = folder()
    const rows = Array.from({ length: 30 }, (_, index) => sale(index + 1, 0, 'a', `${index}`))
    for (const [size, upTo] of [
      [4n, 10],
      [7n, 20],
      [2n, 29],
    ] as const) {
      const warehouse = await open(path, size)
      await warehouse.insert('sales', 1, rows)
      await warehouse.publish('live', mark(1, upTo))
      await expectSums(warehouse)
      await warehouse.close()
    }
  })
})
