import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { FoldState } from './projection.ts'

/** A fold's state on disk, with a cache in memory. What was put is on disk with the checkpoint, and not before. */
export interface DurableState extends FoldState {
  /** Log position up to which the state holds; 0n at the beginning. */
  readonly position: bigint
  /** What the state was made by; a state made by something else must be rebuilt. */
  readonly madeBy: string
  /** Stores everything since the last checkpoint, and the position, in one transaction. */
  checkpoint(position: bigint): void
  close(): void
}

interface Options {
  readonly path: string
  /** Names and versions of the projections that fold into it. */
  readonly madeBy: string
  /** How many values to keep in memory; those changed since the last checkpoint always are. */
  readonly cacheSize?: number
}

const schema = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS entity (kind TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS member (name TEXT, key TEXT, member TEXT, PRIMARY KEY (name, key, member)) WITHOUT ROWID;
`

/**
 * Opens the state of one generation. A power loss may take it back to an earlier checkpoint, never to a torn one: folding
 * on from there writes the same rows again.
 */
export function openState({ path, madeBy, cacheSize = 200_000 }: Options): DurableState {
  const db = new DatabaseSync(path)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536')
  db.exec(schema)
  const readMeta = db.prepare('SELECT value FROM meta WHERE name = ?')
  const writeMeta = db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)')
  const meta = (name: string) => (readMeta.get(name) as { value: string } | undefined)?.value
  if (meta('made-by') === undefined) writeMeta.run('made-by', madeBy)
  const entities = new Entities(db, cacheSize)
  const members = new Members(db)
  let position = BigInt(meta('position') ?? '0')
  return {
    madeBy: meta('made-by') as string,
    get position() {
      return position
    },
    get: <T>(kind: string, key: string) => entities.get(kind, key) as T | undefined,
    put: (kind, key, value) => entities.put(kind, key, value),
    add: (index, key, member) => members.set(index, key, member, true),
    remove: (index, key, member) => members.set(index, key, member, false),
    members: (index, key) => members.of(index, key),
    keys: (kind, prefix) => entities.keys(kind, prefix),
    checkpoint(next) {
      db.exec('BEGIN IMMEDIATE')
      try {
        entities.write()
        members.write()
        writeMeta.run('position', next.toString())
        db.exec('COMMIT')
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
      position = next
      entities.settle()
      members.settle()
    },
    close: () => db.close(),
  }
}

/**
 * Values by kind and key. What has changed since the last checkpoint is held by itself; the rest is cached in two halves:
 * what is used goes to the young one, and when that is full it becomes the old one and the old one is forgotten. This keeps
 * what is in use without bookkeeping a read.
 */
class Entities {
  readonly #read: StatementSync
  readonly #keys: StatementSync
  readonly #write: StatementSync
  readonly #half: number
  #young = new Map<string, unknown>()
  #old = new Map<string, unknown>()
  readonly #changed = new Map<string, { readonly kind: string; readonly key: string; value: unknown }>()

  constructor(db: DatabaseSync, size: number) {
    this.#half = Math.max(1, size / 2)
    this.#read = db.prepare('SELECT value FROM entity WHERE kind = ? AND key = ?')
    this.#keys = db.prepare('SELECT key FROM entity WHERE kind = ? AND key >= ? ORDER BY key')
    this.#write = db.prepare('INSERT OR REPLACE INTO entity (kind, key, value) VALUES (?, ?, ?)')
  }

  get(kind: string, key: string): unknown {
    const at = `${kind}\n${key}`
    const changed = this.#changed.get(at)
    if (changed) return changed.value
    if (this.#young.has(at)) return this.#young.get(at)
    const value = this.#old.has(at) ? this.#old.get(at) : this.#load(kind, key)
    this.#keep(at, value)
    return value
  }

  /** A value that is not there is remembered too: most keys are asked for before they are first put. */
  #load(kind: string, key: string): unknown {
    const row = this.#read.get(kind, key) as { value: string } | undefined
    return row && JSON.parse(row.value)
  }

  #keep(at: string, value: unknown): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(at, value)
  }

  put(kind: string, key: string, value: unknown): void {
    const at = `${kind}\n${key}`
    const changed = this.#changed.get(at)
    if (changed) changed.value = value
    else this.#changed.set(at, { kind, key, value })
  }

  keys(kind: string, prefix: string): string[] {
    const found = new Set<string>()
    for (const row of this.#keys.iterate(kind, prefix)) {
      const { key } = row as unknown as { key: string }
      if (!key.startsWith(prefix)) break
      found.add(key)
    }
    for (const changed of this.#changed.values()) {
      if (changed.kind === kind && changed.key.startsWith(prefix)) found.add(changed.key)
    }
    return [...found].sort()
  }

  write(): void {
    for (const { kind, key, value } of this.#changed.values()) this.#write.run(kind, key, JSON.stringify(value))
  }

  /** After a checkpoint nothing here is the only copy. */
  settle(): void {
    for (const [at, { value }] of this.#changed) this.#keep(at, value)
    this.#changed.clear()
  }
}

/** Sets of members: those on disk, and what was added and removed since. */
class Members {
  readonly #read: StatementSync
  readonly #insert: StatementSync
  readonly #delete: StatementSync
  readonly #changed = new Map<
    string,
    { readonly name: string; readonly key: string; readonly members: Map<string, boolean> }
  >()

  constructor(db: DatabaseSync) {
    this.#read = db.prepare('SELECT member FROM member WHERE name = ? AND key = ?')
    this.#insert = db.prepare('INSERT OR IGNORE INTO member (name, key, member) VALUES (?, ?, ?)')
    this.#delete = db.prepare('DELETE FROM member WHERE name = ? AND key = ? AND member = ?')
  }

  set(name: string, key: string, member: string, present: boolean): void {
    const at = `${name}\n${key}`
    const found = this.#changed.get(at) ?? { name, key, members: new Map<string, boolean>() }
    found.members.set(member, present)
    this.#changed.set(at, found)
  }

  of(name: string, key: string): string[] {
    const found = new Set<string>()
    for (const row of this.#read.iterate(name, key)) found.add((row as unknown as { member: string }).member)
    for (const [member, present] of this.#changed.get(`${name}\n${key}`)?.members ?? []) {
      if (present) found.add(member)
      else found.delete(member)
    }
    return [...found].sort()
  }

  write(): void {
    for (const { name, key, members } of this.#changed.values()) {
      for (const [member, present] of members) (present ? this.#insert : this.#delete).run(name, key, member)
    }
  }

  settle(): void {
    this.#changed.clear()
  }
}
