import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { auditTables, columnsOf, type LogOptions, tableNames } from '../../packages/testing/src/index.ts'
import { attribution } from '../../projections/attribution/src/index.ts'
import { events } from '../../projections/events/src/index.ts'
import { rowsOf, storedRandomLog } from './stored.ts'
import { busy } from './tables/logs.ts'
import { kinds, type Tally, tryTables } from './tables/trial.ts'

const projections = [events, attribution]

describe('the auditor', () => {
  it.each<[string, number, Partial<LogOptions>]>([
    ['any logs', 60, {}],
    ['logs longer than look-back and horizon', 20, { bounded: false }],
    ['long logs', 3, { facts: [60, 100] }],
  ])('is content with the tables of %s', (_, count, options) => {
    for (let seed = 1; seed <= count; seed += 1) {
      const log = storedRandomLog(seed, options)
      expect(auditTables(log, rowsOf(log, projections)), `seed ${seed}`).toEqual([])
    }
  })

  it('looks at every column of every table', () => {
    const sql = projections.map(({ tables }) => readFileSync(tables, 'utf8')).join('\n')
    const stored = [...sql.matchAll(/CREATE TABLE vouch_store\.(\w+) \((.*?)\n\) ENGINE/gs)]
    const columns = (body = '') =>
      [...body.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name).filter((name) => !ownColumns.includes(`${name}`))
    expect(Object.fromEntries(stored.map(([, table, body]) => [table, columns(body).sort()]))).toEqual(
      Object.fromEntries(tableNames.map((table) => [table, Object.keys(columnsOf(table)).sort()])),
    )
  })

  it('notices every way of falsifying tables that are right', () => {
    const tallies = new Map<string, Tally>()
    for (const [seed, options] of busy) {
      const log = storedRandomLog(seed, options)
      const { missed } = tryTables({ log, rows: rowsOf(log, projections), seed }, tallies)
      expect(missed.map(({ kind, table, column }) => `seed ${seed}: ${kind}, ${table} ${column ?? ''}`)).toEqual([])
    }
    const tried = [...tallies.values()].filter((tally) => tally.tried > 0)
    expect(new Set(tried.map(({ kind }) => kind))).toEqual(new Set(kinds.map(({ name }) => name)))
    const cells = tried.filter(({ kind }) => kind === 'one cell is altered')
    expect(cells.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(
      tableNames.flatMap((table) => Object.keys(columnsOf(table)).map((column) => `${table}.${column}`)).sort(),
    )
  })
})

/** What the runtime adds to every row. */
const ownColumns: readonly string[] = ['generation', 'position', 'line']
