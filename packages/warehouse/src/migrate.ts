import { type ClickHouse, quote } from './clickhouse.ts'
import { type Migration, WarehouseError } from './port.ts'
import { publishedIn } from './published.ts'
import type { Layout } from './tables/layout.ts'
import { checksumOf, type Schema, type StorageTable, type View } from './tables/tables-file.ts'

/**
 * Brings ClickHouse to a schema. Every step can be repeated: a crash at any statement leaves something that the next run
 * finishes. What is new is recorded first, all at once, and counts as done when it is there as well; what is made anew is
 * recorded when it is done. A storage table whose definition changed is dropped and made anew, because every row of it can be
 * had from the log; `stale_generation` remembers that this is still to happen.
 * @param now ms since the epoch, UTC
 */
export async function migrate(clickhouse: ClickHouse, layout: Layout, schema: Schema, now: number): Promise<Migration> {
  for (const statement of layout.own) await clickhouse.command(statement)
  const recorded = await readRecorded(clickhouse)
  const existing = await readExisting(clickhouse, layout)
  const live = await publishedIn(clickhouse, 'live')
  const stale = live?.generation ?? 0
  const changed: string[] = []

  const tables = schema.tables.map((table) => ({
    table,
    id: idOf(table),
    checksum: layout.checksum(table.checksum),
    parts: layout.partsOf(table),
  }))
  const views = schema.views.map((view) => ({ view, id: view.name, checksum: viewChecksum(layout, view, schema) }))
  const isThere = (...parts: readonly string[]) => parts.some((part) => existing.has(part))
  const newTables = new Set(tables.filter(({ id, parts }) => !recorded.has(id) && !isThere(...parts)))
  const newViews = new Set(views.filter(({ id }) => !recorded.has(id) && !isThere(id)))
  await record(clickhouse, [...newTables], now, stale)
  await record(clickhouse, [...newViews], now, 0)

  const unfit = tables.filter(
    ({ id, checksum, parts }) => !parts.every((part) => existing.has(part)) || recorded.get(id)?.checksum !== checksum,
  )
  if (unfit.length > 0) await hideAsof(clickhouse, now)
  for (const one of unfit) {
    const { table, id } = one
    changed.push(id)
    if (newTables.has(one)) {
      // What another process has made in this moment is not dropped under it.
      for (const statement of layout.make(table)) await clickhouse.command(statement)
      continue
    }
    if (recorded.has(id)) await record(clickhouse, [{ id, checksum: unfinished }], now, stale)
    for (const statement of [...layout.drop(table), ...layout.make(table)]) await clickhouse.command(statement)
    await record(clickhouse, [one], now, stale)
  }

  for (const one of views) {
    const { view, id, checksum } = one
    if (existing.has(id) && recorded.get(id)?.checksum === checksum) continue
    if (recorded.has(id)) await record(clickhouse, [{ id, checksum: unfinished }], now, 0)
    await clickhouse.command(layout.view(view))
    if (!newViews.has(one)) await record(clickhouse, [one], now, 0)
    changed.push(id)
  }
  return { changed, needsRebuild: live !== undefined && (await hasStaleTable(clickhouse, schema, live.generation)) }
}

/**
 * Makes what is missing, and nothing anew but, if asked for, views: others may be at work here. What will be made is recorded
 * first, so that whoever finds a table also finds what it is. Several may do this at once.
 * @throws WarehouseError `other-tables` if a table has another definition
 */
export async function complete(
  clickhouse: ClickHouse,
  layout: Layout,
  schema: Schema,
  now: number,
  views: boolean,
): Promise<Migration> {
  for (const statement of layout.own) await clickhouse.command(statement)
  const recorded = await readRecorded(clickhouse)
  const existing = await readExisting(clickhouse, layout)
  const tables = schema.tables.map((table) => ({ table, id: idOf(table), checksum: layout.checksum(table.checksum) }))
  for (const { id, checksum } of tables) {
    if ((recorded.get(id)?.checksum ?? checksum) === checksum) continue
    throw new WarehouseError(
      'other-tables',
      `Table ${id} has another definition than in this version, and others may be writing to it. Run the version that made it; or stop all projectors, and have vouch rebuild of this version make the tables anew.`,
    )
  }
  const unmade = tables.filter(
    ({ table, id }) => !recorded.has(id) || !layout.partsOf(table).every((part) => existing.has(part)),
  )
  await record(
    clickhouse,
    unmade.filter(({ id }) => !recorded.has(id)),
    now,
    0,
  )
  for (const { table } of unmade) for (const statement of layout.make(table)) await clickhouse.command(statement)
  const changedViews = schema.views
    .map((view) => ({ view, id: view.name, checksum: viewChecksum(layout, view, schema) }))
    .filter(({ id, checksum }) => !existing.has(id) || (views && recorded.get(id)?.checksum !== checksum))
  for (const { view } of changedViews) {
    const statement = layout.view(view)
    await clickhouse.command(
      views ? statement : statement.replace('CREATE OR REPLACE VIEW', 'CREATE VIEW IF NOT EXISTS'),
    )
  }
  await record(clickhouse, changedViews, now, 0)
  const changed = [...unmade, ...changedViews].map(({ id }) => id)
  return { changed, needsRebuild: false }
}

const idOf = (table: StorageTable): string => `vouch_store.${table.name}`

/** ClickHouse works out a view's columns once, so a view is made anew with the tables, whatever it says itself. */
const viewChecksum = (layout: Layout, view: View, { tables }: Schema): string =>
  layout.checksum(checksumOf([view, ...tables].map((made) => made.checksum).join(' ')))

/** Stands in a record while its table or view is made anew: it fits no statement, not even that of an older version. */
const unfinished = ''

interface Recorded {
  readonly id: string
  readonly checksum: string
  readonly staleGeneration: number
}

async function readRecorded(clickhouse: ClickHouse): Promise<Map<string, Recorded>> {
  const rows = await clickhouse.rows<Recorded>(
    `SELECT id, argMax(checksum, sequence) AS checksum, argMax(stale_generation, sequence) AS staleGeneration
     FROM vouch_store.migrations GROUP BY id`,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

async function readExisting(clickhouse: ClickHouse, layout: Layout): Promise<Set<string>> {
  const rows = await clickhouse.rows<{ id: string }>(layout.existing)
  return new Set(rows.map((row) => row.id))
}

async function hasStaleTable(clickhouse: ClickHouse, schema: Schema, liveGeneration: number): Promise<boolean> {
  const recorded = await readRecorded(clickhouse)
  return schema.tables.some((table) => {
    const stale = recorded.get(`vouch_store.${table.name}`)?.staleGeneration ?? 0
    return stale >= liveGeneration
  })
}

/** The past that is on show loses rows with a table, and nobody rebuilds it: better to show nothing. */
async function hideAsof(clickhouse: ClickHouse, now: number): Promise<void> {
  if ((await publishedIn(clickhouse, 'asof')) === undefined) return
  await clickhouse.append(
    'vouch_store.published',
    `INSERT INTO vouch_store.published (slot, sequence, generation, position, head, lag_ms, published_at)
     SELECT 'asof', {sequence}, 0, 0, 0, 0, fromUnixTimestamp64Milli(${now}, 'UTC')`,
  )
}

async function record(
  clickhouse: ClickHouse,
  made: readonly { readonly id: string; readonly checksum: string }[],
  now: number,
  stale: number,
): Promise<void> {
  if (made.length === 0) return
  const pairs = made.map(({ id, checksum }) => `(${quote(id)}, ${quote(checksum)})`)
  await clickhouse.append(
    'vouch_store.migrations',
    `INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, {sequence}, made.2, fromUnixTimestamp64Milli(${now}, 'UTC'), ${stale}
     FROM (SELECT arrayJoin([${pairs.join(', ')}]) AS made)`,
  )
}
