import { createHash } from 'node:crypto'
import { type Slot, WarehouseError } from '../port.ts'

/** A storage table in database `vouch_store`; `name` is without the database. */
export interface StorageTable {
  readonly name: string
  readonly statement: string
  readonly checksum: string
  /** Of a roll-up: the query that its rows come from, with `{rows}` where it says which. */
  readonly definition?: string | undefined
}

/** A view as one slot's readers see it; `name` is with its database. */
export interface View {
  readonly name: string
  readonly statement: string
  readonly checksum: string
}

export interface Schema {
  readonly tables: readonly StorageTable[]
  readonly views: readonly View[]
}

export const slots: readonly Slot[] = ['live', 'asof']
export const databaseOf: Readonly<Record<Slot, string>> = { live: 'vouch', asof: 'vouch_asof' }
const storageDatabase = 'vouch_store'

const identifier = '[a-z][a-z0-9_]*'
const tablePattern = new RegExp(`^CREATE TABLE ${storageDatabase}\\.(${identifier}) \\(`)
const rollupPattern = new RegExp(
  `^CREATE ROLLUP ${storageDatabase}\\.(${identifier})\\s*\\((.*?)\\n?\\) AS\\s+(SELECT .*)$`,
  's',
)
const viewPattern = new RegExp(`^CREATE VIEW \\{db\\}\\.(${identifier}) `)
const options = "(?: CODEC\\([^)]*\\))?(?: COMMENT '[^']*')?"
const storageColumns = new RegExp(
  `^CREATE TABLE \\S+ \\( ?generation UInt32${options}, position UInt64${options}, line UInt32${options}[, ]`,
)
const storageEngine = /\) ENGINE = ReplacingMergeTree PARTITION BY generation ORDER BY \(generation, position, line\)/
const ownTables = ['published', 'migrations', 'marks', 'foundings']

/**
 * Reads a tables file: plain ClickHouse SQL, each statement ended by `;` at the end of a line, with lines of comment
 * (`--`) anywhere between. A statement is one of
 * - `CREATE TABLE vouch_store.NAME (generation UInt32, position UInt64, line UInt32, …) ENGINE = ReplacingMergeTree
 *   PARTITION BY generation ORDER BY (generation, position, line)`;
 * - `CREATE VIEW {db}.NAME (…) AS SELECT … FROM vouch_store.NAME FINAL WHERE {visible}`, made once for each slot:
 *   `{db}` is the slot's database, `{slot}` its name, `{visible}` the condition that shows what is published there;
 * - `CREATE ROLLUP vouch_store.NAME (…) AS SELECT … FROM vouch_store.TABLE FINAL WHERE {rows} GROUP BY …`: sums of rows, which
 *   are made for each full bucket of positions as it is published, and for each sixteen buckets as one wide one.
 *   `{rollup:NAME}` in a view's FROM is the rows of the wide ones, of the buckets behind these, and the same sums of the rows
 *   behind the last bucket; a view adds them up.
 * @param file its name, for the errors
 */
export function readTablesFile(text: string, file: string): Schema {
  const tables: StorageTable[] = []
  const views: View[] = []
  for (const statement of statementsOf(text)) {
    const plain = withoutLayout(statement)
    const rollup = rollupPattern.exec(statement)
    const table = tablePattern.exec(plain)?.[1]
    const view = viewPattern.exec(plain)?.[1]
    if (table !== undefined) {
      checkStorage(plain, table, file)
      tables.push({ name: table, statement, checksum: checksumOf(plain) })
    } else if (rollup !== null) {
      const [, name = '', columns = '', definition = ''] = rollup
      const statement = rollupTable(name, columns)
      tables.push({ name, definition, statement, checksum: checksumOf(withoutLayout(`${statement} ${definition}`)) })
    } else if (view !== undefined) {
      for (const slot of slots) views.push(viewOf(statement, view, slot, file, tables))
    } else {
      throw badTables(
        file,
        `does not know what to do with "${plain.slice(0, 60)}…": a statement starts with "CREATE TABLE ${storageDatabase}.NAME (" or "CREATE VIEW {db}.NAME "`,
      )
    }
  }
  return { tables, views }
}

/** All files as one schema; a name may stand in one of them only. */
export function joinSchemas(schemas: readonly Schema[]): Schema {
  const tables = schemas.flatMap((schema) => schema.tables)
  const views = schemas.flatMap((schema) => schema.views)
  const seen = new Set<string>()
  for (const { name } of [...tables, ...views]) {
    if (seen.has(name))
      throw new WarehouseError('bad-tables', `"${name}" is defined twice; each name stands in one file once`)
    seen.add(name)
  }
  return { tables, views }
}

/**
 * The view of one slot, its placeholders filled in.
 * @param tables those before it in its file, for their roll-ups
 */
export function viewOf(
  statement: string,
  view: string,
  slot: Slot,
  file: string,
  tables: readonly StorageTable[] = [],
): View {
  const { visible, rolled, behind } = conditionsIn(slot)
  const values: Record<string, string> = { db: databaseOf[slot], slot, visible }
  for (const { name, definition } of tables) {
    if (definition === undefined) continue
    values[`rollup:${name}`] =
      `(SELECT * EXCEPT (generation, wide, position, line) FROM ${storageDatabase}.${name} FINAL WHERE ${rolled} ` +
      `UNION ALL ${definition.replaceAll('{rows}', behind)})`
  }
  const filled = statement.replaceAll(/\{([a-z]+(?::[a-z0-9_]+)?)\}/g, (placeholder, key: string) => {
    const value = values[key]
    if (value === undefined) {
      const known = Object.keys(values).map((name) => `{${name}}`)
      const all = `${known.slice(0, -1).join(', ')} and ${known.at(-1)}`
      throw badTables(file, `has "${placeholder}" in view ${view}; the placeholders are ${all}`)
    }
    return value
  })
  return { name: `${databaseOf[slot]}.${view}`, statement: filled, checksum: checksumOf(withoutLayout(filled)) }
}

/**
 * Rows that a slot shows; of these, the roll-ups that count, and the rows that none of them holds. All ask the same scalar
 * subquery, which ClickHouse evaluates once a query, in whichever view of it that stands: so one query sees one generation and
 * one position, whatever is published meanwhile.
 */
function conditionsIn(slot: Slot): { visible: string; rolled: string; behind: string } {
  const mark = `(SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = '${slot}')`
  const visible = `generation = tupleElement(${mark}, 1) AND position <= tupleElement(${mark}, 2)`
  return {
    visible,
    rolled:
      `generation = tupleElement(${mark}, 1) AND (wide = 1 AND position <= tupleElement(${mark}, 4) ` +
      `OR wide = 0 AND position > tupleElement(${mark}, 4) AND position <= tupleElement(${mark}, 3))`,
    behind: `${visible} AND position > tupleElement(${mark}, 3)`,
  }
}

/**
 * A roll-up is kept as any table is: its rows are those of a generation, and have the last position of their bucket. A bucket
 * may end where a wide one does.
 */
function rollupTable(name: string, columns: string): string {
  return `CREATE TABLE ${storageDatabase}.${name} (
  generation UInt32,
  wide UInt8,
  position UInt64,
  line UInt32,${columns}
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, wide, position, line)`
}

function statementsOf(text: string): string[] {
  const withoutComments = text
    .split(/\r?\n/)
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n')
  return withoutComments
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

/** So that a line break or an indentation more does not count as another table. */
function withoutLayout(statement: string): string {
  return statement.replaceAll(/\s+/g, ' ')
}

function checkStorage(plain: string, table: string, file: string): void {
  if (ownTables.includes(table)) throw badTables(file, `defines ${table}, a name that the warehouse keeps for itself`)
  if (!storageColumns.test(plain)) {
    throw badTables(file, `must begin the columns of ${table} with generation UInt32, position UInt64, line UInt32`)
  }
  if (!storageEngine.test(plain)) {
    throw badTables(
      file,
      `must end ${table} with ENGINE = ReplacingMergeTree PARTITION BY generation ORDER BY (generation, position, line)`,
    )
  }
}

/** SHA-256, hex. */
export function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function badTables(file: string, problem: string): WarehouseError {
  return new WarehouseError('bad-tables', `${file} ${problem}.`)
}
