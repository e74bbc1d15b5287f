import { conversionOf } from '../../oracle/events.ts'
import { nameOf, type SomeFact } from '../../oracle/log.ts'
import { type Facts, factsOfType } from '../../oracle/program.ts'
import { revenueOf } from '../../oracle/revenue.ts'
import { add, cell, type Finding, keyOfCells, type Law, momentsOf, ofTable } from './law.ts'

export const effects: Law = {
  name: 'effects',
  says: 'Every event is in `events` and has rows of its own, or an exclusion that names it, or says what stands already',
  check(log, rows) {
    const excluded = new Map<string, bigint>()
    const found: Finding[] = []
    for (const { position, programId, logged, rows: own, facts } of momentsOf(log, rows)) {
      for (const row of ofTable(own, 'exclusions')) {
        add(excluded, keyOfCells(row, 'program_id', 'source', 'event_id'), BigInt(cell(row, 'sign')))
      }
      const { source, id, type } = logged.event
      const listed = ofTable(own, 'events').length === 1
      const hasEffect = own.some(({ table }) => table !== 'events')
      const hasReason = (excluded.get(`${programId}|${source}|${id}`) ?? 0n) > 0n
      if (listed && (hasEffect || hasReason || saysNothingNew(facts))) continue
      const says = listed ? `${type} ${source}/${id} has neither an effect nor a reason` : `${source}/${id} is missing`
      found.push({ law: 'effects', table: 'events', position, says })
    }
    return found
  },
}

/**
 * A touch that is thrown out already; a correction that leaves the net as it was (a refund that takes what a later one, which
 * is named for it, then lacks).
 */
function saysNothingNew(facts: Facts): boolean {
  const fact = facts.at(-1) as SomeFact
  const before = facts.slice(0, -1)
  switch (fact.type) {
    case 'touch.disqualified':
      return factsOfType(before, 'touch.disqualified').some(({ data }) => nameOf(data) === nameOf(fact.data))
    case 'refund':
    case 'conversion.amended': {
      const conversion = conversionOf(before, fact.data.conversionId)
      if (conversion === undefined) return false
      return revenueOf(before, conversion).netMinor === revenueOf(facts, conversion).netMinor
    }
    default:
      return false
  }
}
