import { ownStatements, withStorageSettings } from './own.ts'
import type { StorageTable, View } from './tables-file.ts'

/**
 * How the schema lies on ClickHouse: the statements that make and drop it, and the questions what is there. Each statement may
 * be repeated.
 */
export interface Layout {
  /** Makes what belongs to no projection. */
  readonly own: readonly string[]
  /** Of what is made here by a definition with this checksum: another where it is made otherwise. */
  checksum(definition: string): string
  /** Qualified names of all that stands for a storage table. */
  partsOf(table: StorageTable): readonly string[]
  drop(table: StorageTable): readonly string[]
  make(table: StorageTable): readonly string[]
  view(view: View): string
  dropPartition(table: string, generation: number): string
  /** Gives `id`, the qualified names of the tables and views that are there, wherever they have to be. */
  readonly existing: string
  /** Gives `generation` of those with a row in one of the tables of `{names:Array(String)}`, ascending. */
  readonly generations: string
  /** The name under which a storage table has its rows. */
  rowsOf(table: string): string
}

/** As it is written, on the one ClickHouse that there is. */
export const plainLayout: Layout = {
  own: ownStatements,
  checksum: (definition) => definition,
  partsOf: ({ name }) => [`vouch_store.${name}`],
  drop: ({ name }) => [`DROP TABLE IF EXISTS vouch_store.${name} SYNC`],
  make: ({ statement }) => [withStorageSettings(statement.replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS'))],
  view: ({ statement }) => statement.replace('CREATE VIEW', 'CREATE OR REPLACE VIEW'),
  dropPartition: (table, generation) => `ALTER TABLE vouch_store.${table} DROP PARTITION ${generation}`,
  existing: existingIn('system.tables', 1),
  generations: generationsIn('system.parts'),
  rowsOf: (table) => table,
}

/** @param copies of each that there have to be */
export function existingIn(tables: string, copies: number): string {
  const ids = `SELECT concat(database, '.', name) AS id FROM ${tables} WHERE database IN ('vouch_store', 'vouch', 'vouch_asof')`
  return copies === 1 ? ids : `${ids} GROUP BY id HAVING count() >= ${copies}`
}

export function generationsIn(parts: string): string {
  return `SELECT DISTINCT toUInt32(partition) AS generation FROM ${parts}
     WHERE active AND rows > 0 AND database = 'vouch_store' AND has({names:Array(String)}, table)
     ORDER BY generation`
}
