import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditTables, type LoggedEvent, type TableRow, tableNames } from '../../packages/testing/src/index.ts'
import { openChdb } from '../../packages/warehouse/src/chdb/chdb.ts'
import { openChdbWarehouse, type Warehouse } from '../../packages/warehouse/src/index.ts'
import { attribution, laws } from '../../projections/attribution/src/index.ts'
import { events } from '../../projections/events/src/index.ts'
import { logsFor } from './folds/logs.ts'
import { rowsOf } from './stored.ts'

/** Many logs one after the other in one, each with programs of its own. */
function joined(logs: readonly (readonly LoggedEvent[])[]): LoggedEvent[] {
  let position = 0
  return logs.flatMap((log, index) =>
    log.map(({ recordedAt, event }) => {
      position += 1
      const programId = `${event.data.programId}-${index}`
      return { position, recordedAt, event: { ...event, data: { ...event.data, programId } } }
    }),
  )
}

const projections = [events, attribution]
const log = joined(logsFor(12).map((named) => named.log))
const rows = rowsOf(log, projections)

describe('tables in a warehouse', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vouch-audit-'))
  let warehouse: Warehouse

  beforeAll(async () => {
    warehouse = await openChdbWarehouse({
      path: folder,
      tables: projections.map(({ tables }) => tables),
      clock: () => 0,
      bucketPositions: 16n,
    })
    await warehouse.migrate()
    for (const [table, own] of Map.groupBy(rows, (row) => row.table)) {
      await warehouse.insert(
        table,
        1,
        own.map(({ position, line, values }) => ({ position: String(position), line, ...values })),
      )
    }
    const position = BigInt(log.length)
    await warehouse.publish('live', { generation: 1, position, head: position, lagMs: 0, publishedAt: 0 })
  })

  afterAll(async () => {
    await warehouse.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** All rows; of advocates and codes the views show the last ones alone. */
  async function tableOf(table: string): Promise<TableRow[]> {
    const source = ['advocates', 'codes'].includes(table) ? `vouch_store.${table} FINAL` : `vouch.${table}`
    const found = await warehouse.rows<Record<string, unknown>>(`SELECT * FROM ${source} ORDER BY position, line`)
    return found.map(({ generation: _, position, line, ...values }) => ({
      table,
      position: Number(position),
      line: Number(line),
      values,
    }))
  }

  it('are audited as they are answered', async () => {
    const answered = (await Promise.all(tableNames.map(tableOf))).flat()
    expect(answered.length).toBe(rows.length)
    expect(auditTables(log, answered)).toEqual([])
    const [first] = answered
    expect(
      auditTables(
        log,
        answered.filter((row) => row !== first),
      ),
    ).not.toEqual([])
  })

  it.each(laws.map(({ name, says, query }) => ({ name, says, query })))(
    'follow the law of $name: $says',
    async ({ query }) => {
      expect(await warehouse.rows(query('vouch'))).toEqual([])
    },
  )

  it.each<[string, string, string]>([
    ['performance', 'clicks', 'clicks + 1'],
    ['performance', 'advocate_id', "concat(advocate_id, 'x')"],
    ['performance', 'revenue', 'revenue + 0.01'],
    ['performance', 'rewards', 'rewards + 0.01'],
    ['performance_daily', 'signups', 'signups + 1'],
    ['performance_daily', 'advocate_id', "concat(advocate_id, 'x')"],
    ['performance_daily', 'occurred_on', 'occurred_on + 1'],
    ['performance_daily', 'conversions', 'conversions + 0.01'],
    ['performance_daily', 'rewards', 'rewards + 0.01'],
    ['credited', 'linear', 'linear - 0.01'],
    ['earned', 'accrued', 'accrued + 0.01'],
    ['earned', 'reversed', 'reversed - 0.01'],
    ['earned', 'standing', 'standing + 1'],
    ['earned', 'last_available_on', 'last_available_on + 1'],
    ['earned', 'role', "concat(role, 'x')"],
    ['daily', 'visitors', 'visitors + 1'],
    ['daily', 'revenue', 'revenue + 0.01'],
    ['daily', 'occurred_on', 'occurred_on + 1'],
    ['daily', 'position', '1000000'],
    ['daily', 'wide', '1'],
  ])('break the law of views when a roll-up is wrong: %s, %s', async (table, column, value) => {
    const clickhouse = await openChdb(folder)
    const views = () => warehouse.rows(laws.find(({ name }) => name === 'views')?.query('vouch') ?? '')
    await clickhouse.command(`CREATE TABLE right ENGINE = Memory AS SELECT * FROM vouch_store.${table} FINAL`)
    await clickhouse.command(`TRUNCATE TABLE vouch_store.${table}`)
    await clickhouse.command(`INSERT INTO vouch_store.${table} SELECT * REPLACE (${value} AS ${column}) FROM right`)
    expect(await views()).not.toEqual([])
    await clickhouse.command(`TRUNCATE TABLE vouch_store.${table}`)
    await clickhouse.command(`INSERT INTO vouch_store.${table} SELECT * FROM right`)
    await clickhouse.command('DROP TABLE right')
    expect(await views()).toEqual([])
    await clickhouse.close()
  })
})
