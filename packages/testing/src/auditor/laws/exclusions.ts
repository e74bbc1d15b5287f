import type { ReadRow } from '../row.ts'
import { add, cell, type Finding, keyOfCells, type Law, momentsOf, ofTable } from './law.ts'

export const saying = [
  'program_id',
  'subject',
  'reason',
  'source',
  'event_id',
  'touch_id',
  'conversion_id',
  'rule_id',
  'beneficiary_id',
] as const

export const exclusions: Law = {
  name: 'exclusions',
  says: 'After every event an exclusion stands once or not at all',
  check(log, rows) {
    const standing = new Map<string, bigint>()
    const found: Finding[] = []
    for (const { position, rows: own } of momentsOf(log, rows)) {
      const changed = new Map<string, ReadRow>()
      for (const row of ofTable(own, 'exclusions')) {
        const key = keyOfCells(row, ...saying)
        add(standing, key, BigInt(cell(row, 'sign')))
        changed.set(key, row)
      }
      for (const [key, { line }] of changed) {
        const sum = standing.get(key) ?? 0n
        if (sum === 0n || sum === 1n) continue
        found.push({ law: 'exclusions', table: 'exclusions', position, line, says: `${key} stands ${sum} times` })
      }
    }
    return found
  },
}
