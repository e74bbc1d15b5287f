import { durationMs } from '../../oracle/exact.ts'
import { type Facts, factsOfType, versionAt } from '../../oracle/program.ts'
import { idOf } from '../books/step.ts'
import { type ReadRow, unitsOf } from '../row.ts'
import { add, cell, type Finding, keyOfCells, type Law, momentsOf, ofTable } from './law.ts'

const columns = ['program_id', 'conversion_id', 'model', 'touch_id', 'terms_version'] as const

export const lookBack: Law = {
  name: 'look-back',
  says: 'No touch is credited that came after its conversion or before the look-back of the terms in force for it',
  check(log, rows) {
    const standing = new Map<string, bigint>()
    const sample = new Map<string, ReadRow>()
    const found: Finding[] = []
    for (const moment of momentsOf(log, rows)) {
      const changed = new Set<string>()
      for (const row of ofTable(moment.rows, 'attributions')) {
        const key = keyOfCells(row, ...columns)
        add(standing, key, unitsOf(cell(row, 'credit')))
        sample.set(key, row)
        changed.add(key)
      }
      const published = moment.logged.event.type === 'vouch.program.published.v1'
      const inQuestion = published
        ? [...standing.keys()].filter((key) => key.startsWith(`${moment.programId}|`))
        : changed
      for (const key of inQuestion) {
        const row = sample.get(key)
        if (row === undefined || (standing.get(key) ?? 0n) === 0n) continue
        const says = problemWith(row, moment.facts)
        const { position } = moment
        if (says !== undefined) found.push({ law: 'look-back', table: 'attributions', position, line: row.line, says })
      }
    }
    return found
  },
}

function problemWith(row: ReadRow, facts: Facts): string | undefined {
  const [conversionId, touchId] = [cell(row, 'conversion_id'), cell(row, 'touch_id')]
  const conversion = factsOfType(facts, 'conversion').find(({ data }) => data.conversionId === conversionId)
  if (conversion === undefined) return `there is no conversion ${conversionId}`
  if (touchId === idOf('coupon', conversionId)) return undefined
  const click = factsOfType(facts, 'click').find(({ source, id }) => idOf('click', source, id) === touchId)
  const signup = factsOfType(facts, 'signup').find(({ data }) => idOf('signup', data.customerId) === touchId)
  const touch = click ?? signup
  if (touch === undefined) return `there is no touch ${touchId}`
  const version = versionAt(facts, conversion.time)
  if (version === undefined) return `no terms are in force for ${conversionId}`
  const age = conversion.time - touch.time
  const most = durationMs(version.terms.attribution.lookback[touch === click ? 'click' : 'signup'])
  if (age < 0) return `${touchId} came ${-age} ms after ${conversionId}`
  return age > most ? `${touchId} came ${age} ms before ${conversionId}, and ${most} ms are the most` : undefined
}
