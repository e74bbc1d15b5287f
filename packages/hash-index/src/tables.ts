import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import { entryBytes } from './chunk.ts'
import { DamagedIndex } from './damaged.ts'

/**
 * The SQL that makes an index's tables, for the owner's migrations.
 *
 * The list of recent entries has a row for each transaction, in the order in which they came; its newest id is the
 * version of the whole index. A run is sorted entries that never change: chunks of them, each about a page, and segments,
 * which say where in a run's chunks a hash can be. A run is `making` while it is being merged from others (`progress`
 * says how far), then `made`, and `dropped` once it is part of another one, until its chunks are deleted.
 */
export const hashIndexSchema = (name: string): string => {
  if (!/^[a-z_]+$/.test(name)) throw new TypeError(`An index's name must be of a to z and _, not ${name}.`)
  return `CREATE TABLE ${name}_recent (
     id INTEGER PRIMARY KEY,
     after INTEGER NOT NULL,              -- values are greater, and counted from it
     body BLOB NOT NULL
   ) STRICT;
   CREATE TABLE ${name}_runs (
     id INTEGER PRIMARY KEY,
     state TEXT NOT NULL,                 -- making, made, dropped
     level INTEGER NOT NULL,
     after INTEGER NOT NULL,              -- values are greater
     up_to INTEGER NOT NULL,              -- values are at most this
     entries INTEGER NOT NULL,
     progress TEXT                        -- while it is being made: of each run it is merged from, chunk:entry
   ) STRICT;
   CREATE TABLE ${name}_segments (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
   CREATE TABLE ${name}_chunks (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;`
}

export type RunState = 'making' | 'made' | 'dropped'

export interface RunRow {
  readonly id: number
  readonly state: RunState
  readonly level: number
  readonly after: number
  readonly upTo: number
  readonly entries: number
  readonly progress: string | null
}

/** Entries in the order in which they came, as a chunk has them. */
export interface RecentRow {
  readonly after: number
  readonly entries: DataView
}

/** The tables of one index: its prepared statements. Nothing here begins or ends a transaction. */
export interface IndexTables {
  /** The newest row of the list; 0 if it is empty. */
  version(): number
  recent(): RecentRow[]
  addRecent(version: number, row: RecentRow): void
  clearRecent(): void
  /** In the order of their values. */
  runs(): RunRow[]
  putRun(run: RunRow): void
  deleteRun(id: number): void
  /** Bodies of a run's segments from number `from` on. */
  segments(run: number, from: number): Uint8Array[]
  insertSegment(run: number, number: number, body: Uint8Array): void
  chunk(run: number, number: number): DataView
  insertChunk(run: number, number: number, body: Uint8Array): void
  /** Deletes at most so many of a run's segments and of its chunks. @returns false if it had neither */
  deleteSome(run: number, segments: number, chunks: number): boolean
}

/** Chunks and segments of a run are numbered from 0, and are rows whose ids follow on each other. */
const numbers = 2 ** 24

export const indexTables = (db: DatabaseSync, name: string): IndexTables => {
  const version = rows(db, `SELECT max(id) FROM ${name}_recent`)
  const recent = rows(db, `SELECT after, body FROM ${name}_recent ORDER BY id`)
  const addRecent = db.prepare(`INSERT INTO ${name}_recent VALUES (?, ?, ?)`)
  const clearRecent = db.prepare(`DELETE FROM ${name}_recent`)
  const runs = rows(
    db,
    `SELECT id, state, level, after, up_to, entries, progress FROM ${name}_runs ORDER BY after, up_to`,
  )
  const putRun = db.prepare(`INSERT OR REPLACE INTO ${name}_runs VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const deleteRun = db.prepare(`DELETE FROM ${name}_runs WHERE id = ?`)
  const segments = rows(db, `SELECT body FROM ${name}_segments WHERE id >= ? AND id < ? ORDER BY id`)
  const insertSegment = db.prepare(`INSERT INTO ${name}_segments VALUES (?, ?)`)
  const chunk = db.prepare(`SELECT body FROM ${name}_chunks WHERE id = ?`)
  chunk.setReturnArrays(true)
  const insertChunk = db.prepare(`INSERT INTO ${name}_chunks VALUES (?, ?)`)
  const [deleteChunks, deleteSegments] = ['chunks', 'segments'].map((table) =>
    db.prepare(`DELETE FROM ${name}_${table} WHERE id IN (
      SELECT id FROM ${name}_${table} WHERE id >= ? AND id < ? ORDER BY id LIMIT ?)`),
  ) as [StatementSync, StatementSync]

  return {
    version: () => int(version()[0]?.[0] ?? 0, name),
    recent: () => recent().map(([after, body]) => ({ after: int(after, name), entries: entries(body, name) })),
    addRecent: (id, { after, entries: { buffer, byteOffset, byteLength } }) => {
      addRecent.run(id, after, new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength))
    },
    clearRecent: () => {
      clearRecent.run()
    },
    runs: () =>
      runs().map(([id, state, level, after, upTo, entries, progress]) => ({
        id: int(id, name),
        state: state === 'making' || state === 'made' || state === 'dropped' ? state : damaged(name, state),
        level: int(level, name),
        after: int(after, name),
        upTo: int(upTo, name),
        entries: int(entries, name),
        progress: progress === null || typeof progress === 'string' ? progress : damaged(name, progress),
      })),
    putRun: ({ id, state, level, after, upTo, entries, progress }) => {
      putRun.run(id, state, level, after, upTo, entries, progress)
    },
    deleteRun: (id) => {
      deleteRun.run(id)
    },
    segments: (run, from) => segments(run * numbers + from, (run + 1) * numbers).map(([body]) => bytes(body, name)),
    insertSegment: (run, number, body) => {
      insertSegment.run(run * numbers + number, body)
    },
    chunk: (run, number) => {
      // The types of @types/node do not follow setReturnArrays.
      const row = chunk.get(run * numbers + number) as unknown as SQLOutputValue[] | undefined
      const body = entries(row?.[0], name)
      return body.byteLength > 0 ? body : damaged(name, 'an empty chunk')
    },
    insertChunk: (run, number, body) => {
      insertChunk.run(run * numbers + number, body)
    },
    deleteSome: (run, segments, chunks) => {
      const [from, to] = [run * numbers, (run + 1) * numbers]
      const deleted = [deleteSegments.run(from, to, segments), deleteChunks.run(from, to, chunks)]
      return deleted.some(({ changes }) => changes !== 0)
    },
  }
}

const rows = (db: DatabaseSync, sql: string) => {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  return (...parameters: SQLInputValue[]) => statement.all(...parameters) as unknown as SQLOutputValue[][]
}

const int = (value: SQLOutputValue | undefined, name: string): number =>
  typeof value === 'number' ? value : damaged(name, value)

const bytes = (value: SQLOutputValue | undefined, name: string): Uint8Array =>
  value instanceof Uint8Array ? value : damaged(name, value)

const entries = (value: SQLOutputValue | undefined, name: string): DataView => {
  const body = bytes(value, name)
  if (body.length % entryBytes !== 0) damaged(name, `entries of ${body.length} bytes`)
  return new DataView(body.buffer, body.byteOffset, body.byteLength)
}

const damaged = (name: string, value: unknown): never => {
  throw new DamagedIndex(`The index ${name} holds ${String(value)} where its schema allows no such value.`)
}
