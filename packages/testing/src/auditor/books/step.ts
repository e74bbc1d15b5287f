import { digitsOf } from '../../oracle/exact.ts'
import { type Fact, factsOf, type LoggedEvent, type SomeFact } from '../../oracle/log.ts'
import type { Facts } from '../../oracle/program.ts'
import { sortedJson } from '../row.ts'
import type { AnyTable } from '../tables.ts'

/** A row that the log calls for, with each column as the one text that the auditor reads of it. */
export interface CalledForRow {
  readonly table: AnyTable
  readonly position: number
  readonly cells: Readonly<Record<string, string>>
}

/** One event reaching the log, and all that its program's log holds by then. */
export interface Step {
  readonly logged: LoggedEvent
  readonly programId: string
  /** The event itself is the last. */
  readonly facts: Facts
  readonly fact: SomeFact
}

export function stepTo(log: readonly LoggedEvent[], index: number): Step {
  const logged = log[index] as LoggedEvent
  const programId = String(logged.event.data.programId)
  const facts = factsOf(log.slice(0, index + 1), programId)
  return { logged, programId, facts, fact: facts.at(-1) as SomeFact }
}

export type Cells = Readonly<Record<string, string | undefined>>

/** A row that the event makes; it happened when the event did, unless said otherwise. What is undefined is empty. */
export function rowOf({ logged, programId }: Step, table: AnyTable, cells: Cells): CalledForRow {
  const own = { program_id: programId, occurred_at: timeText(logged.event.time), ...cells }
  const full = { ...own, recorded_at: timeText(logged.recordedAt) }
  const written = Object.entries(full).map(([column, cell]) => [column, cell ?? ''])
  return { table, position: logged.position, cells: Object.fromEntries(written) as Record<string, string> }
}

/** ms as '2026-03-01 12:00:00.000'. */
export const timeText = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '')

export const jsonText = (value: unknown): string => sortedJson(value)

/** Minor units as a decimal without zeros that say nothing. */
export const moneyText = (minor: bigint, currency: string): string => pointed(minor, digitsOf(currency))

/** Units of 1e-9, likewise. */
export const creditText = (units: bigint): string => pointed(units, 9)

function pointed(units: bigint, places: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** The name of a touch, reward or the like: parts of an identity, so encoded that two names never read the same. */
export const idOf = (...parts: readonly string[]): string => parts.map(encodeURIComponent).join(':')

export function touchIdOf(kind: 'click' | 'share' | 'signup' | 'coupon', fact: Fact): string {
  const { source, id, data } = fact
  if (kind === 'signup' && 'customerId' in data) return idOf(kind, String(data.customerId))
  if (kind === 'coupon' && 'conversionId' in data) return idOf(kind, String(data.conversionId))
  return idOf(kind, source, id)
}

/** What corrects a conversion's amount dates the rows that it leads to; all else leaves them on the day of the sale. */
export function dateOfSale({ fact }: Step, conversion: Fact<'conversion'>): string {
  const corrects = fact.type === 'refund' || fact.type === 'conversion.amended'
  return timeText(corrects ? fact.time : conversion.time)
}
