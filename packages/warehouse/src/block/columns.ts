import { WarehouseError } from '../port.ts'
import { daysOf, msOf, scaledInteger } from './numbers.ts'
import { Output } from './output.ts'
import { quoteItem, readableJson } from './text.ts'

/** A column of a storage table, with its ClickHouse type. */
export interface Column {
  readonly name: string
  readonly type: string
  /** Of a String, `JSON` says that it holds JSON as text. */
  readonly comment?: string | undefined
}

/** A column as blocks have it; `type` is what it has in them. */
export interface ColumnType extends Column {
  open(): OpenColumn
}

/** The values of one column of one block, as bytes. */
export interface OpenColumn {
  /** @throws WarehouseError `bad-row` if the column cannot hold it */
  add(value: unknown): void
  /** Bytes that it takes in the block, roughly. */
  readonly size: number
  writeTo(block: Output): void
}

/**
 * How a column is written. Values of the types that most columns have are written as ClickHouse keeps them; all others as
 * text, which ClickHouse reads as it would in TabSeparated. What is absent or null is 0 or empty, or NULL where that can be.
 */
export function columnTypeOf(table: string, column: Column): ColumnType {
  const [type, open] = openOf(column, (value) => refusal(table, column, value))
  return { name: column.name, type, open }
}

type Open = ColumnType['open']

/** Why a value cannot be written, to be thrown. */
type Refuse = (value: unknown) => WarehouseError

function openOf({ name, type, comment }: Column, refuse: Refuse): [string, Open] {
  const integer = /^(U?)Int(8|16|32|64)$/.exec(type)
  if (integer) return [type, integers(name, Number(integer[2]), integer[1] !== 'U', refuse)]
  const decimal = /^Decimal\((1[0-8]), (\d+)\)$/.exec(type)
  if (decimal) return [type, decimals(10n ** BigInt(decimal[1] as string), Number(decimal[2]), refuse)]
  if (/^DateTime64\(3(, '[^']*')?\)$/.test(type)) return [type, times(refuse)]
  if (type === 'Date') return [type, days(refuse)]
  if (type === 'LowCardinality(String)') return [type, dictionary(refuse)]
  if (type.startsWith('JSON')) return ['String', texts(jsonText(refuse), '{}')]
  if (type.startsWith('Array')) return ['String', texts(anyText(refuse), '[]')]
  if (type === 'String') return [type, texts(comment === 'JSON' ? jsonText(refuse) : anyText(refuse), '')]
  return ['Nullable(String)', nullableTexts(type.includes('Decimal') ? decimalText(refuse) : anyText(refuse))]
}

/** What a column begins with, in bytes; it grows. */
const firstBytes = 1024

/** A column whose bytes are those of its values, one after the other. */
const plainColumn = (add: (out: Output, value: unknown) => void): OpenColumn => {
  const out = new Output(firstBytes)
  return {
    add: (value) => add(out, value),
    get size() {
      return out.length
    },
    writeTo: (block) => block.append(out),
  }
}

function integers(name: string, bits: number, signed: boolean, refuse: Refuse): Open {
  const least = signed ? -(2n ** BigInt(bits - 1)) : 0n
  const most = 2n ** BigInt(signed ? bits - 1 : bits) - 1n
  // What of the range a float holds; the rest goes by way of bigint.
  const [low, high] = [
    Math.max(Number(least), Number.MIN_SAFE_INTEGER),
    Math.min(Number(most), Number.MAX_SAFE_INTEGER),
  ]
  const required = name === 'position' || name === 'line'
  const add = (out: Output, given: unknown): void => {
    let value = typeof given === 'string' ? scaledInteger(given, 0) : given
    if ((value === undefined || value === null) && typeof given !== 'string' && !required) value = 0
    if (typeof value === 'bigint' && value >= least && value <= most) {
      if (bits === 64) {
        out.bigint64(value)
        return
      }
      value = Number(value)
    }
    if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) throw refuse(given)
    if (bits === 64) out.int64(value)
    else if (bits === 32) out.int32(value)
    else if (bits === 16) out.uint16(value & 0xffff)
    else out.byte(value & 0xff)
  }
  return () => plainColumn(add)
}

function decimals(limit: bigint, scale: number, refuse: Refuse): Open {
  const add = (out: Output, given: unknown): void => {
    const text = typeof given === 'bigint' ? String(given) : (given ?? '0')
    const value = typeof text === 'string' ? scaledInteger(text, scale) : undefined
    if (typeof value === 'number') out.int64(value)
    else if (value !== undefined && value < limit && value > -limit) out.bigint64(value)
    else throw refuse(given)
  }
  return () => plainColumn(add)
}

function times(refuse: Refuse): Open {
  let lastText = ''
  let lastMs = 0
  const add = (out: Output, value: unknown): void => {
    const given = value ?? 0
    if (typeof given === 'string' && given !== lastText) {
      const ms = msOf(given)
      if (ms === undefined) throw refuse(given)
      ;[lastText, lastMs] = [given, ms]
    }
    const ms = typeof given === 'string' ? lastMs : given
    if (typeof ms !== 'number' || !Number.isSafeInteger(ms)) throw refuse(given)
    out.int64(ms)
  }
  return () => plainColumn(add)
}

/** The last day that a Date holds, counted from the epoch: 2149-06-06. */
const lastDay = 2 ** 16 - 1

function days(refuse: Refuse): Open {
  const add = (out: Output, value: unknown): void => {
    const given = value ?? '1970-01-01'
    const day = typeof given === 'string' ? daysOf(given) : undefined
    if (day === undefined || day < 0 || day > lastDay) throw refuse(given)
    out.uint16(day)
  }
  return () => plainColumn(add)
}

type TextOf = (value: unknown) => string

function texts(textOf: TextOf, empty: string): Open {
  const add = (out: Output, value: unknown): void =>
    out.text(value === undefined || value === null ? empty : textOf(value))
  return () => plainColumn(add)
}

/** Which are NULL, and then the texts of all. */
function nullableTexts(textOf: TextOf): Open {
  return () => {
    const nulls = new Output(firstBytes)
    const out = new Output(firstBytes)
    return {
      add(value) {
        const isNull = value === undefined || value === null
        out.text(isNull ? '' : textOf(value))
        nulls.byte(isNull ? 1 : 0)
      },
      get size() {
        return nulls.length + out.length
      },
      writeTo(block) {
        block.append(nulls)
        block.append(out)
      },
    }
  }
}

/** Written before each dictionary: which version of keeping it, and that it stands in the block itself. */
const dictionaryVersion = 1
const dictionaryInBlock = 0x600

/** Each text once, and for each row which of them. */
function dictionary(refuse: Refuse): Open {
  const textOf = anyText(refuse)
  return () => {
    const numbers = new Map<string, number>([['', 0]])
    const indexes = new Output(firstBytes)
    let lastText = ''
    let lastNumber = 0
    return {
      add(value) {
        const text = value === undefined || value === null ? '' : textOf(value)
        if (text !== lastText) {
          lastText = text
          lastNumber = numbers.get(text) ?? numbers.size
          if (lastNumber === numbers.size) numbers.set(text, lastNumber)
        }
        indexes.int32(lastNumber)
      },
      get size() {
        return indexes.length + 20 * numbers.size
      },
      writeTo(out) {
        const width = numbers.size <= 2 ** 8 ? 0 : numbers.size <= 2 ** 16 ? 1 : 2
        out.int64(dictionaryVersion)
        out.int64(dictionaryInBlock | width)
        out.int64(numbers.size)
        for (const text of numbers.keys()) out.text(text)
        out.int64(indexes.length / 4)
        if (width === 0) for (const index of indexes.int32s()) out.byte(index)
        else if (width === 1) for (const index of indexes.int32s()) out.uint16(index)
        else out.append(indexes)
      },
    }
  }
}

function anyText(refuse: Refuse): TextOf {
  return (value) => {
    if (typeof value === 'string') return value
    if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
    if (typeof value === 'number' && isExact(value)) return String(value)
    if (Array.isArray(value)) return `[${value.map((item) => itemText(item, refuse, value)).join(',')}]`
    throw refuse(value)
  }
}

function itemText(item: unknown, refuse: Refuse, array: readonly unknown[]): string {
  if (typeof item === 'string') return quoteItem(item)
  if (typeof item === 'bigint' || typeof item === 'boolean' || Number.isSafeInteger(item)) return String(item)
  throw refuse(array)
}

function decimalText(refuse: Refuse): TextOf {
  return (value) => {
    if (typeof value === 'string' || typeof value === 'bigint') return String(value)
    throw refuse(value)
  }
}

function jsonText(refuse: Refuse): TextOf {
  return (value) => {
    if (typeof value === 'function' || typeof value === 'symbol') throw refuse(value)
    return readableJson(typeof value === 'string' ? value : JSON.stringify(value))
  }
}

const isExact = (value: number) => Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))

function refusal(table: string, { name, type }: Column, value: unknown): WarehouseError {
  return new WarehouseError('bad-row', `A row of ${table} does not fit: ${name} ${problemOf(type, value)}.`)
}

function problemOf(type: string, value: unknown): string {
  if (value === undefined || value === null) return 'is missing, and every row has one'
  if (typeof value === 'number') {
    if (type.includes('Decimal'))
      return `is the number ${value}; a Decimal is given as a string, so that no float touches it`
    if (!Number.isFinite(value)) return `is ${value}, which no column can hold`
    if (!isExact(value)) return `is ${value}, beyond 2^53; such integers are given as a string or a bigint`
  }
  if (Array.isArray(value) && type.startsWith('Array')) {
    const item = value.find((item) => item === null || (typeof item !== 'string' && !Number.isSafeInteger(item)))
    return `holds ${typeof item === 'number' ? 'a number' : describe(item)}; arrays hold strings, integers and booleans`
  }
  return `is ${describe(value)}, which ${type} cannot hold`
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : `a ${typeof value}`
}
