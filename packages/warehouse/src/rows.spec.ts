import { describe, expect, it } from 'vitest'
import { type Column, writeRows } from './rows.ts'

const columns: Column[] = [
  { name: 'generation', type: 'UInt32' },
  { name: 'position', type: 'UInt64' },
  { name: 'line', type: 'UInt32' },
  { name: 'amount', type: 'Decimal(18, 4)' },
  { name: 'note', type: 'Nullable(String)' },
  { name: 'tags', type: 'Array(String)' },
  { name: 'data', type: 'JSON' },
]
const written = (...rows: Record<string, unknown>[]) => writeRows('payments', columns, 7, rows).toString('utf8')

describe('rows', () => {
  it('are lines of the columns in the order of the table, with tabs between', () => {
    expect(
      written(
        {
          data: { a: '\t' },
          tags: ["it's", '\\'],
          note: 'a\tb\nc\\d\re',
          amount: '-1.50',
          line: 2,
          position: 18446744073709551615n,
        },
        { position: '1', line: 0 },
      ),
    ).toBe(
      "7\t18446744073709551615\t2\t-1.50\ta\\tb\\nc\\\\d\\re\t['it\\'s','\\\\']\t{\"a\":\"\\\\t\"}\n7\t1\t0\t\\N\t\\N\t\\N\t\\N\n",
    )
  })

  it('hold JSON as an object or as its text', () => {
    const position = { position: '1', line: 0 }
    expect(written({ ...position, data: '{"a":1}' })).toBe(written({ ...position, data: { a: 1 } }))
  })

  it('hold integers in JSON that 64 bits do not hold as floats, and all else as it is', () => {
    const data =
      '{"a":18446744073709551616,"b":18446744073709551615,"c":[-9223372036854775809],"d":"99999999999999999999,"}'
    const floats =
      '{"a":1.8446744073709552e+19,"b":18446744073709551615,"c":[-9.223372036854776e+18],"d":"99999999999999999999,"}'
    expect(written({ position: '1', line: 0, data })).toBe(`7\t1\t0\t\\N\t\\N\t\\N\t${floats}\n`)
  })

  it('take an absent value for null, and a name with nothing in it for absent', () => {
    expect(written({ position: 1, line: 0, note: undefined, other: undefined })).toBe('7\t1\t0\t\\N\t\\N\t\\N\t\\N\n')
  })

  it.each<[Record<string, unknown>, string]>([
    [{ line: 0 }, 'position is missing, and every row has one'],
    [{ position: '1' }, 'line is missing, and every row has one'],
    [
      { position: '1', line: 0, noet: 'x', generation: 1 },
      'noet, generation is no column; its columns are position, line, amount, note, tags, data',
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
    [{ position: '1', line: 0, note: {} }, 'note is an object, which Nullable(String) cannot hold'],
    [{ position: '1', line: 0, note: () => 1 }, 'note is a function, which Nullable(String) cannot hold'],
    [{ position: '1', line: 0, tags: [null] }, 'tags holds null; arrays hold strings, integers and booleans'],
    [{ position: '1', line: 0, tags: [0.5] }, 'tags holds a number; arrays hold strings, integers and booleans'],
  ])('that do not fit are refused: %j', (row, problem) => {
    expect(() => written({ position: '9', line: 9 }, row)).toThrow(
      expect.objectContaining({ fault: 'bad-row', message: `A row of payments does not fit: ${problem}.` }),
    )
  })
})
