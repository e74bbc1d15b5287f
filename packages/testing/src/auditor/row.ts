import { type AnyTable, type ColumnKind, columnsOf, isTable, tableNames } from './tables.ts'

/** A row of a table, as a fold gives it or as a warehouse answers it. */
export interface TableRow {
  readonly table: string
  readonly position: number
  readonly line: number
  /** The columns but for position and line. */
  readonly values: Readonly<Record<string, unknown>>
}

/** What the auditor reads of a row: each column as one text, whichever way it was written. */
export interface ReadRow {
  readonly table: AnyTable
  readonly position: number
  readonly line: number
  readonly cells: Readonly<Record<string, string>>
}

/** @returns the row, or one sentence on what cannot be read in it */
export function readRow({ table, position, line, values }: TableRow): ReadRow | string {
  if (!isTable(table)) return `there is no table ${JSON.stringify(table)}; the tables are ${tableNames.join(', ')}`
  const columns = columnsOf(table)
  const strange = Object.keys(values).find((column) => !(column in columns))
  if (strange !== undefined) return `there is no column ${JSON.stringify(strange)}`
  const cells: Record<string, string> = {}
  for (const [column, kind] of Object.entries(columns)) {
    const cell = readers[kind](values[column])
    if (cell === undefined) return `${column} is ${JSON.stringify(values[column])}, which is no ${kind}`
    cells[column] = cell
  }
  return { table, position, line, cells }
}

type Reader = (value: unknown) => string | undefined

const matching =
  (pattern: RegExp): Reader =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? value : undefined

const time = matching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/)

const readers: Readonly<Record<ColumnKind, Reader>> = {
  text: (value) => (typeof value === 'string' ? value : undefined),
  number: (value) => (/^-?\d+$/.test(String(value)) ? String(Number(value)) : undefined),
  decimal: (value) => (typeof value === 'string' ? decimal(value) : undefined),
  time,
  'maybe time': (value) => (value === null ? 'null' : time(value)),
  day: matching(/^\d{4}-\d\d-\d\d$/),
  json: (value) =>
    typeof value === 'string' ? ofJsonText(value) : typeof value === 'object' && value ? sortedJson(value) : undefined,
}

/** Without zeros that say nothing: '12.50' and '12.5' are one amount. */
function decimal(written: string): string | undefined {
  const match = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/.exec(written)
  if (!match) return undefined
  const [, sign = '', whole = '', places = ''] = match
  const size = places === '' ? whole : `${whole}.${places}`
  return size === '0' ? '0' : `${sign}${size}`
}

function ofJsonText(text: string): string | undefined {
  try {
    return sortedJson(JSON.parse(text))
  } catch {
    return undefined
  }
}

/**
 * JSON with keys in order, at every depth. ClickHouse answers whole numbers as text and leaves out what is empty, so a number
 * and its text are one here, and an empty list or object is like none.
 */
export const sortedJson = (value: unknown): string => JSON.stringify(plain(value) ?? {})

function plain(value: unknown): unknown {
  if (Number.isInteger(value)) return String(value)
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((one) => plain(one) ?? {})
  if (typeof value !== 'object' || value === null) return value ?? undefined
  const fields = Object.entries(value).flatMap(([name, one]) => {
    const inner = plain(one)
    return inner === undefined ? [] : [[name, inner] as const]
  })
  return fields.length === 0 ? undefined : Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Units of 1e-9 that a decimal cell stands for. */
export function unitsOf(cell: string): bigint {
  const [whole = '0', places = ''] = cell.replace('-', '').split('.')
  const units = BigInt(whole + places.padEnd(9, '0'))
  return cell.startsWith('-') ? -units : units
}
