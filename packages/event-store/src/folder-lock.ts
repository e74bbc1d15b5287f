import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { isSqliteError } from './sqlite/failure.ts'

export interface FolderLock {
  /** Gives the folder up; further calls do nothing. */
  release(): void
}

/** Who holds a folder, as they wrote it down. */
export interface Holder {
  readonly pid: number
  readonly command: string
  /** ms since the epoch, UTC. */
  readonly since: number
}

export interface FolderInUse {
  readonly tag: 'folder-in-use'
  /** Undefined when the other process has not yet written down who it is. */
  readonly holder: Holder | undefined
  readonly message: string
}

/** The folder cannot be made or written to. */
export interface FolderUnusable {
  readonly tag: 'folder-unusable'
  readonly holder: undefined
  readonly message: string
}

/**
 * Takes a data folder for this process, and makes it if it is missing. One lock is held a folder, also within a process.
 *
 * It is the operating system that holds the lock (an exclusive SQLite transaction on `lock.db`, and so a lock on a file):
 * it goes with the process however that ends, and no stale lock is ever left. `holder.json` beside it only tells others
 * who it is. Never open or copy `lock.db` in this process: POSIX drops a process's locks on a file at any close of it.
 * @param command what the second one is told about the first, such as 'vouch start'
 * @param since when it was taken, ms since the epoch, UTC
 */
export const lockFolder = (
  dir: string,
  command: string,
  since: number = Date.now(),
): Either<FolderInUse | FolderUnusable, FolderLock> => {
  let db: DatabaseSync | undefined
  try {
    mkdirSync(dir, { recursive: true })
    db = new DatabaseSync(join(dir, 'lock.db'), { timeout: 0 })
    // On a file that this user may not write to, BEGIN EXCLUSIVE would succeed and lock nothing: hence the write, which
    // is never committed and, without a journal on the disk, leaves nothing behind.
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1')
    writeHolder(dir, { pid: process.pid, command, since })
    return right(hold(db, dir))
  } catch (error) {
    if (db?.isOpen) db.close()
    return left(refusal(dir, error))
  }
}

/** A connection that is garbage collected is closed, and its lock gone: these are reachable for as long as they hold. */
const holding = new Set<DatabaseSync>()

const hold = (db: DatabaseSync, dir: string): FolderLock => {
  holding.add(db)
  return {
    release: () => {
      if (!holding.delete(db)) return
      // While the lock is still held: it must not be the next holder's note that is removed.
      rmSync(holderPath(dir), { force: true })
      db.close()
    },
  }
}

/** Primary result codes, https://www.sqlite.org/rescode.html */
const sqlite = { busy: 5, readOnly: 8, corrupt: 11, full: 13, notADatabase: 26 } as const

const refusal = (dir: string, error: unknown): FolderInUse | FolderUnusable => {
  const code = isSqliteError(error) ? error.errcode & 0xff : systemCode(error)
  if (code === undefined) throw error
  if (code === sqlite.busy) {
    const holder = readHolder(dir)
    const message = `The data folder ${dir} is in use by ${named(holder)}. Stop it first, or name another folder.`
    return { tag: 'folder-in-use', holder, message }
  }
  const message = `The data folder ${dir} cannot be used: ${obstacle(code, error)}`
  return { tag: 'folder-unusable', holder: undefined, message }
}

/** Why, and what to do about it, of SQLite's or the system's code. */
function obstacle(code: number | string, error: unknown): string {
  switch (code) {
    case sqlite.full:
    case 'ENOSPC':
    case 'EDQUOT':
      return 'its disk or a quota is full. Free some space and try again.'
    case sqlite.readOnly:
    case 'EROFS':
      return 'it may only be read. Make it writable for this user, or name another folder.'
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return `${String(error)}. Stop whatever uses the folder, remove its lock.db, and try again; nothing is lost by it.`
    default:
      return `${String(error)}. Name a folder that this user may write to.`
  }
}

const named = (holder: Holder | undefined): string =>
  holder === undefined
    ? 'another process'
    : `'${holder.command}' (process ${holder.pid}, since ${new Date(holder.since).toISOString()})`

const holderPath = (dir: string): string => join(dir, 'holder.json')

/** Renamed into place, so that nobody reads half of it. */
const writeHolder = (dir: string, holder: Holder): void => {
  const draft = `${holderPath(dir)}.draft`
  writeFileSync(draft, `${JSON.stringify(holder)}\n`)
  renameSync(draft, holderPath(dir))
}

/** The note is for people: one that is missing or cannot be read is no reason to fail. */
const readHolder = (dir: string): Holder | undefined => {
  try {
    const note: unknown = JSON.parse(readFileSync(holderPath(dir), 'utf8'))
    return isHolder(note) ? note : undefined
  } catch {
    return undefined
  }
}

const isHolder = (note: unknown): note is Holder =>
  typeof note === 'object' &&
  note !== null &&
  'pid' in note &&
  typeof note.pid === 'number' &&
  'command' in note &&
  typeof note.command === 'string' &&
  'since' in note &&
  typeof note.since === 'number' &&
  !Number.isNaN(new Date(note.since).getTime())

/** The code of an error of the file system, such as ENOSPC. */
const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined
