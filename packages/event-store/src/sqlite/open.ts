import { DatabaseSync } from 'node:sqlite'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { StoreFailure } from '../port.ts'
import { writerApart } from './apart/writer.ts'
import { failureOf } from './failure.ts'
import { migrate, newestVersion, pragma, schemaState, versionOf } from './schema.ts'
import { defaultTuning, type SqliteStore, type SqliteTuning, sqliteStoreOn } from './store.ts'

export interface SqliteOptions extends Partial<SqliteTuning> {
  /** The file; made if it is missing, its folder is not. Its `-wal` and `-shm` lie beside it. */
  readonly path: string
  /** How long to wait for another process that holds the file, default 5,000. */
  readonly busyTimeoutMs?: number
  /** Pages of the file in memory, default 64 MiB: what repetitions of some four million events look at in the index. */
  readonly cacheMiB?: number
  /**
   * Writes in a thread of its own, so that the caller's has time for all else; for a process that appends a lot. It is
   * written with the default tuning but for the size of a commit.
   */
  readonly writesApart?: boolean
}

/**
 * Why a log cannot be opened: the store fails, or the file is not one that this version can read.
 * `store-too-new`: a newer vouch has written it. `not-a-store`: it is a SQLite database of something else.
 */
export interface OpenFailure {
  readonly tag: StoreFailure['tag'] | 'store-too-new' | 'not-a-store'
  readonly message: string
}

/** Opens the log in a SQLite file, brings its schema to this version, and makes durable what a crash left in its WAL. */
export const openSqliteStore = (options: SqliteOptions): Either<OpenFailure, SqliteStore> => {
  const { path, busyTimeoutMs = 5000, cacheMiB = 64, writesApart = false, ...given } = options
  const tuning = { ...defaultTuning, ...given }
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: busyTimeoutMs })
    const refusal = setUpConnection(db, path, writesApart ? readingCacheMiB : cacheMiB)
    if (refusal !== undefined) {
      db.close()
      return left(refusal)
    }
    const { maxEventsPerCommit } = tuning
    const apart = (onAppended: () => void) =>
      writerApart({ path, maxEventsPerCommit, busyTimeoutMs, cacheMiB }, onAppended)
    return right(sqliteStoreOn(db, path, tuning, writesApart ? apart : undefined))
  } catch (error) {
    if (db?.isOpen) db.close()
    const failure = failureOf(error, path)
    if (failure === undefined) throw error
    return left(failure)
  }
}

export type FollowOptions = Pick<SqliteOptions, 'path' | 'busyTimeoutMs'>

/**
 * Opens a log that another connection of this process holds and writes, to be read: whoever appends says so by `wake`.
 * Appends fail as `store-read-only`.
 */
export const followSqliteStore = ({ path, busyTimeoutMs = 5000 }: FollowOptions): Either<OpenFailure, SqliteStore> => {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: busyTimeoutMs, readOnly: true })
    tuneConnection(db, readingCacheMiB)
    return right(sqliteStoreOn(db, path))
  } catch (error) {
    if (db?.isOpen) db.close()
    const failure = failureOf(error, path)
    if (failure === undefined) throw error
    return left(failure)
  }
}

/** Makes the connection and the file what the store needs; what it gives back is why they cannot be. */
export const setUpConnection = (db: DatabaseSync, path: string, cacheMiB: number): OpenFailure | undefined => {
  const state = schemaState(db)
  if (state === 'foreign') {
    return { tag: 'not-a-store', message: `${path} is a SQLite database, but no vouch event log. Name another file.` }
  }
  if (state === 'too-new') {
    const versions = `its schema has version ${versionOf(db)}, this vouch knows versions up to ${newestVersion}`
    return { tag: 'store-too-new', message: `The event log ${path} is from a newer vouch: ${versions}. Upgrade vouch.` }
  }
  if (pragma(db, 'journal_mode = WAL') !== 'wal') {
    return { tag: 'store-unavailable', message: `${path} cannot hold an event log: it must be a file on a local disk.` }
  }
  tuneConnection(db, cacheMiB)
  migrate(db)
  // SQLite opens a file that it may only read without a word; this fails for one, and changes nothing.
  db.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${newestVersion}; ROLLBACK`)
  // A process that died between writing a commit to the WAL and its sync leaves events that are readable but not yet
  // durable. A repeated append would answer `duplicate` for them, so they are made durable first.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  return undefined
}

/** What holds for one connection, and not for the file. */
export const tuneConnection = (db: DatabaseSync, cacheMiB: number): void =>
  db.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA wal_autocheckpoint = ${checkpointPages};
    PRAGMA cache_size = ${-1024 * cacheMiB};`)

/** What is read in the order of the log is read once, and each commit of another connection empties the cache. */
const readingCacheMiB = 4

/** 32 MiB of WAL before its pages move into the file: each move costs two syncs, which this way many appends share. */
const checkpointPages = 8000
