import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openChdbWarehouse, type RowValues, type Slot, type Warehouse } from '@vouch/warehouse'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeDigests } from '../../packages/warehouse/src/conformance/digests.ts'
import { fixtureTables, mark, payment } from '../../packages/warehouse/src/conformance/harness.ts'
import { WarehouseDouble } from './warehouse-double.ts'

describe('the double of the warehouse', () => {
  describeDigests(async (tables) => {
    const warehouse = new WarehouseDouble(tables)
    return { warehouse, dispose: () => warehouse.close() }
  })

  it.each([0, -1, 1.5, 2 ** 32, Number.NaN])('takes no generation %d', async (generation) => {
    const warehouse = new WarehouseDouble(fixtureTables)
    const refusal = { fault: 'bad-row', message: expect.stringContaining('an integer from 1 to 4294967295') }
    await expect(warehouse.insert('payments', generation, [payment(1, 0, '1')])).rejects.toMatchObject(refusal)
    await expect(warehouse.dropGeneration(generation)).rejects.toMatchObject(refusal)
    await expect(warehouse.digest('payments', generation, 1n)).rejects.toMatchObject(refusal)
    await expect(warehouse.publish('live', mark(generation, 1))).rejects.toMatchObject(refusal)
  })

  it('takes no row without its name, and no table that no file names', async () => {
    const warehouse = new WarehouseDouble(fixtureTables)
    const nameless = payment(1, 0, '1', { line: null })
    await expect(warehouse.insert('payments', 1, [payment(2, 0, '1'), nameless])).rejects.toMatchObject({
      fault: 'bad-row',
    })
    await expect(warehouse.insert('published', 1, [])).rejects.toMatchObject({ fault: 'unknown-table' })
    expect(await warehouse.generations()).toEqual([])
    await warehouse.close()
    await expect(warehouse.published('live')).rejects.toMatchObject({ fault: 'closed' })
  })
})

type Step =
  | {
      readonly does: 'insert'
      readonly table: string
      readonly generation: number
      readonly rows: readonly RowValues[]
    }
  | { readonly does: 'drop'; readonly generation: number }
  | { readonly does: 'publish'; readonly slot: Slot; readonly generation: number; readonly position: number }

const generation = fc.integer({ min: 1, max: 3 })
const row = fc.record({
  position: fc.integer({ min: 1, max: 3 }),
  line: fc.nat(1),
  amount: fc.constantFrom('1', '2.5'),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('insert' as const),
      table: fc.constant('payments'),
      generation,
      rows: fc
        .uniqueArray(row, { maxLength: 4, selector: ({ position, line }) => `${position}.${line}` })
        .map((rows) => rows.map(({ position, line, amount }) => payment(position, line, amount))),
    }),
  },
  {
    weight: 1,
    arbitrary: generation.map((of) => ({
      does: 'insert' as const,
      table: 'programs',
      generation: of,
      rows: [{ position: 1n, line: 0, program_id: 'summer' }],
    })),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('drop' as const), generation }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('publish' as const),
      slot: fc.constantFrom<Slot[]>('live', 'asof'),
      generation,
      position: fc.nat(3),
    }),
  },
)

async function take(warehouse: Warehouse, it: Step): Promise<void> {
  if (it.does === 'insert') await warehouse.insert(it.table, it.generation, it.rows)
  else if (it.does === 'drop') await warehouse.dropGeneration(it.generation)
  else await warehouse.publish(it.slot, mark(it.generation, it.position))
}

/** All that a warehouse says without SQL; of digests, which of them are equal. */
async function said(warehouse: Warehouse) {
  const counts: Record<string, bigint> = {}
  const alike = new Map<string, string[]>()
  for (const table of warehouse.tables()) {
    for (const of of [1, 2, 3]) {
      for (const upTo of [1n, 3n]) {
        const { rows, hash } = await warehouse.digest(table, of, upTo)
        const name = `${table} of ${of} up to ${upTo}`
        counts[name] = rows
        alike.set(hash, [...(alike.get(hash) ?? []), name])
      }
    }
  }
  const [live, asof] = [await warehouse.published('live'), await warehouse.published('asof')]
  return { counts, alike: [...alike.values()], generations: await warehouse.generations(), live, asof }
}

describe('the double and ClickHouse', () => {
  const path = mkdtempSync(join(tmpdir(), 'vouch-double-'))
  let clickhouse: Warehouse | undefined
  beforeAll(async () => {
    clickhouse = await openChdbWarehouse({ path, tables: fixtureTables, clock: () => Date.UTC(2026, 2, 1) })
    await clickhouse.migrate()
  })
  afterAll(async () => {
    await clickhouse?.close()
    rmSync(path, { recursive: true, force: true })
  })

  it('say the same after the same steps, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        if (clickhouse === undefined) throw new Error('ClickHouse is open during tests only.')
        for (const each of [1, 2, 3]) await clickhouse.dropGeneration(each)
        await clickhouse.rows('TRUNCATE TABLE vouch_store.published')
        const double = new WarehouseDouble(fixtureTables)
        for (const each of steps) {
          await take(clickhouse, each)
          await take(double, each)
        }
        expect(await said(double)).toEqual(await said(clickhouse))
      }),
      { numRuns: 25 },
    )
  })
})
