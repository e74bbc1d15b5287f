import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { openChdb } from './chdb/chdb.ts'
import { temporaryFolder } from './chdb/temporary.ts'
import type { ClickHouse } from './clickhouse.ts'
import { mark, payment } from './conformance/harness.ts'
import type { Migration, Warehouse } from './port.ts'
import { withOwnViews } from './tables/own.ts'
import { readTablesFile, type Schema } from './tables/tables-file.ts'
import { createWarehouse } from './warehouse.ts'

const now = Date.UTC(2026, 2, 1)
const before = schemaOf('tables.sql')
const after = schemaOf('tables-changed.sql')
/** As few statements as show every kind. */
const small = smallSchema('payment_id String')
const smallAfter = smallSchema('payment_id String, payer_id String')
const views = ['vouch.payments', 'vouch_asof.payments', 'vouch.progress', 'vouch_asof.progress']
const changes: readonly string[] = ['vouch_store.payments', ...views]

describe('a migration', () => {
  const opened: { clickhouse: ClickHouse; remove(): void }[] = []

  async function openClickHouse(): Promise<ClickHouse> {
    const { path, remove } = temporaryFolder()
    const clickhouse = await openChdb(path)
    opened.push({ clickhouse, remove })
    return clickhouse
  }

  afterEach(async () => {
    for (const { clickhouse, remove } of opened.splice(0)) await clickhouse.close().finally(remove)
  })

  it('makes a changed table anew, asks for a rebuild, and goes on asking until there is one', async () => {
    const clickhouse = await openClickHouse()
    await filled(createWarehouse(clickhouse, before, () => now))
    const changed = createWarehouse(clickhouse, after, () => now)
    expect(await changed.migrate()).toEqual({ changed: changes, needsRebuild: true })
    expect(await changed.migrate()).toEqual({ changed: [], needsRebuild: true })
    expect((await changed.digest('payments', 1, 9n)).rows).toBe(0n)
    expect((await changed.digest('programs', 1, 9n)).rows).toBe(1n)
    expect(await changed.published('live')).toEqual(mark(1, 1))
    expect(await changed.published('asof')).toBeUndefined()

    await changed.insert('payments', 2, [{ position: '1', line: 0, payer_id: 'anna', amount: '1' }])
    await changed.publish('live', mark(2, 1))
    expect(await changed.migrate()).toEqual({ changed: [], needsRebuild: false })
    expect(await changed.rows('SELECT payer_id, amount FROM vouch.payments')).toEqual([
      { payer_id: 'anna', amount: '1' },
    ])
  })

  it('that keeps what is there makes what is missing, by several at once, and refuses tables of another definition', async () => {
    const clickhouse = await openClickHouse()
    const both = [createWarehouse(clickhouse, before, () => now), createWarehouse(clickhouse, before, () => now)]
    const made = await Promise.all(both.map((warehouse) => warehouse.migrate({ keep: true })))
    expect(new Set(made.flatMap(({ changed }) => changed))).toEqual(
      new Set(['vouch_store.payments', ...(await allOf())]),
    )
    expect(await both[0]?.migrate()).toEqual({ changed: [], needsRebuild: false })
    await both[0]?.insert('payments', 1, [payment(1, 0, '1')])
    const changed = createWarehouse(clickhouse, after, () => now)
    await expect(changed.migrate({ keep: true })).rejects.toMatchObject({
      fault: 'other-tables',
      message: expect.stringContaining('Table vouch_store.payments has another definition than in this version'),
    })
    expect((await both[1]?.digest('payments', 1, 9n))?.rows).toBe(1n)

    async function allOf(): Promise<string[]> {
      const rows = await clickhouse.rows<{ id: string }>(
        `SELECT concat(database, '.', name) AS id FROM system.tables WHERE database IN ('vouch', 'vouch_asof', 'vouch_store')
           AND name NOT IN ('published', 'migrations', 'marks', 'foundings')`,
      )
      return rows.map(({ id }) => id)
    }
  })

  it('asks for no rebuild where nothing has been shown yet', async () => {
    const clickhouse = await openClickHouse()
    expect(await createWarehouse(clickhouse, before, () => now).migrate()).toMatchObject({ needsRebuild: false })
    expect(await createWarehouse(clickhouse, after, () => now).migrate()).toEqual({
      changed: changes,
      needsRebuild: false,
    })
  })

  it('takes other line breaks and comments for no change', async () => {
    const clickhouse = await openClickHouse()
    await createWarehouse(clickhouse, before, () => now).migrate()
    const text = readFileSync(new URL('./fixtures/tables.sql', import.meta.url), 'utf8')
    const other = `-- another comment\n${text.replaceAll('\n  ', '\n\t\t').replaceAll('\n)', '\n\n   )')}`
    const laidOut = withOwnViews(readTablesFile(other, 'other.sql'))
    expect(await createWarehouse(clickhouse, laidOut, () => now).migrate()).toEqual({
      changed: [],
      needsRebuild: false,
    })
  })

  it('brings back a table or view that is gone', async () => {
    const clickhouse = await openClickHouse()
    const warehouse = createWarehouse(clickhouse, before, () => now)
    await filled(warehouse)
    await clickhouse.command('DROP VIEW vouch.payment_totals')
    expect(await warehouse.migrate()).toEqual({ changed: ['vouch.payment_totals'], needsRebuild: false })
    await clickhouse.command('DROP TABLE vouch_store.programs SYNC')
    expect(await warehouse.migrate()).toEqual({ changed: ['vouch_store.programs'], needsRebuild: true })
  })

  it('gives a folder of before the roll-ups what it lacks, and keeps what it shows', async () => {
    const clickhouse = await openClickHouse()
    const warehouse = createWarehouse(clickhouse, before, () => now)
    await filled(warehouse)
    const shown = await warehouse.published('live')
    await clickhouse.command('ALTER TABLE vouch_store.published DROP COLUMN rolled, DROP COLUMN wide')
    expect(await warehouse.migrate()).toEqual({ changed: [], needsRebuild: false })
    expect(await warehouse.published('live')).toEqual(shown)
    await warehouse.publish('live', { ...mark(1, 5), head: 5n })
  })

  it('that comes to nothing but what another process has just made leaves its rows alone', async () => {
    const clickhouse = await openClickHouse()
    const one = createWarehouse(clickhouse, small, () => now)
    let met = false
    const other = createWarehouse(
      {
        ...clickhouse,
        async command(statement) {
          // The other has seen that there is nothing, and now the first has been quicker.
          if (statement.includes('vouch_store.payments') && !met) {
            met = true
            await one.migrate()
            await one.insert('payments', 1, [{ position: '1', line: 0 }])
          }
          await clickhouse.command(statement)
        },
      },
      small,
      () => now,
    )
    await other.migrate()
    expect(met).toBe(true)
    expect((await other.digest('payments', 1, 9n)).rows).toBe(1n)
    expect(await one.migrate()).toEqual({ changed: [], needsRebuild: false })
  })

  it('records what it did and when', async () => {
    const clickhouse = await openClickHouse()
    await createWarehouse(clickhouse, before, () => now).migrate()
    expect(
      await clickhouse.rows(
        `SELECT id, length(checksum) AS digits, applied_at, stale_generation FROM vouch_store.migrations FINAL
         WHERE id LIKE 'vouch_store.%' ORDER BY id`,
      ),
    ).toEqual([
      { id: 'vouch_store.payments', digits: '64', applied_at: '2026-03-01 00:00:00.000', stale_generation: 0 },
      { id: 'vouch_store.programs', digits: '64', applied_at: '2026-03-01 00:00:00.000', stale_generation: 0 },
    ])
  })

  it('keeps rows on the disk before it says so, in every table', async () => {
    const clickhouse = await openClickHouse()
    await createWarehouse(clickhouse, before, () => now).migrate()
    const tables = await clickhouse.rows<{ name: string; engine_full: string }>(
      `SELECT name, engine_full FROM system.tables WHERE database = 'vouch_store' ORDER BY name`,
    )
    expect(tables.map((table) => table.name)).toEqual([
      'foundings',
      'marks',
      'migrations',
      'payments',
      'programs',
      'published',
    ])
    for (const { engine_full } of tables) {
      expect(engine_full).toContain('fsync_after_insert = 1')
      expect(engine_full).toContain('fsync_part_directory = 1')
    }
  })

  it('can be cut short at any statement, the first as well as a later one, and is then finished by the next', async () => {
    const clickhouse = await openClickHouse()
    const first = await cutEverywhere(clickhouse, small, () => startOver(clickhouse))
    expect(first.statements).toBe(13)
    expect(first.outcomes.map((outcome) => outcome.needsRebuild)).toEqual(first.outcomes.map(() => false))

    const later = await cutEverywhere(clickhouse, smallAfter, async () => {
      await startOver(clickhouse)
      await published(createWarehouse(clickhouse, small, () => now))
    })
    expect(later.statements).toBe(19)
    expect(later.outcomes.map((outcome) => outcome.needsRebuild)).toEqual(later.outcomes.map(() => true))
  })

  it('that was cut short is not taken for done by the version before it', async () => {
    const clickhouse = await openClickHouse()
    for (let statement = 9; statement <= 19; statement++) {
      await startOver(clickhouse)
      const old = createWarehouse(clickhouse, small, () => now)
      await published(old)
      const catalogue = await catalogueOf(clickhouse)
      const cut = createWarehouse(failingAt(clickhouse, statement), smallAfter, () => now)
      await expect(cut.migrate()).rejects.toThrow(`statement ${statement} was cut`)
      const { needsRebuild } = await old.migrate()
      expect(await catalogueOf(clickhouse)).toEqual(catalogue)
      expect(needsRebuild).toBe((await old.digest('payments', 1, 9n)).rows === 0n)
    }
  })
})

interface Cut {
  readonly statements: number
  readonly outcomes: readonly Migration[]
}

/** Runs the migration to the end, then anew with each statement failing in turn; the next run must come to the same. */
async function cutEverywhere(clickhouse: ClickHouse, schema: Schema, prepare: () => Promise<void>): Promise<Cut> {
  await prepare()
  const counting = failingAt(clickhouse, Number.POSITIVE_INFINITY)
  const whole = await createWarehouse(counting, schema, () => now).migrate()
  const expected = await catalogueOf(clickhouse)
  const outcomes: Migration[] = [whole]
  for (let statement = 1; statement <= counting.count(); statement++) {
    await prepare()
    const cut = createWarehouse(failingAt(clickhouse, statement), schema, () => now)
    await expect(cut.migrate()).rejects.toThrow(`statement ${statement} was cut`)
    const next = createWarehouse(clickhouse, schema, () => now)
    outcomes.push(await next.migrate())
    expect(await next.migrate()).toMatchObject({ changed: [] })
    expect(await catalogueOf(clickhouse)).toEqual(expected)
  }
  return { statements: counting.count(), outcomes }
}

/** A ClickHouse whose n-th statement fails before it takes place, as in a crash. */
function failingAt(clickhouse: ClickHouse, statement: number): ClickHouse & { count(): number } {
  let count = 0
  const reach = () => {
    count++
    if (count === statement) throw new Error(`statement ${statement} was cut`)
  }
  return {
    ...clickhouse,
    count: () => count,
    async command(text) {
      reach()
      await clickhouse.command(text)
    },
    async append(table, text) {
      reach()
      await clickhouse.append(table, text)
    },
  }
}

async function filled(warehouse: Warehouse): Promise<void> {
  await warehouse.migrate()
  await warehouse.insert('payments', 1, [payment(1, 0, '1'), payment(2, 0, '1')])
  await warehouse.insert('programs', 1, [{ position: '1', line: 0, program_id: 'summer' }])
  await warehouse.publish('live', mark(1, 1))
  await warehouse.publish('asof', mark(1, 1))
}

async function published(warehouse: Warehouse): Promise<void> {
  await warehouse.migrate()
  await warehouse.insert('payments', 1, [{ position: '1', line: 0 }])
  await warehouse.publish('live', mark(1, 1))
  await warehouse.publish('asof', mark(1, 1))
}

async function startOver(clickhouse: ClickHouse): Promise<void> {
  for (const database of ['vouch', 'vouch_asof', 'vouch_store']) {
    await clickhouse.command(`DROP DATABASE IF EXISTS ${database} SYNC`)
  }
}

async function catalogueOf(clickhouse: ClickHouse): Promise<unknown> {
  return clickhouse.rows(
    `SELECT database, name, create_table_query FROM system.tables
     WHERE database IN ('vouch', 'vouch_asof', 'vouch_store') ORDER BY database, name`,
  )
}

function smallSchema(columns: string): Schema {
  return readTablesFile(
    `CREATE TABLE vouch_store.payments (generation UInt32, position UInt64, line UInt32, ${columns})
     ENGINE = ReplacingMergeTree PARTITION BY generation ORDER BY (generation, position, line);
     CREATE VIEW {db}.payments AS SELECT * FROM vouch_store.payments FINAL WHERE {visible};`,
    'small.sql',
  )
}

function schemaOf(file: string): Schema {
  return withOwnViews(readTablesFile(readFileSync(new URL(`./fixtures/${file}`, import.meta.url), 'utf8'), file))
}
