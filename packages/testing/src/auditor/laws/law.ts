import { factsOf, type LoggedEvent } from '../../oracle/log.ts'
import type { Facts } from '../../oracle/program.ts'
import type { ReadRow } from '../row.ts'

/** Something in the tables that does not follow from the log. */
export interface Finding {
  readonly law: string
  readonly table: string
  readonly position: number
  /** Undefined where a row is missing. */
  readonly line?: number | undefined
  /** What is wrong, and what would be right. */
  readonly says: string
}

export interface Law {
  readonly name: string
  readonly says: string
  /** @param rows in order of position and line */
  check(log: readonly LoggedEvent[], rows: readonly ReadRow[]): Finding[]
}

/** A moment of the log: one event, the rows at its position, and all that its program's log holds by then. */
export interface Moment {
  readonly logged: LoggedEvent
  readonly position: number
  readonly programId: string
  readonly rows: readonly ReadRow[]
  readonly facts: Facts
}

/** The events one after the other, each with its rows. Rows at positions without an event are in none. */
export function* momentsOf(log: readonly LoggedEvent[], rows: readonly ReadRow[]): Generator<Moment> {
  const at = Map.groupBy(rows, (row) => row.position)
  for (const [index, logged] of log.entries()) {
    const { position, event } = logged
    const programId = String(event.data.programId)
    const until = log.slice(0, index + 1)
    let facts: Facts | undefined
    yield {
      logged,
      position,
      programId,
      rows: at.get(position) ?? [],
      // Most laws need the facts of few moments.
      get facts() {
        facts ??= factsOf(until, programId)
        return facts
      },
    }
  }
}

export const cell = (row: ReadRow, column: string): string => row.cells[column] ?? ''

/** The cells of some columns as one key. */
export const keyOfCells = (row: ReadRow, ...columns: readonly string[]): string =>
  columns.map((column) => cell(row, column)).join('|')

export const ofTable = (rows: readonly ReadRow[], table: string): ReadRow[] => rows.filter((row) => row.table === table)

/** Adds to a sum and gives what it has become. */
export function add(sums: Map<string, bigint>, key: string, units: bigint): bigint {
  const sum = (sums.get(key) ?? 0n) + units
  sums.set(key, sum)
  return sum
}

/** Units of 1e-9 as a decimal. */
export function decimalOf(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(10, '0')
  const text = `${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '')
  return units < 0n ? `-${text}` : text
}
