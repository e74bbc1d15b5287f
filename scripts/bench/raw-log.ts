import { DatabaseSync } from 'node:sqlite'
import type { EventToAppend } from '@vouch/event-store'

/** The least that keeps events durably and each identity once: what an append is held against. */
export interface RawLog {
  /** In one transaction. */
  append(events: readonly EventToAppend[], recordedAt: number): void
  close(): void
}

/**
 * One table on SQLite with the same bytes as the log, its unique key an index `identity TEXT UNIQUE`. What makes SQLite
 * durable or fast is set as the log sets it: WAL, `synchronous=FULL`, the cache, the pages between two checkpoints.
 */
export function openRawLog(path: string): RawLog {
  const db = new DatabaseSync(path)
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA wal_autocheckpoint = 8000;
    PRAGMA cache_size = ${-64 * 1024};
    CREATE TABLE events (
      position INTEGER PRIMARY KEY,
      identity TEXT NOT NULL UNIQUE,
      type TEXT NOT NULL,
      program_id TEXT NOT NULL,
      source TEXT NOT NULL,
      event_id TEXT NOT NULL,
      time INTEGER NOT NULL,
      recorded_at INTEGER NOT NULL,
      content_hash TEXT NOT NULL,
      data TEXT NOT NULL,
      extensions TEXT
    ) STRICT`)
  const insert = db.prepare(`INSERT INTO events VALUES (NULL, ${Array(10).fill('?').join(', ')})`)
  return {
    append(events, recordedAt) {
      db.exec('BEGIN IMMEDIATE')
      for (const { identity, type, programId, source, id, time, contentHash, data, extensions } of events) {
        insert.run(identity, type, programId, source, id, time, recordedAt, contentHash, data, extensions ?? null)
      }
      db.exec('COMMIT')
    },
    close: () => db.close(),
  }
}
