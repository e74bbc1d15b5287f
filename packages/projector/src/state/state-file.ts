import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
import { type HashIndex, hashIndexSchema, openHashIndex } from '@vouch/hash-index'

type Row = readonly SQLOutputValue[]

/** Raised whenever the tables below change: a file of another format is thrown away and made anew from the log. */
const format = 3

// Rows are in the order in which their keys came, and found through an index that is only ever written in order: keys are
// as random as visitors are, and an index of them in a tree would be written all over with each checkpoint.
const schema = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE entity (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL);
  CREATE TABLE member (id INTEGER PRIMARY KEY, name INTEGER NOT NULL, key TEXT NOT NULL, member TEXT NOT NULL,
    present INTEGER NOT NULL);
  ${hashIndexSchema('entity')}
  ${hashIndexSchema('member')}
  PRAGMA user_version = ${format};
`

/** What SQLite calls a damaged page, and a file that is no database: https://www.sqlite.org/rescode.html */
const damageCodes: readonly unknown[] = [11, 26]

/** What keeps a sound file from being used, and what to do about it, by SQLite's code. */
const obstacles: ReadonlyMap<unknown, string> = new Map([
  [13, 'cannot be written: the disk or a quota is full. Free some space and try again.'],
  [8, 'cannot be written to. Make the file and its folder writable for this user and try again.'],
  [10, 'cannot be read or written: the disk reports an error. See to it and try again.'],
  [14, 'cannot be opened. Its folder must be one that this user may write to.'],
])

/** The SQLite file of a fold's state: its tables, and whether it turned out to be damaged. */
export class StateFile {
  readonly path: string
  readonly #db: DatabaseSync
  #damaged = false

  /** @throws StateUnusable if the file is damaged or of another format; StateFailure if it cannot be opened */
  constructor(path: string) {
    this.path = path
    this.#db = this.#noting(() => new DatabaseSync(path))
    try {
      this.#setUp()
    } catch (error) {
      this.#db.close()
      throw this.#damaged ? new StateUnusable(path, 'is damaged', error) : error
    }
  }

  #setUp(): void {
    // A power loss may take the file back to an earlier commit, never to half of one.
    this.exec(
      'PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536',
    )
    const version = this.rows('PRAGMA user_version')()[0]?.[0]
    if (version === format) return
    if (this.rows('SELECT 1 FROM sqlite_schema LIMIT 1')().length > 0) {
      throw new StateUnusable(this.path, `has format ${String(version)} and not ${format}`)
    }
    this.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`)
  }

  /** Whether anything that was asked so far met damage. */
  get damaged(): boolean {
    return this.#damaged
  }

  exec(sql: string): void {
    this.#noting(() => this.#db.exec(sql))
  }

  /** A statement whose rows come as arrays: twice as fast to read as objects. */
  rows(sql: string): (...parameters: SQLInputValue[]) => readonly Row[] {
    const statement = this.#noting(() => this.#db.prepare(sql))
    statement.setReturnArrays(true)
    // The types of @types/node do not follow setReturnArrays.
    return (...parameters) => this.#noting(() => statement.all(...parameters) as unknown as Row[])
  }

  /** As `rows`, one after the other, for as long as they are wanted. */
  iterate(sql: string): (...parameters: SQLInputValue[]) => Iterable<Row> {
    const statement = this.#noting(() => this.#db.prepare(sql))
    statement.setReturnArrays(true)
    const noting = this.#note.bind(this)
    return function* (...parameters) {
      try {
        yield* statement.iterate(...parameters) as unknown as Iterable<Row>
      } catch (error) {
        throw noting(error)
      }
    }
  }

  writer(sql: string): (...parameters: SQLInputValue[]) => void {
    const statement = this.#noting(() => this.#db.prepare(sql))
    return (...parameters) => void this.#noting(() => statement.run(...parameters))
  }

  /** The index of a table's rows by a hash of their keys; what it meets of damage is damage of the file. */
  index(table: 'entity' | 'member'): Pick<HashIndex, 'refresh' | 'find' | 'add' | 'step' | 'newest'> {
    const index = this.#noting(() => openHashIndex(this.#db, { name: table }))
    return {
      refresh: () => this.#noting(() => index.refresh()),
      find: (hash) => this.#noting(() => index.find(hash)),
      add: (hash, value) => index.add(hash, value),
      step: () => this.#noting(() => index.step()),
      get newest() {
        return index.newest
      },
    }
  }

  /** What a text of the file stands for. */
  parse<T>(text: string, parse: (text: string) => T): T {
    try {
      return parse(text)
    } catch (error) {
      this.#damaged = true
      throw new StateUnusable(this.path, `holds a value that makes no sense (${text.slice(0, 60)})`, error)
    }
  }

  get isInTransaction(): boolean {
    return this.#db.isTransaction
  }

  /** Some failures of SQLite have ended the transaction by themselves. */
  rollback(): void {
    if (this.isInTransaction) this.exec('ROLLBACK')
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  #noting<T>(use: () => T): T {
    try {
      return use()
    } catch (error) {
      throw this.#note(error)
    }
  }

  #note(error: unknown): unknown {
    const code = primaryCode(error)
    if (damageCodes.includes(code)) {
      this.#damaged = true
      return new StateFailure(this.path, 'is damaged; it is made anew from the log when this is tried again.', error)
    }
    const obstacle = obstacles.get(code)
    return obstacle === undefined ? error : new StateFailure(this.path, obstacle, error)
  }
}

/** An extended result code holds its primary one in the low byte. */
const primaryCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined

/** A state file that nothing can be done with but to throw it away: the log has all that was in it. */
export class StateUnusable extends Error {
  override readonly name = 'StateUnusable'

  constructor(path: string, what: string, cause?: unknown) {
    super(`The state of the fold in ${path} ${what}; it is made anew from the log.`, { cause })
  }
}

/**
 * The state's file cannot be read or written now: a full disk, say, or damage that was met on the way. Nothing is lost: what
 * was folded since the last checkpoint is folded again.
 */
export class StateFailure extends Error {
  override readonly name = 'StateFailure'

  /** @param what is wrong, and what to do: the rest of a sentence that begins with the file */
  constructor(path: string, what: string, cause: unknown) {
    super(`The state of the fold in ${path} ${what}${saidBySqlite(cause)}`, { cause })
  }
}

const saidBySqlite = (error: unknown): string => (error instanceof Error ? ` (SQLite: ${error.message})` : '')
