import { type RowValues, WarehouseError } from './port.ts'

/** A column of a storage table, with its ClickHouse type. */
export interface Column {
  readonly name: string
  readonly type: string
}

/**
 * Writes rows as ClickHouse's TabSeparated, which it reads fastest of the formats that need no binary writer: columns in
 * the table's order, `\N` for null, and `\`, tab, line feed, carriage return escaped.
 * https://clickhouse.com/docs/interfaces/formats/TabSeparated
 * @throws WarehouseError `bad-row` for a value that does not fit, or a name that is no column of the table
 */
export function writeRows(
  table: string,
  columns: readonly Column[],
  generation: number,
  rows: readonly RowValues[],
): Buffer {
  const writers = columns.filter((column) => column.name !== 'generation').map((column) => writerOf(table, column))
  const parts: string[] = []
  for (const row of rows) parts.push(writeRow(table, writers, generation, row))
  return Buffer.from(parts.join(''), 'utf8')
}

interface Writer {
  readonly name: string
  readonly required: boolean
  readonly write: (value: unknown) => string
}

function writeRow(table: string, writers: readonly Writer[], generation: number, row: RowValues): string {
  let text = String(generation)
  let known = 0
  for (const { name, required, write } of writers) {
    const value = row[name]
    if (value !== undefined) known++
    if (value === undefined || value === null) {
      if (required) throw badRow(table, name, 'is missing, and every row has one')
      text += '\t\\N'
    } else {
      text += `\t${write(value)}`
    }
  }
  if (known < Object.keys(row).length) refuseUnknown(table, writers, row)
  return `${text}\n`
}

function writerOf(table: string, { name, type }: Column): Writer {
  const required = name === 'position' || name === 'line'
  const isDecimal = type.includes('Decimal')
  const isJson = type.startsWith('JSON')
  const write = (value: unknown): string => {
    switch (typeof value) {
      case 'string':
        return escapeText(isJson ? readable(value) : value)
      case 'number':
        if (isDecimal)
          throw badRow(
            table,
            name,
            `is the number ${value}; a Decimal is given as a string, so that no float touches it`,
          )
        if (!Number.isFinite(value)) throw badRow(table, name, `is ${value}, which no column can hold`)
        if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
          throw badRow(table, name, `is ${value}, beyond 2^53; such integers are given as a string or a bigint`)
        }
        return String(value)
      case 'bigint':
        return value.toString()
      case 'boolean':
        return value ? 'true' : 'false'
      case 'object':
        if (isJson) return escapeText(readable(JSON.stringify(value)))
        if (Array.isArray(value)) return arrayText(value, table, name)
    }
    throw badRow(table, name, `is ${describe(value)}, which ${type} cannot hold`)
  }
  return { name, required, write }
}

/** A string, or an integer that may be more than 64 bits hold. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d{19,}(?=[,\]}])/g

const leastInteger = -(2n ** 63n)
const mostInteger = 2n ** 64n - 1n

/**
 * Makes JSON into what a JSON column reads. It refuses an integer that 64 bits do not hold, and with it the whole insert; the same
 * number with an exponent it takes for the float that it is.
 */
function readable(text: string): string {
  if (!/\d{19}/.test(text)) return text
  return text.replace(tokens, (token) => {
    if (token.startsWith('"')) return token
    const integer = BigInt(token)
    return integer < leastInteger || integer > mostInteger ? Number(token).toExponential() : token
  })
}

const special = /[\\\t\n\r]/
const specials = /[\\\t\n\r]/g
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** As TabSeparated wants it; also the form of a query parameter. */
export function escapeText(text: string): string {
  return special.test(text) ? text.replaceAll(specials, (character) => escapes[character] ?? character) : text
}

function arrayText(values: readonly unknown[], table: string, name: string): string {
  const items = values.map((value) => {
    if (typeof value === 'string') return quoteItem(value)
    if (typeof value === 'bigint' || typeof value === 'boolean' || Number.isSafeInteger(value)) return String(value)
    throw badRow(table, name, `holds ${describe(value)}; arrays hold strings, integers and booleans`)
  })
  return `[${items.join(',')}]`
}

/** A string inside an array's text; the array as a whole is not escaped again. */
export function quoteItem(text: string): string {
  return `'${escapeText(text).replaceAll("'", "\\'")}'`
}

function refuseUnknown(table: string, writers: readonly Writer[], row: RowValues): void {
  const names = new Set(writers.map((writer) => writer.name))
  const unknown = Object.keys(row).filter((name) => row[name] !== undefined && !names.has(name))
  if (unknown.length > 0)
    throw badRow(table, unknown.join(', '), `is no column; its columns are ${[...names].join(', ')}`)
}

function describe(value: unknown): string {
  return value === null
    ? 'null'
    : Array.isArray(value)
      ? 'an array'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`
}

function badRow(table: string, column: string, problem: string): WarehouseError {
  return new WarehouseError('bad-row', `A row of ${table} does not fit: ${column} ${problem}.`)
}
