import { describe, expect, it } from 'vitest'
import { withOwnViews } from './own.ts'
import { joinSchemas, readTablesFile } from './tables-file.ts'

const storage = (name: string, columns = 'amount Decimal(18, 4)') => `CREATE TABLE vouch_store.${name} (
  generation UInt32 COMMENT 'a, b',
  position UInt64 CODEC(DoubleDelta, ZSTD) COMMENT 'where; in the log',
  line UInt32,
  ${columns}
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)`

const view = (name: string) => `CREATE VIEW {db}.${name} (amount Decimal(18, 4) COMMENT 'What; was paid') AS
SELECT amount, '{slot}' AS slot FROM vouch_store.${name} FINAL WHERE {visible}`

describe('a tables file', () => {
  it('holds tables, and views that are made for each slot', () => {
    const { tables, views } = readTablesFile(
      `-- Payments; and more\n${storage('payments')};\n\n  -- What is shown;\n${view('payments')};\n`,
      'a.sql',
    )
    expect(tables.map(({ name, statement }) => ({ name, statement }))).toEqual([
      { name: 'payments', statement: storage('payments') },
    ])
    const visible = (slot: string) => {
      const mark = `(SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = '${slot}')`
      return `generation = tupleElement(${mark}, 1) AND position <= tupleElement(${mark}, 2)`
    }
    expect(views.map(({ name, statement }) => ({ name, statement }))).toEqual(
      (['live', 'asof'] as const).map((slot) => {
        const db = slot === 'live' ? 'vouch' : 'vouch_asof'
        return {
          name: `${db}.payments`,
          statement: `CREATE VIEW ${db}.payments (amount Decimal(18, 4) COMMENT 'What; was paid') AS
SELECT amount, '${slot}' AS slot FROM vouch_store.payments FINAL WHERE ${visible(slot)}`,
        }
      }),
    )
  })

  it('holds roll-ups: a table, and what it and the rows behind it come to', () => {
    const rollup = (name: string) => `CREATE ROLLUP vouch_store.${name} (
  amount Decimal(38, 4)
) AS
SELECT sum(amount) AS amount FROM vouch_store.payments FINAL WHERE {rows}`
    const total = 'CREATE VIEW {db}.total (amount Decimal(38, 4)) AS SELECT sum(amount) AS amount FROM {rollup:sums}'
    const { tables, views } = readTablesFile(`${storage('payments')};\n${rollup('sums')};\n${total};`, 'a.sql')
    expect(tables[1]).toMatchObject({
      name: 'sums',
      definition: 'SELECT sum(amount) AS amount FROM vouch_store.payments FINAL WHERE {rows}',
      statement: `CREATE TABLE vouch_store.sums (
  generation UInt32,
  wide UInt8,
  position UInt64,
  line UInt32,
  amount Decimal(38, 4)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, wide, position, line)`,
    })
    const mark = `(SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live')`
    expect(views[0]?.statement).toBe(
      'CREATE VIEW vouch.total (amount Decimal(38, 4)) AS SELECT sum(amount) AS amount FROM ' +
        '(SELECT * EXCEPT (generation, wide, position, line) FROM vouch_store.sums FINAL ' +
        `WHERE generation = tupleElement(${mark}, 1) AND (wide = 1 AND position <= tupleElement(${mark}, 4) ` +
        `OR wide = 0 AND position > tupleElement(${mark}, 4) AND position <= tupleElement(${mark}, 3)) ` +
        'UNION ALL SELECT sum(amount) AS amount FROM vouch_store.payments FINAL ' +
        `WHERE generation = tupleElement(${mark}, 1) AND position <= tupleElement(${mark}, 2) AND position > tupleElement(${mark}, 3))`,
    )
  })

  it('may have settings and a comment behind a table, Windows line ends, and no end of line at the end', () => {
    const text = `${storage('payments').replaceAll('\n', '\r\n')} SETTINGS index_granularity = 1024 COMMENT 'x';\r\n${view('payments')};`
    const { tables, views } = readTablesFile(text, 'a.sql')
    expect([tables.length, views.length]).toEqual([1, 2])
  })

  it('tells a change from another layout', () => {
    const checksum = (text: string) => readTablesFile(text, 'a.sql').tables[0]?.checksum
    const one = checksum(`${storage('payments')};`)
    expect(checksum(`\n-- more\n${storage('payments').replaceAll('\n', '\n   ')}  ;\n`)).toBe(one)
    expect(checksum(`${storage('payments', 'amount Decimal(18, 5)')};`)).not.toBe(one)
  })

  it.each([
    [
      'INSERT INTO x VALUES (1);',
      'a.sql does not know what to do with "INSERT INTO x VALUES (1)…": a statement starts with "CREATE TABLE vouch_store.NAME (" or "CREATE VIEW {db}.NAME ".',
    ],
    [
      'CREATE TABLE vouch.payments (a Int8);',
      'a.sql does not know what to do with "CREATE TABLE vouch.payments (a Int8)…": a statement starts with "CREATE TABLE vouch_store.NAME (" or "CREATE VIEW {db}.NAME ".',
    ],
    [
      `${storage('payments').replace('line UInt32', 'line UInt64')};`,
      'a.sql must begin the columns of payments with generation UInt32, position UInt64, line UInt32.',
    ],
    [
      `${storage('payments').replace('PARTITION BY generation\n', '')};`,
      'a.sql must end payments with ENGINE = ReplacingMergeTree PARTITION BY generation ORDER BY (generation, position, line).',
    ],
    [
      `${storage('payments').replace('(generation, position, line)', '(position, line)')};`,
      'a.sql must end payments with ENGINE = ReplacingMergeTree PARTITION BY generation ORDER BY (generation, position, line).',
    ],
    [`${storage('published')};`, 'a.sql defines published, a name that the warehouse keeps for itself.'],
    [
      `${view('payments').replace('{slot}', '{lost}')};`,
      'a.sql has "{lost}" in view payments; the placeholders are {db}, {slot} and {visible}.',
    ],
  ])('is refused when it cannot be understood: %s', (text, message) => {
    expect(() => readTablesFile(text, 'a.sql')).toThrow(expect.objectContaining({ fault: 'bad-tables', message }))
  })

  it('may not use a name of another', () => {
    const one = readTablesFile(`${storage('payments')};\n${view('payments')};`, 'a.sql')
    const tableAgain = readTablesFile(`${storage('payments')};`, 'b.sql')
    const viewAgain = readTablesFile(`${view('payments')};`, 'c.sql')
    expect(() => joinSchemas([one, tableAgain])).toThrow('"payments" is defined twice')
    expect(() => joinSchemas([one, viewAgain])).toThrow('"vouch.payments" is defined twice')
    expect(joinSchemas([one]).tables).toEqual(one.tables)
  })

  it('that defines the table programs brings the view progress', () => {
    const programs = readTablesFile(`${storage('programs', 'program_id String')};`, 'a.sql')
    const payments = readTablesFile(`${storage('payments')};`, 'a.sql')
    expect(withOwnViews(programs).views.map(({ name }) => name)).toEqual(['vouch.progress', 'vouch_asof.progress'])
    expect(withOwnViews(payments).views).toEqual([])
    const own = readTablesFile(`${storage('programs')};\n${view('progress')};`, 'a.sql')
    expect(() => withOwnViews(own)).toThrow('"vouch.progress" is defined twice')
  })
})
