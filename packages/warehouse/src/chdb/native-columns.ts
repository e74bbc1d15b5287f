import { WarehouseError } from '../port.ts'

/**
 * Copies blocks of format Native, and writes behind each column's type that it is written in the usual way (a zero), as it is
 * from revision 54454 of ClickHouse's protocol on. Where a column ends follows from its type alone; the lay-out is that of
 * ClickHouse's src/Formats/NativeWriter.cpp and src/DataTypes/Serializations.
 * @param before each block
 * @throws WarehouseError `engine` with code 48 for a type whose end is not known
 */
export function withColumnKinds(blocks: Buffer, before: Buffer): Buffer {
  const out: Buffer[] = []
  const reader = readerOf(blocks)
  let copied = 0
  const copy = (): void => {
    out.push(blocks.subarray(copied, reader.at))
    copied = reader.at
  }
  while (reader.at < blocks.length) {
    out.push(before)
    const columns = reader.number()
    const rows = reader.number()
    for (let column = 0; column < columns; column++) {
      reader.skip(reader.number())
      const name = reader.text()
      copy()
      out.push(usual)
      if (rows === 0) continue
      const type = typeOf(name)
      skipPrefix(reader, type)
      skipData(reader, type, rows)
    }
    copy()
  }
  return Buffer.concat(out)
}

const usual = Buffer.from([0])

interface Reader {
  at: number
  skip(bytes: number): void
  /** Of seven bits a byte, the lowest first. */
  number(): number
  text(): string
  /** Of eight bytes. */
  long(): number
}

function readerOf(buffer: Buffer): Reader {
  const reader: Reader = {
    at: 0,
    skip(bytes) {
      reader.at += bytes
      if (reader.at > buffer.length) throw new RangeError('A block of format Native ends before its last column does.')
    },
    number() {
      let value = 0
      for (let factor = 1; ; factor *= 128) {
        const byte = buffer.readUInt8(reader.at++)
        value += (byte & 127) * factor
        if (byte < 128) return value
      }
    },
    text() {
      const length = reader.number()
      const from = reader.at
      reader.skip(length)
      return buffer.toString('utf8', from, reader.at)
    },
    long() {
      const value = Number(buffer.readBigUInt64LE(reader.at))
      reader.at += 8
      return value
    },
  }
  return reader
}

type Type =
  | { readonly kind: 'fixed'; readonly bytes: number }
  | { readonly kind: 'string' }
  | { readonly kind: 'nullable' | 'array' | 'dictionary'; readonly of: Type }
  | { readonly kind: 'tuple'; readonly of: readonly Type[] }

/** What a dictionary's column says of itself first, bit by bit, above the width of its indexes. */
const hasGlobalKeys = 0x100
const hasOwnKeys = 0x200

/** Of dictionaries, however deep within, the version stands before all data. */
function skipPrefix(reader: Reader, type: Type): void {
  if (type.kind === 'dictionary') reader.skip(8)
  else if (type.kind === 'nullable' || type.kind === 'array') skipPrefix(reader, type.of)
  else if (type.kind === 'tuple') for (const each of type.of) skipPrefix(reader, each)
}

function skipData(reader: Reader, type: Type, rows: number): void {
  switch (type.kind) {
    case 'fixed':
      return reader.skip(type.bytes * rows)
    case 'string':
      for (let row = 0; row < rows; row++) reader.skip(reader.number())
      return
    case 'nullable':
      reader.skip(rows)
      return skipData(reader, type.of, rows)
    case 'array': {
      if (rows === 0) return
      reader.skip(8 * (rows - 1))
      return skipData(reader, type.of, reader.long())
    }
    case 'tuple':
      for (const each of type.of) skipData(reader, each, rows)
      return
    case 'dictionary': {
      if (rows === 0) return
      const about = reader.long()
      if (about & hasGlobalKeys || !(about & hasOwnKeys)) throw unknownEnd('LowCardinality with keys elsewhere')
      skipData(reader, type.of, reader.long())
      return reader.skip(reader.long() * 2 ** (about & 3))
    }
  }
}

const widths: ReadonlyMap<string, number> = new Map([
  ...['UInt8', 'Int8', 'Bool', 'Enum8', 'Nothing'].map((name) => [name, 1] as const),
  ...['UInt16', 'Int16', 'Date', 'Enum16', 'BFloat16'].map((name) => [name, 2] as const),
  ...['UInt32', 'Int32', 'Float32', 'DateTime', 'Date32', 'IPv4'].map((name) => [name, 4] as const),
  ...['UInt64', 'Int64', 'Float64', 'DateTime64'].map((name) => [name, 8] as const),
  ...['UInt128', 'Int128', 'UUID', 'IPv6'].map((name) => [name, 16] as const),
  ...['UInt256', 'Int256'].map((name) => [name, 32] as const),
])

/** The lay-out of a type, by its name as ClickHouse writes it. */
function typeOf(name: string): Type {
  const [, outer = '', inner] = /^(\w+)(?:\((.*)\))?$/s.exec(name) ?? []
  const parts = inner === undefined ? [] : partsOf(inner)
  const [first = ''] = parts
  switch (outer) {
    case 'String':
      return { kind: 'string' }
    case 'FixedString':
      return { kind: 'fixed', bytes: Number(first) }
    case 'Decimal':
      return { kind: 'fixed', bytes: decimalBytes(Number(first)) }
    case 'Nullable':
      return { kind: 'nullable', of: typeOf(first) }
    case 'LowCardinality':
      // Its keys are no nulls: the first of them stands for that.
      return { kind: 'dictionary', of: typeOf(/^Nullable\((.*)\)$/s.exec(first)?.[1] ?? first) }
    case 'Array':
      return { kind: 'array', of: typeOf(first) }
    case 'Map':
      return { kind: 'array', of: { kind: 'tuple', of: parts.map(typeOf) } }
    case 'Nested':
      return { kind: 'array', of: { kind: 'tuple', of: parts.map((part) => typeOf(withoutName(part))) } }
    case 'Tuple':
      if (parts.length > 0) return { kind: 'tuple', of: parts.map((part) => typeOf(withoutName(part))) }
      throw unknownEnd(name)
    case 'SimpleAggregateFunction':
      return typeOf(parts.at(-1) ?? '')
    default: {
      const bytes = outer.startsWith('Interval') ? 8 : widths.get(outer)
      if (bytes === undefined) throw unknownEnd(name)
      return { kind: 'fixed', bytes }
    }
  }
}

function decimalBytes(digits: number): number {
  if (digits <= 9) return 4
  if (digits <= 18) return 8
  return digits <= 38 ? 16 : 32
}

/** What stands between commas, but for those within brackets or quotes. */
function partsOf(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (const { 0: sign, index } of text.matchAll(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[(),]/gs)) {
    if (sign === '(') depth++
    else if (sign === ')') depth--
    else if (sign === ',' && depth === 0) {
      parts.push(text.slice(from, index).trim())
      from = index + 1
    }
  }
  return [...parts, text.slice(from).trim()].filter((part) => part !== '')
}

/** An element of a tuple may have a name before its type. */
function withoutName(element: string): string {
  return /^(?:`(?:[^`\\]|\\.)*`|\w+)\s+(\S.*)$/s.exec(element)?.[1] ?? element
}

function unknownEnd(type: string): WarehouseError {
  return new WarehouseError(
    'engine',
    `A column of type ${type} cannot be given in format Native for this revision of the protocol; ask for it as text, with toString(…).`,
    notImplemented,
  )
}

/** ClickHouse's code for what it does not do. */
const notImplemented = 48
