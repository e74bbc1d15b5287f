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
  const rolledIn = (warehouse: Warehouse, generation: number, wide: 0 | 1 = 0) =>
    rowsIn(
      warehouse,
      `SELECT position, shop, sales, amount FROM vouch_store.shop_sums FINAL WHERE generation = ${generation} AND wide = ${wide} ORDER BY position, shop`,
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

  it('are made once more of sixteen buckets, and a view adds the buckets that come after', async () => {
    const warehouse = await open(folder(), 2n)
    const rows = Array.from({ length: 80 }, (_, index) => sale(index + 1, 0, index % 2 ? 'b' : 'a', '0.25'))
    await warehouse.insert('sales', 1, rows)
    await warehouse.publish('live', mark(1, 31))
    expect(await rolledIn(warehouse, 1, 1)).toEqual([])
    await warehouse.publish('live', mark(1, 71))
    expect(await rolledIn(warehouse, 1, 1)).toEqual([
      { position: '32', shop: 'a', sales: '16', amount: '4' },
      { position: '32', shop: 'b', sales: '16', amount: '4' },
      { position: '64', shop: 'a', sales: '16', amount: '4' },
      { position: '64', shop: 'b', sales: '16', amount: '4' },
    ])
    await expectSums(warehouse)
    // What a wide one holds is read there alone.
    await warehouse.rows(
      'ALTER TABLE vouch_store.shop_sums DELETE WHERE wide = 0 AND position <= 64 SETTINGS mutations_sync = 2',
    )
    await expectSums(warehouse)
    await warehouse.publish('live', mark(1, 80))
    await expectSums(warehouse)
  })

  it('are not looked at beyond a position that is shown again after a later one, and not begun anew from there', async () => {
    const path = folder()
    let warehouse = await open(path, 1n)
    const rows = Array.from({ length: 70 }, (_, index) => sale(index + 1, 0))
    await warehouse.insert('sales', 1, rows)
    for (const position of [40, 17, 9, 33, 40, 20, 65]) {
      await warehouse.publish('live', mark(1, position))
      await expectSums(warehouse)
      await warehouse.rows('OPTIMIZE TABLE vouch_store.published FINAL')
      await warehouse.close()
      warehouse = await open(path, 1n)
    }
  })

  it.each([4n, 1n])(
    'of %s positions count no row twice, whatever is written or made again, and whoever goes on',
    async (size) => {
      const path = folder()
      const step = fc.record({
        rows: fc.integer({ min: 0, max: 9 }),
        again: fc.integer({ min: 0, max: 9 }),
        opened: fc.boolean(),
      })
      let warehouse = await open(path, size)
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
              warehouse = await open(path, size)
            }
            await warehouse.publish('live', mark(generation, rows.length))
            await warehouse.insert('sales', generation, rows.slice(0, again))
            if (again > 5) await warehouse.publish('live', mark(generation, rows.length))
            await expectSums(warehouse)
          }
        }),
        { numRuns: 12 },
      )
    },
  )

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

  it('may change their size at any position, wide ones too', async () => {
    const path = folder()
    const step = fc.record({ size: fc.constantFrom(1n, 2n, 3n, 4n, 7n), more: fc.integer({ min: 0, max: 40 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
        const generation = freshGeneration()
        let upTo = 0
        for (const { size, more } of steps) {
          const warehouse = await open(path, size)
          const rows = Array.from({ length: more }, (_, index) => sale(upTo + index + 1, 0, 'a', `${upTo + index}`))
          await warehouse.insert('sales', generation, rows)
          upTo += more
          await warehouse.publish('live', mark(generation, upTo))
          await expectSums(warehouse)
          await warehouse.close()
        }
      }),
      {
        numRuns: 5,
        examples: [
          [
            [
              { size: 7n, more: 8 },
              { size: 4n, more: 1 },
            ],
          ],
          [
            [
              { size: 2n, more: 33 },
              { size: 3n, more: 17 },
              { size: 1n, more: 17 },
            ],
          ],
        ],
      },
    )
  })
})
