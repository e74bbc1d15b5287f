import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixtureTables, mark } from '../conformance/harness.ts'
import type { OpenedWarehouse } from '../conformance.ts'
import type { Question } from '../port.ts'
import { openTemporary } from './temporary.ts'

const revision = 54_460
const blockInfo = '010002ffffffff00'

let opened: OpenedWarehouse
beforeAll(async () => {
  opened = await openTemporary(fixtureTables)
  await opened.warehouse.migrate()
  await opened.warehouse.publish('live', mark(1, 1))
})
afterAll(() => opened.dispose())

async function native(question: Omit<Question, 'format'>): Promise<Buffer> {
  const answer = await opened.warehouse.ask({ ...question, format: 'Native' })
  if (answer.tag !== 'answered') throw new Error(JSON.stringify(answer))
  return buffer(answer.body)
}

/** Expressions of a number of every kind of type, empty and not. */
const columns: readonly string[] = [
  'number',
  'toInt8(number), toInt128(number), toUInt256(number), toFloat32(number), toBFloat16(number)',
  'number % 2 = 0, CAST(number % 2 = 0 AS Bool), NULL',
  "toString(number), '', repeat('x', number % 300), toFixedString('abc', 5)",
  "toDate(number), toDate32(number), toDateTime(number, 'UTC'), toDateTime64(number, 3, 'Europe/Berlin')",
  'toDecimal32(number, 4), toDecimal64(number, 4), toDecimal128(number, 9), toDecimal256(number, 9)',
  "reinterpretAsUUID(number), toIPv4('127.0.0.1'), toIPv6('::1'), INTERVAL 3 DAY",
  "CAST('a' AS Enum8('a' = 1, 'b(, ' = 2)), CAST('it''s' AS Enum16('it\\'s' = 300))",
  "nullIf(number, 1), nullIf(toString(number), '1'), CAST(NULL AS Nullable(Decimal(18, 4)))",
  "toLowCardinality(toString(number % 3)), CAST(nullIf(toString(number), '1') AS LowCardinality(Nullable(String)))",
  "toLowCardinality(toFixedString('abc', 3)), toLowCardinality(toString(number))",
  'range(number % 5), arrayMap(x -> toString(x), range(number % 3)), [[number], []], []',
  "[toLowCardinality('a'), toLowCardinality(toString(number))], emptyArrayString()::Array(LowCardinality(String))",
  "if(number % 2, ['a'], [])::Array(LowCardinality(Nullable(String)))",
  "map('k', number), map('k', [toLowCardinality('v')])::Map(LowCardinality(String), Array(LowCardinality(String)))",
  "(number, 'a', [number]), CAST((1, 'x') AS Tuple(a UInt8, `b c` String)), tuple(toLowCardinality('a'), nullIf(number, 2))",
  "[(number, map('a', ['b']))], CAST([(1, 'x')] AS Nested(a UInt8, b String))",
  'CAST(number AS SimpleAggregateFunction(sum, UInt64))',
]

describe('a block of Native with the kind of each column', () => {
  it.each(columns)('is the block without, and a zero behind each type: %s', async (expressions) => {
    for (const rows of [1, 3, 700]) {
      const query = `SELECT ${expressions} FROM numbers(${rows})`
      const plain = await native({ query })
      const told = await native({ query, revision })
      const count = plain[0] ?? 0
      expect(told.length).toBe(plain.length + count + 8)
      expect(told.toString('hex').slice(0, 16)).toBe(blockInfo)
    }
  })

  it('is told block by block', async () => {
    const settings = { max_block_size: '100', max_threads: '1' }
    const query = 'SELECT toString(number) AS s FROM numbers(250)'
    const plain = await native({ query, settings })
    expect((await native({ query, settings, revision })).length).toBe(plain.length + 3 * 9)
    expect(await native({ query: 'SELECT 1 WHERE 0', revision })).toHaveLength(0)
    expect((await native({ query: 'SHOW TABLES', revision })).toString('hex').slice(0, 16)).toBe(blockInfo)
  })

  it('puts the zero where it belongs', async () => {
    const query = "SELECT toUInt8(7) AS a, 'x' AS b"
    expect((await native({ query, revision })).toString('latin1')).toBe(
      '\x01\x00\x02\xff\xff\xff\xff\x00\x02\x01\x01a\x05UInt8\x00\x07\x01b\x06String\x00\x01x',
    )
  })

  it.each([
    '\'{"a":1}\'::JSON',
    'number::Dynamic',
    'CAST(number AS Variant(UInt64, String))',
    'sumState(number)',
    'tuple()',
  ])('is not to be had of %s, and says so', async (expression) => {
    const question = { query: `SELECT ${expression} FROM numbers(2)`, format: 'Native', revision }
    expect(await opened.warehouse.ask(question)).toMatchObject({
      tag: 'failed',
      code: 48,
      message: expect.stringContaining('toString(…)'),
    })
  })
})
