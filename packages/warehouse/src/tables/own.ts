import { joinSchemas, type Schema, slots, viewOf } from './tables-file.ts'

/**
 * What belongs to no projection. `published` holds the pointer of each slot, `migrations` what was made and when; both
 * grow by a row a change, the newest sequence counts, and merges keep them small. `marks` and `foundings` are what several
 * writers tell each other.
 */
export const ownStatements: readonly string[] = [
  'CREATE DATABASE IF NOT EXISTS vouch_store',
  'CREATE DATABASE IF NOT EXISTS vouch',
  'CREATE DATABASE IF NOT EXISTS vouch_asof',
  `CREATE TABLE IF NOT EXISTS vouch_store.published (
    slot LowCardinality(String) COMMENT 'live is shown in database vouch, asof in vouch_asof',
    sequence UInt64 COMMENT 'the newest counts',
    generation UInt32 COMMENT '0 shows nothing',
    position UInt64 COMMENT 'rows up to this log position are shown',
    head UInt64 COMMENT 'the newest log position at that time',
    lag_ms Int64,
    published_at DateTime64(3, 'UTC'),
    rolled UInt64 COMMENT 'the roll-ups are complete up to this log position',
    wide UInt64 COMMENT 'and the wide ones, which are read in place of the others, up to this one'
  ) ENGINE = ReplacingMergeTree(sequence) ORDER BY slot SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  // A folder of before the roll-ups, or the wide ones, has none.
  'ALTER TABLE vouch_store.published ADD COLUMN IF NOT EXISTS rolled UInt64, ADD COLUMN IF NOT EXISTS wide UInt64',
  `CREATE TABLE IF NOT EXISTS vouch_store.migrations (
    id String COMMENT 'qualified name of a table or view',
    sequence UInt64 COMMENT 'the newest counts',
    checksum String COMMENT 'SHA-256 of its statement',
    applied_at DateTime64(3, 'UTC'),
    stale_generation UInt32 COMMENT 'the generation that was live when the table was made, and lacks its rows; 0 is none'
  ) ENGINE = ReplacingMergeTree(sequence) ORDER BY id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  `CREATE TABLE IF NOT EXISTS vouch_store.marks (
    generation UInt32,
    partition UInt32 COMMENT 'of the log in Kafka',
    position UInt64 COMMENT 'its rows are complete up to this log position; the greatest counts'
  ) ENGINE = ReplacingMergeTree(position) ORDER BY (generation, partition) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  `CREATE TABLE IF NOT EXISTS vouch_store.foundings (
    generation UInt32,
    made_by String COMMENT 'names and versions of the projections',
    partitions UInt32 COMMENT 'of the log in Kafka',
    tables String COMMENT 'SHA-256 of the definitions of the tables',
    dropped UInt8 COMMENT '1 if it is gone'
  ) ENGINE = ReplacingMergeTree ORDER BY (generation, made_by, partitions, tables, dropped) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
]

/**
 * Asked of every storage table: rows are on the disk before the answer, and a part that cannot be read stops the start
 * rather than being put aside in silence. Twelve parts become one, not five: three flushes a second make many small ones,
 * and merging them took a third of a processor.
 */
const storageSettings = [
  'fsync_after_insert = 1',
  'fsync_part_directory = 1',
  'max_suspicious_broken_parts = 0',
  'merge_selector_base = 12',
]

/** The statement that makes a storage table, with the settings that it has not said itself. */
export function withStorageSettings(statement: string): string {
  const unsaid = storageSettings.filter((setting) => !statement.includes(setting))
  if (unsaid.length === 0) return statement
  const said = /\bSETTINGS\s+\w+\s*=/.test(statement)
  return `${statement}${said ? ', ' : '\nSETTINGS '}${unsaid.join(', ')}`
}

const progress = `CREATE VIEW {db}.progress (
    program_id String COMMENT 'a program that is known to the tables',
    position UInt64 COMMENT 'log position up to which the tables are complete',
    head UInt64 COMMENT 'the newest log position when the tables were last brought up to date',
    lag_ms Int64 COMMENT 'how far behind the log the tables were then, in milliseconds'
  ) AS
  SELECT programs.program_id, mark.position, mark.head, mark.lag_ms
  FROM (SELECT DISTINCT program_id FROM vouch_store.programs FINAL WHERE {visible}) AS programs
  CROSS JOIN (
    SELECT argMax(position, tuple(sequence, published_at)) AS position, argMax(head, tuple(sequence, published_at)) AS head,
      argMax(lag_ms, tuple(sequence, published_at)) AS lag_ms
    FROM vouch_store.published
    WHERE slot = '{slot}'
  ) AS mark
  COMMENT 'How far the tables have come, by program'`

/** With the warehouse's own view added: `progress`, as soon as some file defines the table `programs`. */
export function withOwnViews(schema: Schema): Schema {
  if (!schema.tables.some((table) => table.name === 'programs')) return schema
  return joinSchemas([
    schema,
    { tables: [], views: slots.map((slot) => viewOf(progress, 'progress', slot, 'progress')) },
  ])
}
