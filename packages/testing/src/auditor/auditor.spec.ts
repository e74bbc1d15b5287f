import { describe, expect, it } from 'vitest'
import { auditLog } from '../oracle/audit.ts'
import type { LoggedEvent, Rule } from '../oracle/log.ts'
import { click, conversion, day, dayMs, logOf, program, refund, revoked, terms } from '../oracle/story.ts'
import { auditTables } from './auditor.ts'
import { rowsCalledFor } from './books/index.ts'
import { laws } from './laws/index.ts'
import { readRow, type TableRow } from './row.ts'

const ten: Rule = {
  ruleId: 'ten',
  trigger: 'conversion',
  to: 'advocate',
  amount: { percent: '10' },
  caps: { perAdvocate: { amount: '8.00' }, perProgram: { conversions: 1 } },
}

/** A buys for 100 after clicks on two codes, gives 30 back, and buys again for 10. */
const log = logOf(
  ...program({ rewards: [ten] }),
  click('k1', day(5), 'A'),
  click('k2', day(6), 'B'),
  revoked('C', day(6)),
  click('k3', day(7), 'C'),
  conversion('o', day(10), '100.00 EUR'),
  refund('r', day(12), 'o', '30.00 EUR'),
  conversion('p', day(13), '10.00 EUR'),
)
const [sold, refunded] = [12, 13]

/** The rows that the log calls for, as a fold would give them. */
function tablesOf(events: readonly LoggedEvent[]): TableRow[] {
  const lines = new Map<string, number>()
  return rowsCalledFor(events).map(({ table, position, cells }) => {
    const line = lines.get(`${table} ${position}`) ?? 0
    lines.set(`${table} ${position}`, line + 1)
    const values = Object.fromEntries(
      Object.entries(cells).map(([column, cell]) => [column, cell === 'null' ? null : cell]),
    )
    return { table, position, line, values }
  })
}

const right = tablesOf(log)

/** A row of `conversions` with something else in it. */
function wrong(values: Chosen): TableRow {
  const row = right.find(({ table }) => table === 'conversions') as TableRow
  return { ...row, values: { ...row.values, ...values } }
}

/** The reward for the first conversion as one of ten cents for another. */
function rewardOf(conversion: string, position: number): TableRow {
  const row = right.find(({ table }) => table === 'rewards') as TableRow
  const its = { conversion_id: conversion, event_id: conversion, reward_id: `ten:conversion:${conversion}:advocate:B` }
  return { ...row, position, values: { ...row.values, ...its, amount: '0.10' } }
}

type Chosen = Readonly<Record<string, unknown>>

/** The rows with what is given changed in those of a table that have what is asked for. */
function altered(table: string, where: Chosen, change: Chosen): TableRow[] {
  const has = (row: TableRow) =>
    row.table === table &&
    Object.entries(where).every(([column, value]) => ({ ...row, ...row.values })[column] === value)
  expect(right.filter(has).length).toBeGreaterThan(0)
  const { position, line, ...values } = change
  return right.map((row) =>
    has(row)
      ? {
          ...row,
          position: Number(position ?? row.position),
          line: Number(line ?? row.line),
          values: { ...row.values, ...values },
        }
      : row,
  )
}

/** What one law says by itself. */
function told(name: string, rows: readonly TableRow[], of = log): string[] {
  const read = rows.map(readRow).filter((row) => typeof row !== 'string')
  const law = laws.find((one) => one.name === name)
  return (law?.check(of, read) ?? []).map(({ table, position, says }) => `${table} ${position}: ${says}`)
}

describe('the auditor', () => {
  it('is content with what the log calls for', () => {
    expect(auditTables(log, right)).toEqual([])
  })

  it('works with the sums of the oracle', () => {
    const net = right.filter(({ table }) => table === 'conversions').map(({ values }) => values.amount)
    expect(net).toEqual(['100', '-30', '10'])
    expect(auditLog(log).conversions.get('p|o')?.netMinor).toBe(7000n)
  })

  it('names the column that is wrong, and what would be right', () => {
    const rows = altered('conversions', { position: refunded }, { amount: '-20.00' })
    expect(auditTables(log, rows).filter(({ law }) => law === 'rows')).toEqual([
      { law: 'rows', table: 'conversions', position: refunded, line: 0, says: 'amount is "-20", would be "-30"' },
      expect.objectContaining({
        law: 'rows',
        table: 'conversions',
        says: expect.stringMatching(/^a row is missing: /),
      }),
    ])
  })

  it.each<[string, TableRow, string]>([
    ['table', { table: 'sums', position: 1, line: 0, values: {} }, 'there is no table "sums"; the tables are events, '],
    ['column', wrong({ more: 1 }), 'there is no column "more"'],
    ['amount', wrong({ amount: 'much' }), 'amount is "much", which is no decimal'],
    ['time', wrong({ occurred_at: '2026-01-10' }), 'occurred_at is "2026-01-10", which is no time'],
    ['missing value', wrong({ kind: undefined }), 'kind is undefined, which is no text'],
  ])('reads no %s that he does not know', (_, row, says) => {
    const found = auditTables(log, [...right.slice(0, -1), row]).filter(({ law }) => law === 'readable')
    expect(found.map((one) => one.says)).toEqual([expect.stringContaining(says)])
  })
})

describe('a law by itself', () => {
  it.each(laws.map(({ name }) => name))('of %s holds for what the log calls for', (name) => {
    expect(told(name, right)).toEqual([])
  })

  it.each<[string, string, TableRow[], string[]]>([
    [
      'lines',
      'a number that is there twice',
      altered('attributions', { position: sold, line: 1 }, { line: 0 }),
      ['attributions 12: line 0 stands where line 1 would'],
    ],
    [
      'events',
      'a row after the last event',
      altered('conversions', { position: 14 }, { position: 99 }),
      ['conversions 99: there is no event at position 99'],
    ],
    [
      'events',
      'a row of another program',
      altered('conversions', { position: sold }, { program_id: 'q' }),
      ['conversions 12: the event is one of program p'],
    ],
    [
      'events',
      'a row recorded when its event was not',
      altered('conversions', { position: sold }, { recorded_at: '2026-01-10 00:00:00.001' }),
      ['conversions 12: the event was recorded at 2026-01-10 00:00:00.000'],
    ],
    [
      'credits',
      'an amount that does not add up',
      altered('attributions', { position: sold, model: 'linear', advocate_id: 'A' }, { amount: '49.99' }),
      [
        'attributions 12: p|o|EUR has a net of 100 and is credited by first-touch 1 of 100, last-touch 1 of 100, linear 1 of 99.99, position-based 1 of 100, time-decay 1 of 100',
        'attributions 13: p|o|EUR has a net of 70 and is credited by first-touch 1 of 70, last-touch 1 of 70, linear 1 of 69.99, position-based 1 of 70, time-decay 1 of 70',
      ],
    ],
    [
      'look-back',
      'a touch that is not there',
      altered('attributions', { position: 14, model: 'first-touch' }, { touch_id: 'click:s:k9' }),
      ['attributions 14: there is no touch click:s:k9'],
    ],
    [
      'caps',
      'a reward above its cap',
      altered('rewards', { position: sold }, { amount: '8.01' }),
      ['rewards 12: ten:conversion:o:advocate:B has grown to 8.01 perAdvocate, and 8 is the most'],
    ],
    [
      'caps',
      'a second trigger where one alone is paid',
      [...right, rewardOf('p', 14)],
      ['rewards 14: ten:conversion:p:advocate:B is paid with 2 triggers perProgram, and 1 are the most'],
    ],
    [
      'terms',
      'a version that is not in force',
      altered('rewards', { position: sold }, { terms_version: '2' }),
      [
        'rewards 12: there is no version 2 of the terms',
        'rewards 12: rewards p|ten:conversion:o:advocate:B|EUR|2 stands under version 2, and version 1 is in force for it',
      ],
    ],
    [
      'terms',
      'another hold',
      altered('rewards', { position: sold }, { available_on: '2026-02-08' }),
      ['rewards 12: ten:conversion:o:advocate:B is available on 2026-02-09'],
    ],
    [
      'refunds',
      'more taken back than there was',
      altered('conversions', { position: refunded }, { amount: '-100.01' }),
      ['conversions 13: conversions amount of p|o|EUR comes to -0.01'],
    ],
    [
      'exclusions',
      'an exclusion taken back that never stood',
      altered('exclusions', { position: sold, subject: 'touch' }, { sign: '-1' }),
      ['exclusions 12: p|touch|revoked-code|s|k3|click:s:k3|o|| stands -1 times'],
    ],
    [
      'effects',
      'an event without any row',
      right.filter(({ table, position }) => table === 'events' || position !== 8),
      ['events 8: vouch.click.v1 s/k1 has neither an effect nor a reason'],
    ],
    [
      'effects',
      'an event that is not listed',
      right.filter(({ table, position }) => table !== 'events' || position !== 8),
      ['events 8: s/k1 is missing'],
    ],
  ])('of %s is broken by %s', (name, _, rows, findings) => {
    expect(told(name, rows)).toEqual(findings)
  })

  it('of look-back is broken by a touch that is too old or too young', () => {
    const click4 = click('k4', day(13, 1), 'A')
    const click5 = click('k5', day(13) - 30 * dayMs - 1, 'A')
    const more = logOf(...log.map(({ event }) => event), click4, click5)
    const credited = (touch_id: string) => altered('attributions', { position: 14, model: 'first-touch' }, { touch_id })
    const twoMore = (rows: readonly TableRow[]) =>
      rows.map((row) => (row.position === 14 ? { ...row, position: 16 } : row))
    expect(told('look-back', twoMore(credited('click:s:k4')), more)).toEqual([
      'attributions 16: click:s:k4 came 1 ms after p',
    ])
    expect(told('look-back', twoMore(credited('click:s:k5')), more)).toEqual([
      'attributions 16: click:s:k5 came 2592000001 ms before p, and 2592000000 ms are the most',
    ])
  })

  it('of terms is broken by what terms that cover it later have not changed', () => {
    const anew = logOf(...log.map(({ event }) => event), terms({ rewards: [ten] }, day(9)))
    const at = anew.length
    expect(tablesOf(anew).some(({ table, position }) => table === 'rewards' && position === at)).toBe(true)
    const stale = tablesOf(anew).filter(({ table, position }) => table !== 'rewards' || position !== at)
    expect(told('terms', stale, anew)).toEqual([
      `rewards ${at}: rewards p|ten:conversion:o:advocate:B|EUR|1 stands under version 1, and version 2 is in force for it`,
    ])
  })
})
