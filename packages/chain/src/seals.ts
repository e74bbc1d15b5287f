import { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '@vouch/event-store'
import { noHash } from './entry.ts'

/** Pins a log up to a position: whoever has it, from wherever, can tell whether anything before was changed since. */
export interface Seal {
  /** Log position of the newest event that it covers. */
  readonly position: bigint
  /** How many events it covers. */
  readonly count: number
  /** Hash of the newest of them, and so of all: SHA-256, hex. */
  readonly hash: string
  /** What it was made for; undefined for those that are made every so many events. */
  readonly reason?: string | undefined
}

/** Where a chain begins. */
export const beginning: Seal = { position: 0n, count: 0, hash: noHash }

/** A seal that is made every so many events, with the first bytes of each hash since the one before it. */
export interface Stretch {
  readonly seal: Seal
  /** `markBytes` for each event. */
  readonly marks: Uint8Array
}

/** So many bytes of a hash tell where two chains part: that they agree by chance is one in four thousand million. */
export const markBytes = 4

/** Seals in a file of their own, apart from the log and the tables: they are what these are held against. */
export interface Seals {
  /** The newest that is made every so many events; `beginning` before the first. */
  newest(): Seal
  /** Keeps stretches, each following on the one before it. */
  add(stretches: readonly Stretch[], at: number): void
  /** Keeps a seal for a reason, durably. */
  addFor(seal: Seal, at: number): void
  /** All seals, oldest first. */
  list(): Iterable<Seal & { readonly sealedAt: number }>
  /** The marks of the stretch that ends with so many events. */
  marks(count: number): Uint8Array | undefined
  close(): void
}

const format = 1

const schema = `
  CREATE TABLE seal (
    count INTEGER NOT NULL,
    position TEXT NOT NULL,             -- a decimal: some stores count up to 2^64
    hash TEXT NOT NULL,
    reason TEXT,                        -- null for those that are made every so many events
    sealed_at INTEGER NOT NULL          -- ms since the epoch, UTC
  ) STRICT;
  CREATE INDEX seal_by_count ON seal (count);
  CREATE TABLE stretch (count INTEGER PRIMARY KEY, marks BLOB NOT NULL) STRICT;
  PRAGMA user_version = ${format};
`

/** The file of seals is damaged, or is none. */
export class SealsUnusable extends Error {
  override readonly name = 'SealsUnusable'
}

/** @throws SealsUnusable */
export function openSeals(path: string): Seals {
  const db = openFile(path)
  const newest = db.prepare('SELECT * FROM seal WHERE reason IS NULL ORDER BY count DESC LIMIT 1')
  const insert = db.prepare('INSERT INTO seal (count, position, hash, reason, sealed_at) VALUES (?, ?, ?, ?, ?)')
  const insertMarks = db.prepare('INSERT INTO stretch (count, marks) VALUES (?, ?)')
  const all = db.prepare('SELECT * FROM seal ORDER BY count, rowid')
  const marks = db.prepare('SELECT marks FROM stretch WHERE count = ?')
  const keep = ({ count, position, hash, reason }: Seal, at: number) =>
    insert.run(count, position.toString(), hash, reason ?? null, at)
  return {
    newest() {
      const row = newest.get()
      return row ? sealOf(row) : beginning
    },
    add(stretches, at) {
      inTransaction(db, () => {
        for (const { seal, marks } of stretches) {
          keep(seal, at)
          insertMarks.run(seal.count, marks)
        }
      })
    },
    addFor(seal, at) {
      keep(seal, at)
      // Money leaves on it, so it does not wait for the next checkpoint of the file.
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    },
    *list() {
      for (const row of all.all()) yield { ...sealOf(row), sealedAt: Number(row.sealed_at) }
    },
    marks: (count) => marks.get(count)?.marks as Uint8Array | undefined,
    close: () => db.close(),
  }
}

function sealOf(row: Readonly<Record<string, unknown>>): Seal {
  const seal = { count: Number(row.count), position: BigInt(String(row.position)), hash: String(row.hash) }
  return row.reason === null ? seal : { ...seal, reason: String(row.reason) }
}

function openFile(path: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    // A server reads it in one thread and writes it in another.
    db = new DatabaseSync(path, { timeout: 5_000 })
    const version = db.prepare('PRAGMA user_version').get()?.user_version
    // A power loss may take the newest seals; the log, which is synced, gives them again.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;')
    if (version === 0) db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`)
    else if (version !== format) throw new SealsUnusable(`${path} is from another version of vouch; use that one.`)
    return db
  } catch (error) {
    db?.close()
    if (error instanceof SealsUnusable) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new SealsUnusable(
      `The seals in ${path} cannot be opened (${why}); bring back a copy, or remove the file to have the log sealed anew as it is.`,
    )
  }
}
