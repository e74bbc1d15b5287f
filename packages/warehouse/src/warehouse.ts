import type { ClickHouse } from './clickhouse.ts'
import { digestOf } from './digest.ts'
import { migrate } from './migrate.ts'
import { type Warehouse, WarehouseError } from './port.ts'
import { publishedIn, publishIn } from './published.ts'
import { type Column, writeRows } from './rows.ts'
import type { Schema } from './tables/tables-file.ts'

/**
 * The warehouse over any ClickHouse.
 * @param schema the projections' tables and views, and the warehouse's own
 * @param clock ms since the epoch, UTC; says when a migration was applied
 */
export function createWarehouse(clickhouse: ClickHouse, schema: Schema, clock: () => number): Warehouse {
  const names = schema.tables.map((table) => table.name)
  let columns: Promise<Map<string, Column[]>> | undefined

  async function columnsOf(table: string): Promise<Column[]> {
    if (!names.includes(table)) {
      throw new WarehouseError('unknown-table', `There is no table "${table}"; there are ${names.join(', ')}.`)
    }
    columns ??= readColumns(clickhouse)
    const found = (await columns).get(table)
    if (found === undefined) {
      columns = undefined
      throw new WarehouseError('unknown-table', `The table "${table}" is not made yet; migrate() makes it.`)
    }
    return found
  }

  return {
    async migrate() {
      columns = undefined
      return migrate(clickhouse, schema, clock())
    },

    async insert(table, generation, rows) {
      const tableColumns = await columnsOf(table)
      checkGeneration(generation)
      if (rows.length === 0) return
      const block = writeRows(table, tableColumns, generation, rows)
      const inserted = [
        'generation',
        ...tableColumns.map((column) => column.name).filter((name) => name !== 'generation'),
      ]
      await clickhouse.insert(`vouch_store.${table}`, inserted, block)
    },

    async publish(slot, mark) {
      checkGeneration(mark.generation)
      await publishIn(clickhouse, slot, mark)
    },
    published: (slot) => publishedIn(clickhouse, slot),

    async generations() {
      const rows = await clickhouse.rows<{ generation: number }>(
        `SELECT DISTINCT toUInt32(partition) AS generation FROM system.parts
         WHERE active AND rows > 0 AND database = 'vouch_store' AND has({names:Array(String)}, table)
         ORDER BY generation`,
        { names },
      )
      return rows.map((row) => row.generation)
    },

    async dropGeneration(generation) {
      checkGeneration(generation)
      for (const name of names) await clickhouse.command(`ALTER TABLE vouch_store.${name} DROP PARTITION ${generation}`)
    },

    async digest(table, generation, upTo) {
      checkGeneration(generation)
      return digestOf(clickhouse, table, await columnsOf(table), generation, upTo)
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

async function readColumns(clickhouse: ClickHouse): Promise<Map<string, Column[]>> {
  const rows = await clickhouse.rows<Column & { table: string }>(
    `SELECT table, name, type FROM system.columns WHERE database = 'vouch_store' ORDER BY table, position`,
  )
  const columns = new Map<string, Column[]>()
  for (const { table, name, type } of rows) columns.set(table, [...(columns.get(table) ?? []), { name, type }])
  return columns
}
