import { minorUnits } from '../../oracle/exact.ts'
import type { Cap, Rule } from '../../oracle/log.ts'
import { type Facts, type Version, versionsOf } from '../../oracle/program.ts'
import { moneyText } from '../books/step.ts'
import { type ReadRow, unitsOf } from '../row.ts'
import { add, cell, decimalOf, type Finding, keyOfCells, type Law, type Moment, momentsOf, ofTable } from './law.ts'

const scopes = ['perAdvocate', 'perCustomer', 'perProgram'] as const
type Scope = (typeof scopes)[number]

export const caps: Law = {
  name: 'caps',
  says: 'A reward grows only so far as each cap of its rule has room, and only a trigger with a place is paid',
  check(log, rows) {
    const paid = ofTable(rows, 'rewards').filter((row) => cell(row, 'rule_id') !== 'by-hand')
    const found: Finding[] = []
    for (const moment of momentsOf(log, paid)) {
      for (const row of grownIn(moment, paid)) {
        const version = versionOf(row, moment.facts)
        const rule = version && ruleOf(row, version)
        if (!version || !rule) continue
        for (const scope of scopes) {
          const says = breach({ scope, row, rule, version, moment, paid })
          const { position } = moment
          if (says !== undefined) found.push({ law: 'caps', table: 'rewards', position, line: row.line, says })
        }
      }
    }
    return found
  },
}

/** Of each reward that is more than it was, the last row. */
function grownIn({ rows }: Moment, paid: readonly ReadRow[]): ReadRow[] {
  const changes = new Map<string, bigint>()
  const last = new Map<string, ReadRow>()
  for (const row of ofTable(rows, 'rewards').filter((one) => paid.includes(one))) {
    const key = keyOfCells(row, 'program_id', 'reward_id', 'currency')
    add(changes, key, unitsOf(cell(row, 'amount')))
    last.set(key, row)
  }
  return [...last].flatMap(([key, row]) => ((changes.get(key) ?? 0n) > 0n ? [row] : []))
}

interface Question {
  readonly scope: Scope
  readonly row: ReadRow
  readonly rule: Rule
  readonly version: Version
  readonly moment: Moment
  readonly paid: readonly ReadRow[]
}

function breach(question: Question): string | undefined {
  const { scope, row, rule, version, moment, paid } = question
  const cap = rule.caps?.[scope]
  const whose = ownerIn(scope, row, moment.facts)
  if (cap === undefined || whose === undefined) return undefined
  const inScope = paid.filter(
    (other) =>
      other.position <= moment.position &&
      keyOfCells(other, 'program_id', 'rule_id') === keyOfCells(row, 'program_id', 'rule_id') &&
      ownerIn(scope, other, moment.facts) === whose &&
      (cap.per === undefined || monthOf(other) === monthOf(row)),
  )
  const counted = inScope.filter((other) => hasAlike(other, scope, cap, moment.facts))
  return (
    breachOfAmount(cap, scope, version, row, counted) ?? breachOfPlaces(cap, scope, row, { inScope, counted }, moment)
  )
}

function breachOfAmount(
  cap: Cap,
  scope: Scope,
  { terms: { currency } }: Version,
  row: ReadRow,
  counted: readonly ReadRow[],
): string | undefined {
  if (cap.amount === undefined) return undefined
  const comparable = counted.filter((other) => cell(other, 'currency') === currency)
  const sum = comparable.reduce((total, other) => total + unitsOf(cell(other, 'amount')), 0n)
  const most = unitsOf(moneyText(minorUnits(cap.amount, currency), currency))
  if (sum <= most) return undefined
  return `${cell(row, 'reward_id')} has grown to ${decimalOf(sum)} ${scope}, and ${decimalOf(most)} is the most`
}

/** A trigger that was paid anything before has its place already. */
function breachOfPlaces(
  cap: Cap,
  scope: Scope,
  row: ReadRow,
  { inScope, counted }: { readonly inScope: readonly ReadRow[]; readonly counted: readonly ReadRow[] },
  { position }: Moment,
): string | undefined {
  if (cap.conversions === undefined) return undefined
  const places = (rows: readonly ReadRow[]) => {
    const sums = new Map<string, bigint>()
    const trigger = new Map<string, string>()
    for (const one of rows) {
      const key = keyOfCells(one, 'reward_id', 'currency')
      add(sums, key, unitsOf(cell(one, 'amount')))
      trigger.set(key, triggerOf(one))
    }
    return new Set([...sums].flatMap(([key, sum]) => (sum > 0n ? [trigger.get(key)] : [])))
  }
  const before = places(inScope.filter((other) => other.position < position))
  if (before.has(triggerOf(row))) return undefined
  const after = places(counted).size
  if (after <= cap.conversions) return undefined
  return `${cell(row, 'reward_id')} is paid with ${after} triggers ${scope}, and ${cap.conversions} are the most`
}

function ownerIn(scope: Scope, row: ReadRow, facts: Facts): string | undefined {
  if (scope === 'perProgram') return 'all'
  if (scope === 'perAdvocate') return cell(row, 'beneficiary_id')
  const trigger = facts.find(({ source, id }) => source === cell(row, 'source') && id === cell(row, 'event_id'))
  return trigger && 'customerId' in trigger.data ? trigger.data.customerId : undefined
}

const triggerOf = (row: ReadRow): string => keyOfCells(row, 'trigger', 'source', 'event_id')

const monthOf = (row: ReadRow): string => cell(row, 'earned_at').slice(0, 7)

const versionOf = (row: ReadRow, facts: Facts): Version | undefined =>
  versionsOf(facts).find((one) => String(one.version) === cell(row, 'terms_version'))

const ruleOf = (row: ReadRow, { terms }: Version): Rule | undefined =>
  terms.rewards.find(({ ruleId }) => ruleId === cell(row, 'rule_id'))

/** A cap counts what stands under versions that have it with the same period. */
function hasAlike(row: ReadRow, scope: Scope, cap: Cap, facts: Facts): boolean {
  const version = versionOf(row, facts)
  const other = version && ruleOf(row, version)?.caps?.[scope]
  return other !== undefined && other.per === cap.per
}
