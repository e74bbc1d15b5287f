import { randomBytes } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Subject } from '@vouch/domain'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { keyBytes, unwrapKey, wrapKey } from './cipher.ts'
import type { MasterKey, SubjectKey, SubjectKeys } from './keys.ts'

const format = 1

const schema = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE subject (
    program_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    key_id TEXT UNIQUE,                 -- null once forgotten
    iv TEXT,
    wrapped TEXT,
    forgotten_at INTEGER,               -- ms since the epoch, UTC
    PRIMARY KEY (program_id, kind, subject_id)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${format};
`

export interface KeysOptions {
  /** The file; made if it is missing. */
  readonly path: string
  /** Asked for once, when the first key is made or read. `isFirst`: nothing has been kept under any master key yet. */
  readonly masterKey: (isFirst: boolean) => Either<string, MasterKey>
  /** Keys kept in memory, default 10,000. */
  readonly cached?: number
}

/** Why the keys cannot be used: the file is damaged or another program's, or the master key is not theirs. */
export class KeysUnusable extends Error {
  override readonly name = 'KeysUnusable'
}

/**
 * Keys in a SQLite file, each wrapped under the master key. Whoever lacks the master key can forget and count, and learns
 * with a `KeysUnusable` what is wrong as soon as a key itself is needed.
 */
export function openSubjectKeys({ path, masterKey, cached = 10_000 }: KeysOptions): SubjectKeys {
  const db = openFile(path)
  const bySubject = db.prepare(
    'SELECT key_id, iv, wrapped FROM subject WHERE program_id = ? AND kind = ? AND subject_id = ?',
  )
  const byKeyId = db.prepare('SELECT program_id, kind, subject_id, iv, wrapped FROM subject WHERE key_id = ?')
  const byId = db.prepare('SELECT program_id FROM subject WHERE kind = ? AND subject_id = ? AND key_id IS NOT NULL')
  const insert = db.prepare(
    'INSERT INTO subject (program_id, kind, subject_id, key_id, iv, wrapped) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const erase = db.prepare(
    `INSERT INTO subject (program_id, kind, subject_id, forgotten_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET key_id = NULL, iv = NULL, wrapped = NULL, forgotten_at = excluded.forgotten_at
     WHERE forgotten_at IS NULL`,
  )
  const count = db.prepare('SELECT count(key_id) AS keys, count(forgotten_at) AS forgotten FROM subject')

  let cache = new Map<string, SubjectKey>()
  let unsaved = new Map<string, { readonly subject: Subject; readonly key: SubjectKey }>()
  let master: Uint8Array | undefined

  function theMaster(): Uint8Array {
    master ??= checkedMaster(db, path, masterKey)
    return master
  }

  function remember(name: string, key: SubjectKey): SubjectKey {
    if (cache.size >= cached) cache = new Map()
    cache.set(name, key)
    return key
  }

  return {
    keyFor(subject) {
      const name = nameOf(subject)
      const known = cache.get(name) ?? unsaved.get(name)?.key
      if (known) return known
      const row = bySubject.get(subject.programId, subject.kind, subject.id)
      if (row && row.key_id === null) return 'forgotten'
      if (row) {
        const sealed = { iv: String(row.iv), text: String(row.wrapped) }
        const id = String(row.key_id)
        return remember(name, { id, bytes: unwrapKey(theMaster(), contextOf(subject, id), sealed) })
      }
      theMaster()
      const key = { id: randomBytes(12).toString('base64url'), bytes: randomBytes(keyBytes) }
      unsaved.set(name, { subject, key })
      return key
    },
    byId(id) {
      const row = byKeyId.get(id)
      if (!row) return undefined
      const subject = { programId: row.program_id, kind: row.kind, id: row.subject_id } as Subject
      return {
        id,
        bytes: unwrapKey(theMaster(), contextOf(subject, id), { iv: String(row.iv), text: String(row.wrapped) }),
      }
    },
    has({ programId, kind, id }) {
      return typeof bySubject.get(programId, kind, id)?.key_id === 'string'
    },
    programsOf: (kind, id) => byId.all(kind, id).map((row) => String(row.program_id)),
    check() {
      if (hasProof(db)) theMaster()
    },
    save() {
      if (unsaved.size === 0) return
      const saving = unsaved
      inTransaction(db, path, () => {
        for (const { subject, key } of saving.values()) {
          const { iv, text } = wrapKey(theMaster(), contextOf(subject, key.id), key.bytes)
          insert.run(subject.programId, subject.kind, subject.id, key.id, iv, text)
        }
      })
      unsaved = new Map()
      for (const [name, { key }] of saving) remember(name, key)
    },
    forget(subject, at) {
      const name = nameOf(subject)
      unsaved.delete(name)
      const { changes } = inTransaction(db, path, () => erase.run(subject.programId, subject.kind, subject.id, at))
      cache.delete(name)
      return Number(changes) > 0
    },
    count() {
      const { keys, forgotten } = count.get() as { keys: number; forgotten: number }
      return { keys, forgotten }
    },
    close: () => db.close(),
  }
}

const nameOf = ({ programId, kind, id }: Subject): string => [programId, kind, id].join('\n')

const contextOf = (subject: Subject, keyId: string): string => `${keyId}\n${nameOf(subject)}`

function openFile(path: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    // SQLite makes its own files with the rights of this one.
    if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
    db = new DatabaseSync(path)
    const version = db.prepare('PRAGMA user_version').get()?.user_version
    // A destroyed key is overwritten where it stood, and so is the copy that a transaction keeps of its page.
    db.exec('PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON;')
    if (version === 0) db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`)
    else if (version !== format) throw new KeysUnusable(`${path} is from another version of vouch; use that one.`)
    return db
  } catch (error) {
    db?.close()
    if (error instanceof KeysUnusable) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new KeysUnusable(
      `The keys of personal data in ${path} cannot be opened (${why}); bring back a copy of that file.`,
    )
  }
}

const proof = 'vouch personal keys'

const proofIn = (db: DatabaseSync) => db.prepare(`SELECT value FROM meta WHERE name = 'proof'`).get()?.value

const hasProof = (db: DatabaseSync): boolean => proofIn(db) !== undefined

/** The first master key leaves a proof of itself, so that another one is noticed before it wraps anything. */
function checkedMaster(db: DatabaseSync, path: string, ask: KeysOptions['masterKey']): Uint8Array {
  const stored = proofIn(db)
  const given = ask(stored === undefined)
  if (isLeft(given)) throw new KeysUnusable(given.left)
  const { bytes, from } = given.right
  if (stored === undefined) {
    const value = JSON.stringify(wrapKey(bytes, proof, Buffer.from(proof)))
    db.prepare(`INSERT INTO meta (name, value) VALUES ('proof', ?)`).run(value)
    return bytes
  }
  const opened = tryOpen(() => unwrapKey(bytes, proof, JSON.parse(String(stored))))
  if (isLeft(opened)) {
    throw new KeysUnusable(`The master key from ${from} is not the one that ${path} was made with; use that one.`)
  }
  return bytes
}

function tryOpen<T>(open: () => T): Either<unknown, T> {
  try {
    return right(open())
  } catch (error) {
    return left(error)
  }
}

function inTransaction<T>(db: DatabaseSync, path: string, work: () => T): T {
  try {
    db.exec('BEGIN IMMEDIATE')
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    if (error instanceof KeysUnusable) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new KeysUnusable(`The keys of personal data in ${path} cannot be written (${why}). See to it, and try again.`)
  }
}
