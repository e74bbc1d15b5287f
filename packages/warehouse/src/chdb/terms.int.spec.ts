import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerText, fixtureTables, mark, payment } from '../conformance/harness.ts'
import type { OpenedWarehouse } from '../conformance.ts'
import type { Question, Warehouse } from '../port.ts'
import { openTemporary } from './temporary.ts'

let opened: OpenedWarehouse
let warehouse: Warehouse

beforeAll(async () => {
  opened = await openTemporary(fixtureTables, { seconds: 20, answerBytes: 1_000_000 })
  warehouse = opened.warehouse
  await warehouse.migrate()
  await warehouse.insert('payments', 1, [payment(1, 0, '1.5'), payment(2, 0, '2')])
  await warehouse.publish('live', mark(1, 2))
})
afterAll(() => opened.dispose())

const said = async (query: string, more: Omit<Question, 'query'> = {}) =>
  answerText(await warehouse.ask({ query, format: 'TSV', ...more }))
const rows = 'SELECT number FROM numbers(200000)'

describe('a question may set', () => {
  it.each<[Question, string]>([
    [{ query: 'SELECT number FROM numbers(9)', settings: { limit: '2' } }, '0\n1\n'],
    [{ query: 'SELECT 1.5::Decimal(9, 4)', settings: { output_format_decimal_trailing_zeros: '1' } }, '1.5000\n'],
    [{ query: 'SELECT toDateTime(0)', settings: { session_timezone: 'Asia/Tokyo' } }, '1970-01-01 09:00:00\n'],
    [{ query: 'SELECT toDateTime(0)', settings: { date_time_output_format: 'iso' } }, '1970-01-01T00:00:00Z\n'],
    [{ query: 'SELECT count() FROM payments', database: 'vouch' }, '2\n'],
    [{ query: 'SELECT count() FROM payments', database: 'vouch_asof' }, '0\n'],
    [{ query: 'SELECT count() > 0 FROM tables', database: 'information_schema' }, '1\n'],
    [{ query: 'SELECT currentDatabase()', database: 'vouch_asof' }, 'vouch_asof\n'],
    [{ query: 'SELECT {x:String}', paramTexts: { x: 'a\\tb' } }, 'a\\tb\n'],
    [{ query: 'SELECT {x:Array(String)}', paramTexts: { x: "['a','it\\'s']" } }, "['a','it\\'s']\n"],
    [{ query: 'SELECT {x:Nullable(String)} IS NULL', paramTexts: { x: '\\N' } }, '1\n'],
    [{ query: 'SELECT {x:String}', paramTexts: { x: "'; SET readonly = 0; --" } }, "\\'; SET readonly = 0; --\n"],
  ])('%j', async (question, text) => {
    expect(await answerText(await warehouse.ask({ format: 'TSV', ...question }))).toBe(text)
  })

  it('a lower limit, and is told of that one', async () => {
    expect(
      await warehouse.ask({
        query: 'SELECT sum(sipHash64(number)) FROM numbers(1e13)',
        settings: { max_execution_time: '1' },
      }),
    ).toMatchObject({ tag: 'failed', code: 159, message: expect.stringContaining('longer than 1 s') })
  })

  it('no higher one', async () => {
    const settings = { max_execution_time: '9999', max_memory_usage: '0', max_threads: '512' }
    const query = `SELECT name, value FROM system.settings WHERE name IN ('max_execution_time', 'max_memory_usage') ORDER BY name`
    expect(await said(query, { settings, asDriver: true })).toBe(
      'max_execution_time\t20\nmax_memory_usage\t1000000000\n',
    )
  })

  it('nothing that the engine would take for something else', async () => {
    const settings = { session_timezone: "UTC'; SET max_threads = 9; --" }
    expect(await warehouse.ask({ query: 'SELECT 1', settings })).toMatchObject({ tag: 'failed' })
  })
})

describe('what a question sets', () => {
  it.each<Record<string, string>>([
    { limit: '1' },
    { offset: '3' },
    { max_result_rows: '1', result_overflow_mode: 'break' },
  ])('does not blind the guard: %j', async (settings) => {
    const query = 'SELECT 1 IN vouch_store.payments'
    expect(await warehouse.ask({ query, settings })).toMatchObject({
      tag: 'refused',
      rule: 'table',
    })
  })

  it.each<[Omit<Question, 'query'>, string]>([
    [{ database: 'vouch_store' }, 'database'],
    [{ database: 'system' }, 'database'],
    [{ database: 'default' }, 'database'],
    [{ database: 'vouch; SET readonly = 0' }, 'database'],
    [{ settings: { readonly: '0' } }, 'setting'],
    [{ settings: { enable_analyzer: '0' } }, 'setting'],
    [{ paramTexts: { 'x; SET readonly': '0' } }, 'parameter'],
    [{ revision: 54_465 }, 'revision'],
  ])('is refused where it is not open: %j', async (more, rule) => {
    expect(await warehouse.ask({ query: 'SELECT 1', ...more })).toMatchObject({ tag: 'refused', rule })
  })
})

describe('a driver', () => {
  it.each([
    'SELECT count() > 1000 FROM system.settings WHERE readonly = 1',
    "SELECT count() = 1 FROM system.table_engines WHERE name = 'MergeTree'",
    "SELECT count() = 1 FROM system.table_functions WHERE name = 'numbers'",
    'SELECT count() >= 0 FROM system.data_skipping_indices',
    'SELECT count() > 0 FROM system.keywords',
    'SELECT count() > 0 FROM system.time_zones',
    "SELECT count() > 0 FROM system.collations WHERE name = 'en'",
  ])('may ask %s, and others may not', async (query) => {
    expect(await said(query, { asDriver: true })).toBe('1\n')
    expect(await warehouse.ask({ query })).toMatchObject({ tag: 'refused', rule: 'table' })
  })

  it.each([
    'query_log',
    'processes',
    'parts',
    'users',
    'server_settings',
    'errors',
    'environment',
    'disks',
    'dictionaries',
    'macros',
    'clusters',
    'metrics',
    'events',
    'merge_tree_settings',
    'build_options',
  ])('may not ask system.%s either', async (table) => {
    const query = `SELECT * FROM system.${table}`
    expect(await warehouse.ask({ query, asDriver: true })).toMatchObject({ tag: 'refused', rule: 'table' })
    expect(await warehouse.ask({ query: `DESCRIBE system.${table}`, asDriver: true })).toMatchObject({
      tag: 'refused',
      rule: 'table',
    })
  })
})

describe('an answer', () => {
  it('that is to be whole fails before it is given, also where pieces were there', async () => {
    const query = 'SELECT throwIf(number = 150000) FROM numbers(200000) SETTINGS max_block_size = 1000'.replace(
      / SETTINGS.*/,
      '',
    )
    const failure = { tag: 'failed', code: 395 }
    expect(
      await warehouse.ask({ query, format: 'TSV', whole: true, settings: { max_block_size: '1000' } }),
    ).toMatchObject(failure)
    const started = await warehouse.ask({
      query,
      format: 'TSV',
      settings: { max_block_size: '1000', max_threads: '1' },
    })
    await expect(answerText(started)).rejects.toMatchObject({ code: 395 })
  })

  it('that is to be whole is limited in size, whatever its format', async () => {
    for (const format of ['TSV', 'Native', 'RowBinary', 'JSON']) {
      expect(
        await warehouse.ask({ query: rows, format, whole: true, settings: { output_format_write_statistics: '0' } }),
      ).toMatchObject({
        tag: 'failed',
        code: 396,
      })
    }
  })

  it('that is whole says what it cost', async () => {
    expect(await warehouse.ask({ query: 'SELECT number FROM numbers(10)', format: 'JSONCompact' })).toMatchObject({
      format: 'JSONCompact',
      cost: { rowsRead: 10, bytesRead: 80, bytes: expect.any(Number), elapsedMs: expect.any(Number) },
    })
    expect(await warehouse.ask({ query: 'SELECT number FROM numbers(10)', format: 'TSV', whole: true })).toMatchObject({
      cost: { bytes: 20 },
    })
  })

  it.each([
    'TSVWithNames',
    'TSVWithNamesAndTypes',
    'JSONCompactEachRowWithNames',
    'JSONCompactEachRowWithNamesAndTypes',
    'RowBinaryWithNames',
    'RowBinaryWithNamesAndTypes',
  ])('in pieces has one header: %s', async (format) => {
    const query = 'SELECT number AS n, toString(number) AS s FROM numbers(30000)'
    const whole = await bytesOf({ query, format })
    const pieces = await bytesOf({ query, format, settings: { max_block_size: '1000' } })
    expect(pieces.equals(whole)).toBe(true)
  })

  it('in Native is block behind block, each with what it is from the revision on that has that', async () => {
    const settings = { max_block_size: '1000', max_threads: '1' }
    const query = 'SELECT toUInt8(number) AS n FROM numbers(2500)'
    const plain = await bytesOf({ query, format: 'Native', settings })
    const told = await bytesOf({ query, format: 'Native', settings, revision: 54_405 })
    const info = '010002ffffffff00'
    expect(told.toString('hex').split(info)).toHaveLength(4)
    expect(told.toString('hex').replaceAll(info, '')).toBe(plain.toString('hex'))
  })

  it.each([
    'SHOW TABLES',
    'DESCRIBE payments',
    "SHOW FUNCTIONS LIKE 'sum%'",
    'EXPLAIN SELECT 1',
    'EXISTS payments',
    'SHOW CREATE payments',
  ])('in Native is one block with what it is also where nothing is selected: %s', async (query) => {
    const plain = await bytesOf({ query, format: 'Native' })
    const told = await bytesOf({ query, format: 'Native', revision: 54_405 })
    expect(told.toString('hex')).toBe(`010002ffffffff00${plain.toString('hex')}`)
    expect(await bytesOf({ query: "SHOW TABLES LIKE 'none'", format: 'Native', revision: 54_405 })).toHaveLength(0)
  })

  async function bytesOf(question: Question): Promise<Buffer> {
    const answer = await warehouse.ask(question)
    if (answer.tag !== 'answered') throw new Error(JSON.stringify(answer))
    return buffer(answer.body)
  }
})
