import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DiskTrouble, diskError } from '../engine-error.ts'
import { WarehouseError } from '../port.ts'

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
