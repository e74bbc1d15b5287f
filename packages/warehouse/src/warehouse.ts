import { type BlockFormat, blockFormat } from './block/block.ts'
import type { Column } from './block/columns.ts'
import { TableRows } from './block/table-rows.ts'
import type { ClickHouse } from './clickhouse.ts'
import { digestOf } from './digest.ts'
import { complete, migrate } from './migrate.ts'
import { type RowSet, type RowValues, rowsOf, type Warehouse, WarehouseError } from './port.ts'
import { publishedIn, publishIn } from './published.ts'
import { createRollups, defaultBucketPositions } from './rollups.ts'
import { createShared } from './shared.ts'
import { type Layout, plainLayout } from './tables/layout.ts'
import type { Schema } from './tables/tables-file.ts'

/**
 * The warehouse over any ClickHouse.
 * @param schema the projections' tables and views, and the warehouse's own
 * @param clock ms since the epoch, UTC; says when a migration was applied
 * @param bucketPositions log positions that are rolled up together
 * @param layout how the schema lies there
 */
export function createWarehouse(
  clickhouse: ClickHouse,
  schema: Schema,
  clock: () => number,
  bucketPositions: bigint = defaultBucketPositions,
  layout: Layout = plainLayout,
): Warehouse {
  const all = schema.tables.map((table) => table.name)
  const names = schema.tables.filter((table) => table.definition === undefined).map((table) => table.name)
  const rollups = createRollups(clickhouse, schema, bucketPositions)
  const shared = createShared(clickhouse, schema, rollups)
  let tables: Promise<Map<string, Table>> | undefined
  /** What `tables` has come to. */
  let known: Map<string, Table> | undefined

  async function tableOf(table: string): Promise<Table> {
    if (!names.includes(table)) {
      throw new WarehouseError('unknown-table', `There is no table "${table}"; there are ${names.join(', ')}.`)
    }
    tables ??= readTables(clickhouse)
    known = await tables
    const found = known.get(table)
    if (found === undefined) {
      tables = undefined
      known = undefined
      throw new WarehouseError('unknown-table', `The table "${table}" is not made yet; migrate() makes it.`)
    }
    return found
  }

  async function insertAll(
    table: string,
    generation: number,
    sets: readonly (RowSet | readonly RowValues[])[],
  ): Promise<void> {
    const { format } = await tableOf(table)
    checkGeneration(generation)
    const blocks = sets
      .filter(({ length }) => length > 0)
      .map((rows) => (rows instanceof TableRows ? rows : new TableRows(() => format, rowsOf(rows))))
      .map((rows) => rows.bytes(format, generation))
    const [first, ...more] = blocks
    if (first === undefined) return
    await clickhouse.insert(`vouch_store.${table}`, format.columns, more.length === 0 ? first : Buffer.concat(blocks))
  }

  return {
    async migrate({ keep = false, views = false } = {}) {
      tables = undefined
      known = undefined
      if (keep) return complete(clickhouse, layout, schema, clock(), views)
      return migrate(clickhouse, layout, schema, clock())
    },

    rowSet: (table) => new TableRows(() => known?.get(table)?.format),

    insert: (table, generation, rows) => insertAll(table, generation, [rows]),
    insertAll,

    async publish(slot, mark) {
      checkGeneration(mark.generation)
      await publishIn(clickhouse, slot, mark, await rollups.roll(mark.generation, mark.position))
    },
    published: (slot) => publishedIn(clickhouse, slot),
    shared: {
      ...shared,
      async raise(slot, mark) {
        checkGeneration(mark.generation)
        await shared.raise(slot, mark)
      },
    },

    async generations() {
      const rows = await clickhouse.rows<{ generation: number }>(layout.generations, { names: all.map(layout.rowsOf) })
      return rows.map((row) => row.generation)
    },

    async dropGeneration(generation) {
      checkGeneration(generation)
      rollups.forget(generation)
      for (const name of all) await clickhouse.command(layout.dropPartition(name, generation))
    },

    async digest(table, generation, upTo) {
      checkGeneration(generation)
      return digestOf(clickhouse, table, (await tableOf(table)).columns, generation, upTo)
    },

    tables: () => names,
    rows: (query, params) => clickhouse.rows(query, params),
    ask: (question) => clickhouse.ask(question),
    close: () => clickhouse.close(),
  }
}

/** Generation 0 is how the pointer says that nothing is shown. */
function checkGeneration(generation: number): void {
  if (Number.isInteger(generation) && generation >= 1 && generation < 2 ** 32) return
  throw new WarehouseError(
    'bad-row',
    `${generation} is no generation; a generation is an integer from 1 to 4294967295.`,
  )
}

interface Table {
  readonly columns: readonly Column[]
  readonly format: BlockFormat
}

async function readTables(clickhouse: ClickHouse): Promise<Map<string, Table>> {
  const rows = await clickhouse.rows<{ table: string; columns: Column[] }>(
    `SELECT table, groupArray((name, type, comment)::Tuple(name String, type String, comment String)) AS columns
     FROM (SELECT * FROM system.columns WHERE database = 'vouch_store' ORDER BY table, position)
     GROUP BY table`,
  )
  return new Map(rows.map(({ table, columns }) => [table, { columns, format: blockFormat(table, columns) }]))
}
