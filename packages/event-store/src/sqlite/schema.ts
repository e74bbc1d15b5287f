import type { DatabaseSync } from 'node:sqlite'
import { hashIndexSchema, openHashIndex } from '@vouch/hash-index'
import { inTransaction } from './transaction.ts'

/** Marks the file as a vouch event log in SQLite's own header: 'vouc' in ASCII. */
export const applicationId = 0x766f7563

/** The index that finds events by their identities, and by the streams that they are in. */
export const nameIndex = 'events_by_name'

/** A step of the schema's history: SQL, or more than that. */
export type Migration = string | ((db: DatabaseSync) => void)

/**
 * The schema's history: `PRAGMA user_version` is the number of steps taken. A step that has been released never changes.
 *
 * 1. One random-keyed index, on 48 bits of a hash of the identity; another one for the events of streams that hold several.
 * 2. Both are one index in sorted runs, and rows are a sixth smaller: they hold hashes of contents as bytes, and no others.
 */
export const migrations: readonly Migration[] = [
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
  (db) => {
    db.exec(`CREATE TABLE events_anew (
       position INTEGER PRIMARY KEY,
       identity TEXT NOT NULL,
       stream TEXT,                         -- null for a fact, whose stream is its identity
       revision INTEGER NOT NULL,
       type TEXT NOT NULL,
       program_id TEXT NOT NULL,
       source TEXT NOT NULL,
       event_id TEXT NOT NULL,
       time INTEGER NOT NULL,               -- ms since the epoch, UTC
       recorded_at INTEGER NOT NULL,        -- ms since the epoch, UTC; never less than in the row before
       content_hash BLOB NOT NULL,          -- SHA-256
       data TEXT NOT NULL,                  -- JSON
       extensions TEXT                      -- JSON, null if there are none
     ) STRICT;
     INSERT INTO events_anew
       SELECT position, identity, stream, revision, type, program_id, source, event_id, time, recorded_at,
         unhex(content_hash), data, extensions
       FROM events ORDER BY position;
     ${hashIndexSchema(nameIndex)}`)
    fillNameIndex(db)
    db.exec('DROP TABLE events; ALTER TABLE events_anew RENAME TO events')
  },
]

/** From the hashes that the first version kept in the rows. */
const fillNameIndex = (db: DatabaseSync): void => {
  const index = openHashIndex(db, { name: nameIndex })
  index.refresh()
  const rows = db.prepare('SELECT position, identity_hash, stream_hash FROM events ORDER BY position')
  let filled = 0
  for (const { position, identity_hash: identity, stream_hash: stream } of rows.iterate()) {
    index.add(Number(identity), Number(position))
    if (stream !== null && stream !== identity) index.add(Number(stream), Number(position))
    filled += 1
    if (filled % 4096 === 0) index.step()
  }
  index.step()
}

export const newestVersion = migrations.length

/** What the file is: new, a log (of an older or this version), a log of a newer version, or somebody else's database. */
export type SchemaState = 'new' | 'known' | 'too-new' | 'foreign'

export const schemaState = (db: DatabaseSync): SchemaState => {
  if (pragma(db, 'application_id') === applicationId) return versionOf(db) > newestVersion ? 'too-new' : 'known'
  const objects = db.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.count
  return objects === 0 && versionOf(db) === 0 ? 'new' : 'foreign'
}

/** Takes the steps that the file has not taken yet, all or none of them. */
export const migrate = (db: DatabaseSync, steps: readonly Migration[] = migrations): void => {
  if (versionOf(db) >= steps.length) return
  inTransaction(db, () => {
    // Asked again inside the transaction: another process may have been faster.
    const pending = steps.slice(versionOf(db))
    if (pending.length === 0) return
    for (const step of pending) {
      if (typeof step === 'string') db.exec(step)
      else step(db)
    }
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}`)
  })
}

export const versionOf = (db: DatabaseSync): number => Number(pragma(db, 'user_version'))

export const pragma = (db: DatabaseSync, name: string): unknown =>
  Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
