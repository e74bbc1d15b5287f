import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WarehouseError } from '../port.ts'

/** The engine's own error as ours: `Code: 60. DB::Exception: …` gives code 60 and what follows. */
export function engineError(error: unknown): WarehouseError {
  if (error instanceof WarehouseError) return error
  const code = codeOf(error)
  const message = messageOf(error)
  if (code === undefined && /closed|No active connection/i.test(message)) return closedError()
  const trouble = troubleIn(message)
  if (trouble !== undefined) return diskError(trouble, `: ${message}`, code, error)
  return new WarehouseError('engine', message, code, error)
}

type DiskTrouble = 'no-room' | 'read-only'

/** What the system said of the disk, in ClickHouse's words, whose codes do not tell, or in Node's. */
function troubleIn(message: string): DiskTrouble | undefined {
  if (/No space left on device|Cannot reserve .*not enough space|errno: (28|122)\b|^(ENOSPC|EDQUOT):/.test(message)) {
    return 'no-room'
  }
  return /Read-only file system|errno: 30\b|^EROFS:/.test(message) ? 'read-only' : undefined
}

function diskError(trouble: DiskTrouble, detail: string, code: number | undefined, cause: unknown): WarehouseError {
  const said = detail.replace(/\.$/, '')
  const message =
    trouble === 'no-room'
      ? `The disk of the tables, or a quota, is full${said}. Free some space and try again.`
      : `The tables may only be read${said}. Make their folder writable for this user and try again.`
  return new WarehouseError(trouble, message, code, cause)
}

export function closedError(): WarehouseError {
  return new WarehouseError('closed', 'The warehouse is closed.')
}

function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  // chDB's own errors carry a number, those of @clickhouse/client a string; a broken stream wraps the first in a second.
  const code = 'clickhouseCode' in error ? error.clickhouseCode : 'code' in error ? error.code : undefined
  if (typeof code === 'number') return code
  if (typeof code === 'string' && /^\d+$/.test(code)) return Number(code)
  const printed = /^Code: (\d+)\./.exec(error.message)?.[1]
  return printed === undefined ? undefined : Number(printed)
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return (
    text
      .replace(/^(Code: \d+\. DB::Exception: )+/, '')
      .replaceAll(/ ?\(version [^)]*\)\.?/g, '')
      // The name of the code stands behind what was said, and again behind that.
      .replace(/( \([A-Z_]+\))\1$/, '$1')
      .trim()
  )
}

/**
 * Why chDB could not open a folder. It says so on standard error only, so the reason is found again here: the file `status`
 * names the process that holds the folder.
 */
export function openError(path: string, error: unknown): WarehouseError {
  const message = error instanceof Error ? error.message : String(error)
  if (message.includes('one active data directory')) {
    return new WarehouseError(
      'locked',
      `The warehouse ${path} cannot be opened: this process has another one open, and can have one only. Close that first.`,
      undefined,
      error,
    )
  }
  const holder = holderOf(path)
  if (holder !== undefined) {
    return new WarehouseError(
      'locked',
      `The warehouse ${path} is in use by process ${holder}; only one process can hold it. Stop that one, or go through it.`,
      undefined,
      error,
    )
  }
  const trouble = troubleOfFolder(path)
  if (trouble !== undefined) return diskError(trouble, ` (${path})`, undefined, error)
  return new WarehouseError(
    'damaged',
    `The warehouse ${path} cannot be read; what ClickHouse found wrong stands on standard error. All of it can be had from the log: move the folder away and rebuild.`,
    undefined,
    error,
  )
}

/** Whether something can be written into a folder at all. */
function troubleOfFolder(path: string): DiskTrouble | undefined {
  const probe = join(path, `probe-${process.pid}`)
  try {
    writeFileSync(probe, 'Something is written here for a moment, to find out whether that can be done.')
    return undefined
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOSPC' || code === 'EDQUOT') return 'no-room'
    return code === 'EROFS' || code === 'EACCES' || code === 'EPERM' ? 'read-only' : undefined
  } finally {
    rmSync(probe, { force: true })
  }
}

/** The living process, other than this one, that chDB's lock file names. */
function holderOf(path: string): number | undefined {
  try {
    const holder = Number(/^PID: (\d+)/.exec(readFileSync(join(path, 'status'), 'utf8'))?.[1])
    if (!Number.isInteger(holder) || holder === process.pid) return undefined
    return isAlive(holder) ? holder : undefined
  } catch {
    return undefined
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    // Not allowed to signal it, so it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
