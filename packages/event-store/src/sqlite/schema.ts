import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from './transaction.ts'

/** Marks the file as a vouch event log in SQLite's own header: 'vouc' in ASCII. */
export const applicationId = 0x766f7563

/**
 * The schema's history: `PRAGMA user_version` is the number of steps taken. A step that has been released never changes.
 *
 * Random-keyed indexes are what makes a large log slow, so there is one, on 48 bits of a hash of the identity. A fact is
 * the first event of a stream that is named by its identity: the stream's name is not stored again, and the stream is
 * found through the identity. Only the other events, those of streams that hold several, are in the index by stream.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE events (
     position INTEGER PRIMARY KEY,
     identity_hash INTEGER NOT NULL,
     stream_hash INTEGER,                 -- null for a fact
     stream TEXT,                         -- null for a fact, whose stream is its identity
     revision INTEGER NOT NULL,
     identity TEXT NOT NULL,
     type TEXT NOT NULL,
     program_id TEXT NOT NULL,
     source TEXT NOT NULL,
     event_id TEXT NOT NULL,
     time INTEGER NOT NULL,               -- ms since the epoch, UTC
     recorded_at INTEGER NOT NULL,        -- ms since the epoch, UTC; never less than in the row before
     content_hash TEXT NOT NULL,          -- SHA-256, hex
     data TEXT NOT NULL,                  -- JSON
     extensions TEXT                      -- JSON, null if there are none
   ) STRICT;
   CREATE INDEX events_by_identity ON events (identity_hash);
   CREATE INDEX events_by_stream ON events (stream_hash, revision) WHERE stream_hash IS NOT NULL;`,
]

export const newestVersion = migrations.length

/** What the file is: new, a log (of an older or this version), a log of a newer version, or somebody else's database. */
export type SchemaState = 'new' | 'known' | 'too-new' | 'foreign'

export const schemaState = (db: DatabaseSync): SchemaState => {
  if (pragma(db, 'application_id') === applicationId) return versionOf(db) > newestVersion ? 'too-new' : 'known'
  const objects = db.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.count
  return objects === 0 && versionOf(db) === 0 ? 'new' : 'foreign'
}

/** Takes the steps that the file has not taken yet, all or none of them. */
export const migrate = (db: DatabaseSync, steps: readonly string[] = migrations): void => {
  if (versionOf(db) >= steps.length) return
  inTransaction(db, () => {
    // Asked again inside the transaction: another process may have been faster.
    const pending = steps.slice(versionOf(db))
    if (pending.length === 0) return
    for (const step of pending) db.exec(step)
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}`)
  })
}

export const versionOf = (db: DatabaseSync): number => Number(pragma(db, 'user_version'))

export const pragma = (db: DatabaseSync, name: string): unknown =>
  Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
