import { dayAfter } from '../../oracle/audit.ts'
import { type Facts, factsOfType, type Version, versionAt, versionsOf } from '../../oracle/program.ts'
import { type ReadRow, unitsOf } from '../row.ts'
import { add, cell, type Finding, keyOfCells, type Law, momentsOf } from './law.ts'

export const terms: Law = {
  name: 'terms',
  says: 'What is credited or paid stands under the version in force at its time; a reward follows a rule of it, in its currency, with its hold',
  check(log, rows) {
    const standing = new Map<string, bigint>()
    const sample = new Map<string, ReadRow>()
    const found: Finding[] = []
    for (const { position, logged, programId, rows: own, facts } of momentsOf(log, rows)) {
      const changed = new Set<string>()
      for (const row of own) {
        if (row.table !== 'rewards' && row.table !== 'attributions') continue
        const key = `${row.table} ${keyOfCells(row, ...columns[row.table])}`
        add(standing, key, unitsOf(cell(row, row.table === 'rewards' ? 'amount' : 'credit')))
        sample.set(key, row)
        changed.add(key)
        const says = row.table === 'rewards' ? breach(row, facts) : undefined
        if (says !== undefined) found.push({ law: 'terms', table: row.table, position, line: row.line, says })
      }
      const published = logged.event.type === 'vouch.program.published.v1'
      for (const key of published ? standing.keys() : changed) {
        const row = sample.get(key)
        if (row === undefined || cell(row, 'program_id') !== programId || (standing.get(key) ?? 0n) === 0n) continue
        const inForce = versionAt(facts, timeOf(row, facts))?.version
        if (cell(row, 'rule_id') === 'by-hand' || String(inForce) === cell(row, 'terms_version')) continue
        const says = `${key} stands under version ${cell(row, 'terms_version')}, and version ${inForce} is in force for it`
        found.push({ law: 'terms', table: row.table, position, line: row.line, says })
      }
    }
    return found
  },
}

const columns = {
  rewards: ['program_id', 'reward_id', 'currency', 'terms_version'],
  attributions: ['program_id', 'conversion_id', 'model', 'touch_id', 'terms_version'],
} as const

function timeOf(row: ReadRow, facts: Facts): number {
  if (row.table === 'rewards') return Date.parse(`${cell(row, 'earned_at')}Z`)
  const conversionId = cell(row, 'conversion_id')
  const conversion = factsOfType(facts, 'conversion').find(({ data }) => data.conversionId === conversionId)
  return conversion?.time ?? Number.NEGATIVE_INFINITY
}

/** What a row of `rewards` has that its version does not, whatever it adds or takes back. */
function breach(row: ReadRow, facts: Facts): string | undefined {
  const version = versionsOf(facts).find((one) => String(one.version) === cell(row, 'terms_version'))
  if (version === undefined) return `there is no version ${cell(row, 'terms_version')} of the terms`
  const heldFor = cell(row, 'rule_id') === 'by-hand' && cell(row, 'entry') === 'reversed' ? 0 : version.terms.holdDays
  const day = dayAfter(timeOf(row, facts), heldFor)
  if (cell(row, 'available_on') !== day) return `${cell(row, 'reward_id')} is available on ${day}`
  return cell(row, 'rule_id') === 'by-hand' ? undefined : breachOfRule(row, version)
}

function breachOfRule(row: ReadRow, { version, terms: { currency, rewards } }: Version): string | undefined {
  const rule = rewards.find(({ ruleId }) => ruleId === cell(row, 'rule_id'))
  if (rule === undefined) return `version ${version} has no rule ${cell(row, 'rule_id')}`
  if (rule.to !== cell(row, 'role')) return `rule ${rule.ruleId} of version ${version} pays the ${rule.to}`
  if (rule.trigger !== cell(row, 'trigger'))
    return `rule ${rule.ruleId} of version ${version} pays for a ${rule.trigger}`
  return cell(row, 'currency') === currency ? undefined : `version ${version} pays in ${currency}`
}
