import { WarehouseError } from './port.ts'

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

export type DiskTrouble = 'no-room' | 'read-only'

/** What the system said of the disk, in ClickHouse's words, whose codes do not tell, or in Node's. */
function troubleIn(message: string): DiskTrouble | undefined {
  if (/No space left on device|Cannot reserve .*not enough space|errno: (28|122)\b|^(ENOSPC|EDQUOT):/.test(message)) {
    return 'no-room'
  }
  return /Read-only file system|errno: 30\b|^EROFS:/.test(message) ? 'read-only' : undefined
}

export function diskError(
  trouble: DiskTrouble,
  detail: string,
  code: number | undefined,
  cause: unknown,
): WarehouseError {
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
