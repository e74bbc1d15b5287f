import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RowValues } from '../port.ts'
import { blockFormat } from './block.ts'
import type { Column } from './columns.ts'

const columns: Column[] = [
  { name: 'generation', type: 'UInt32' },
  { name: 'position', type: 'UInt64' },
  { name: 'line', type: 'UInt32' },
  { name: 'amount', type: 'Decimal(18, 4)' },
  { name: 'note', type: 'Nullable(String)' },
  { name: 'tags', type: 'Array(String)' },
  { name: 'data', type: 'JSON' },
  { name: 'currency', type: 'LowCardinality(String)' },
  { name: 'sign', type: 'Int8' },
  { name: 'paid_at', type: "DateTime64(3, 'UTC')" },
  { name: 'paid_on', type: 'Date' },
  { name: 'body', type: 'String', comment: 'JSON' },
  { name: 'who', type: 'String' },
]
/** A block of rows, in a generation 7. */
const bytesOf = (given: readonly Column[], rows: readonly RowValues[]) => {
  const block = blockFormat('payments', given).open()
  for (const row of rows) block.push(row)
  expect(block.length).toBe(rows.length)
  return block.bytes(7)
}
const block = (...rows: Record<string, unknown>[]) => bytesOf(columns, rows)
/** The bytes of one column of a block of such rows. */
const columnOf = (name: string, ...rows: Record<string, unknown>[]) => {
  const only = columns.filter((column) => ['generation', 'position', 'line', name].includes(column.name))
  const numbered = rows.map((row, line) => ({ position: 1, line, ...row }))
  const whole = bytesOf(only, numbered)
  const without = bytesOf(
    only.slice(0, 3),
    numbered.map(({ position, line }) => ({ position, line })),
  )
  const { type } = blockFormat('payments', only).columns[3] as Column
  return whole.subarray(without.length + 2 + name.length + type.length)
}
const hex = (bytes: Buffer) => bytes.toString('hex')
const int64 = (...values: bigint[]) => {
  const bytes = Buffer.alloc(8 * values.length)
  values.forEach((value, index) => {
    bytes.writeBigInt64LE(BigInt.asIntN(64, value), 8 * index)
  })
  return hex(bytes)
}
const texts = (...values: string[]) =>
  hex(Buffer.concat(values.flatMap((value) => [Buffer.from([Buffer.byteLength(value)]), Buffer.from(value)])))

describe('a block', () => {
  it('is the number of columns and of rows, then each column with its name and type', () => {
    const two = columns.slice(0, 3)
    expect(hex(bytesOf(two, [{ line: 2, position: '258' }]))).toBe(
      hex(
        Buffer.concat([
          Buffer.from([3, 1]),
          Buffer.from('\x0ageneration\x06UInt32\x07\0\0\0', 'latin1'),
          Buffer.from('\x08position\x06UInt64\x02\x01\0\0\0\0\0\0', 'latin1'),
          Buffer.from('\x04line\x06UInt32\x02\0\0\0', 'latin1'),
        ]),
      ),
    )
  })

  it('has as text what ClickHouse has to read', () => {
    const given = new Map(blockFormat('payments', columns).columns.map(({ name, type }) => [name, type]))
    expect(['note', 'tags', 'data'].map((name) => given.get(name))).toEqual(['Nullable(String)', 'String', 'String'])
    expect(hex(columnOf('tags', { tags: ["it's", '\\'] }, {}))).toBe(texts("['it\\'s','\\\\']", '[]'))
    expect(hex(columnOf('note', { note: 'a\tb' }, {}, { note: null }))).toBe(`000101${texts('a\tb', '', '')}`)
    expect(hex(columnOf('who', { who: 1n }, { who: true }, { who: 1.5 }))).toBe(texts('1', 'true', '1.5'))
  })

  it('holds JSON as an object or as its text', () => {
    expect(hex(columnOf('data', { data: '{"a":1}' }))).toBe(texts('{"a":1}'))
    expect(columnOf('data', { data: { a: 1 } })).toEqual(columnOf('data', { data: '{"a":1}' }))
    expect(hex(columnOf('body', { body: { a: '\t' } }))).toBe(texts('{"a":"\\t"}'))
  })

  it('holds integers in JSON that 64 bits do not hold as floats, and all else as it is', () => {
    const data =
      '{"a":18446744073709551616,"b":18446744073709551615,"c":[-9223372036854775809],"d":"99999999999999999999,"}'
    const floats =
      '{"a":1.8446744073709552e+19,"b":18446744073709551615,"c":[-9.223372036854776e+18],"d":"99999999999999999999,"}'
    expect(hex(columnOf('body', { body: data }))).toBe(texts(floats))
    expect(hex(columnOf('data', { data }))).toBe(texts(floats))
  })

  it('takes an absent value for null or for what is empty, and a name with nothing in it for absent', () => {
    const row = { position: 1, line: 0 }
    const nulls = Object.fromEntries(columns.slice(3).map(({ name }) => [name, null]))
    expect(block({ ...row, ...nulls })).toEqual(block(row))
    expect(block({ ...row, note: undefined, other: undefined })).toEqual(block(row))
    expect(hex(columnOf('paid_at', {}))).toBe(int64(0n))
  })

  it.each<[string, unknown, bigint]>([
    ['1.5', '1.5', 15_000n],
    ['all its digits', '-99999999999999.9999', -999_999_999_999_999_999n],
    ['zero below zero', '-0.0', 0n],
    ['leading zeros', '000000000000000000001', 10_000n],
    ['a bigint', 12n, 120_000n],
  ])('holds a decimal as an integer: %s', (_, amount, scaled) => {
    expect(hex(columnOf('amount', { amount }))).toBe(int64(scaled))
  })

  it('holds any decimal exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }), fc.nat(4), (integer, places) => {
        const digits = String(integer < 0n ? -integer : integer).padStart(places + 1, '0')
        const point = digits.length - places
        const text = places === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
        const scaled = integer * 10n ** BigInt(4 - places)
        fc.pre(scaled < 10n ** 18n && scaled > -(10n ** 18n))
        expect(hex(columnOf('amount', { amount: `${integer < 0n ? '-' : ''}${text}` }))).toBe(int64(scaled))
      }),
    )
  })

  it('holds any position, however it is given', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (position) => {
        const only = columns.slice(0, 3)
        const written = bytesOf(only, [{ position, line: 0 }])
        expect(hex(written)).toContain(int64(position))
        expect(bytesOf(only, [{ position: String(position), line: 0 }])).toEqual(written)
        if (position <= Number.MAX_SAFE_INTEGER) {
          expect(bytesOf(only, [{ position: Number(position), line: 0 }])).toEqual(written)
        }
      }),
    )
  })

  it('holds any time, as text or in milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 41), max: 2 ** 43 }), (ms) => {
        const text = new Date(ms).toISOString().replace('T', ' ').slice(0, 23)
        const written = columnOf('paid_at', { paid_at: text }, { paid_at: ms }, { paid_at: text })
        expect(hex(written)).toBe(int64(BigInt(ms), BigInt(ms), BigInt(ms)))
      }),
    )
    expect(hex(columnOf('paid_at', { paid_at: '2026-03-01 12:00:00' }))).toBe(int64(BigInt(Date.UTC(2026, 2, 1, 12))))
    expect(hex(columnOf('paid_on', { paid_on: '1970-01-03' }, { paid_on: '2149-06-06' }))).toBe('0200ffff')
  })

  it('holds text of any length in UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (who) => {
        const bytes = Buffer.from(who)
        const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7]
        expect(hex(columnOf('who', { who }))).toBe(hex(Buffer.from(length)) + hex(bytes))
      }),
    )
  })

  it.each([
    [3, 0],
    [300, 1],
    [70_000, 2],
  ])('holds each of %d different texts once', (different, width) => {
    const rows = Array.from({ length: different + 5 }, (_, index) => ({ currency: `c${index % different}` }))
    const bytes = columnOf('currency', ...rows)
    const read = (at: number) => Number(bytes.readBigUInt64LE(at))
    expect([read(0), read(8), read(16)]).toEqual([1, 0x600 + width, different + 1])
    expect(bytes.subarray(24, 31).toString()).toBe('\0\x02c0\x02c1')
    const size = 2 ** width
    expect(bytes.subarray(-size * 5)).toEqual(bytes.subarray(-size * rows.length).subarray(0, size * 5))
    expect(Number(bytes.readBigUInt64LE(bytes.length - size * rows.length - 8))).toBe(rows.length)
  })

  it('takes rows of many shapes', () => {
    const shapes = [{ who: 'a' }, { note: 'n', who: 'b' }, {}, { who: 'c', note: undefined, other: undefined }]
    const rows = Array.from({ length: 20 }, (_, nth) => ({ position: nth, line: 0, ...shapes[nth % 4] }))
    const whole = rows.map((row) => ({ who: '', note: null, ...row }))
    expect(block(...rows)).toEqual(block(...whole))
  })

  it('does not depend on the order of names', () => {
    const [first, second] = [
      { position: 1, line: 0, who: 'a' },
      { who: 'b', line: 1, position: 1 },
    ]
    const sorted = { position: 1, line: 1, who: 'b' }
    expect(block(first, second)).toEqual(block(first, sorted))
  })

  it.each<[Record<string, unknown>, string]>([
    [{ line: 0 }, 'position is missing, and every row has one'],
    [{ position: '1' }, 'line is missing, and every row has one'],
    [
      { position: '1', line: 0, noet: 'x', generation: 1 },
      `noet, generation is no column; its columns are ${columns
        .slice(1)
        .map(({ name }) => name)
        .join(', ')}`,
    ],
    [
      { position: '1', line: 0, amount: 1 },
      'amount is the number 1; a Decimal is given as a string, so that no float touches it',
    ],
    [
      { position: 2 ** 53, line: 0 },
      'position is 9007199254740992, beyond 2^53; such integers are given as a string or a bigint',
    ],
    [{ position: '1', line: Number.POSITIVE_INFINITY }, 'line is Infinity, which no column can hold'],
    [{ position: '1', line: 0.5 }, 'line is 0.5, which UInt32 cannot hold'],
    [{ position: '1', line: 2 ** 32 }, 'line is 4294967296, which UInt32 cannot hold'],
    [{ position: '1', line: 0, sign: -129 }, 'sign is -129, which Int8 cannot hold'],
    [{ position: String(2n ** 64n), line: 0 }, 'position is "18446744073709551616", which UInt64 cannot hold'],
    [{ position: '-1', line: 0 }, 'position is "-1", which UInt64 cannot hold'],
    [{ position: '', line: 0 }, 'position is "", which UInt64 cannot hold'],
    [{ position: '1', line: 0, amount: 'twelve' }, 'amount is "twelve", which Decimal(18, 4) cannot hold'],
    [{ position: '1', line: 0, amount: '1.' }, 'amount is "1.", which Decimal(18, 4) cannot hold'],
    [{ position: '1', line: 0, amount: '1.00001' }, 'amount is "1.00001", which Decimal(18, 4) cannot hold'],
    [{ position: '1', line: 0, amount: '1e3' }, 'amount is "1e3", which Decimal(18, 4) cannot hold'],
    [
      { position: '1', line: 0, amount: '100000000000000' },
      'amount is "100000000000000", which Decimal(18, 4) cannot hold',
    ],
    [
      { position: '1', line: 0, paid_at: '2026-02-30 00:00:00.000' },
      `paid_at is "2026-02-30 00:00:00.000", which DateTime64(3, 'UTC') cannot hold`,
    ],
    [
      { position: '1', line: 0, paid_at: '2026-02-03T00:00:00.000' },
      `paid_at is "2026-02-03T00:00:00.000", which DateTime64(3, 'UTC') cannot hold`,
    ],
    [{ position: '1', line: 0, paid_on: '2149-06-07' }, 'paid_on is "2149-06-07", which Date cannot hold'],
    [{ position: '1', line: 0, note: {} }, 'note is an object, which Nullable(String) cannot hold'],
    [{ position: '1', line: 0, note: () => 1 }, 'note is a function, which Nullable(String) cannot hold'],
    [{ position: '1', line: 0, who: {} }, 'who is an object, which String cannot hold'],
    [{ position: '1', line: 0, tags: [null] }, 'tags holds null; arrays hold strings, integers and booleans'],
    [{ position: '1', line: 0, tags: [0.5] }, 'tags holds a number; arrays hold strings, integers and booleans'],
  ])('refuses what does not fit: %j', (row, problem) => {
    expect(() => block({ position: '9', line: 9 }, row)).toThrow(
      expect.objectContaining({ fault: 'bad-row', message: `A row of payments does not fit: ${problem}.` }),
    )
  })
})
