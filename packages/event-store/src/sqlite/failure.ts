import type { StoreFailure } from '../port.ts'

/** Primary result codes, https://www.sqlite.org/rescode.html; an extended code holds its primary one in the low byte. */
const code = {
  perm: 3,
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  protocol: 15,
  notADatabase: 26,
} as const

/** Extended codes of SQLITE_IOERR that say that what is on the disk is damaged: IOERR_DATA and IOERR_CORRUPTFS. */
const damagedOnDisk: readonly number[] = [code.ioError | (32 << 8), code.ioError | (33 << 8)]

/**
 * The failure that an error of `node:sqlite` stands for, told by its result code alone; undefined for anything else,
 * which is then a defect and not a state of the store. `path` is named in the message.
 */
export const failureOf = (error: unknown, path: string): StoreFailure | undefined => {
  if (!isSqliteError(error)) return undefined
  const extended = error.errcode
  const say = (tag: StoreFailure['tag'], what: string): StoreFailure => ({
    tag,
    message: `The event log ${path} ${what} (SQLite ${extended}: ${error.message})`,
  })
  if (damagedOnDisk.includes(extended)) return say('store-corrupt', damaged)
  switch (extended & 0xff) {
    case code.full:
      return say('store-full', 'cannot grow: the disk or a quota is full. Free some space and repeat the append.')
    case code.readOnly:
    case code.perm:
      return say('store-read-only', 'cannot be written to. Make the file and its folder writable for this user.')
    case code.corrupt:
      return say('store-corrupt', damaged)
    case code.notADatabase:
      return say('store-corrupt', 'is no SQLite database, or its first page is damaged. Restore it from a backup.')
    case code.cantOpen:
      return say('store-unavailable', 'cannot be opened. Its folder must exist, and the path must not be a folder.')
    case code.busy:
    case code.locked:
    case code.protocol:
      return say('store-unavailable', 'is held by another process. One process at a time may use it.')
    case code.ioError:
      return say('store-unavailable', 'could not be read or written: the disk reports an error.')
    case code.noMemory:
      return say('store-unavailable', 'could not be read or written: no memory left.')
    default:
      return undefined
  }
}

/** A row that the table's schema does not allow: damage that SQLite itself did not notice, under SQLite's code for it. */
export class DamagedRow extends Error {
  override readonly name = 'DamagedRow'
  readonly errcode = code.corrupt
}

const damaged = 'is damaged. Stop writing to it and restore it from a backup.'

/** An error of SQLite, with its extended result code. */
export const isSqliteError = (error: unknown): error is Error & { readonly errcode: number } =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
