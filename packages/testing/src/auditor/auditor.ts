import type { LoggedEvent } from '../oracle/log.ts'
import { rowsCalledFor } from './books/index.ts'
import { laws } from './laws/index.ts'
import type { Finding } from './laws/law.ts'
import { differences } from './laws/rows.ts'
import { type ReadRow, readRow, type TableRow } from './row.ts'

export interface Auditor {
  /** Everything in these rows that does not follow from the log; empty if all is well. */
  findings(rows: readonly TableRow[]): Finding[]
  /** Whether there is anything to find: the first law that is broken decides. */
  notices(rows: readonly TableRow[]): boolean
}

/**
 * Holds tables to the raw log. He works out from it by brute force what they must hold at every position, and shares no
 * code with the fold that made them.
 * @param log events as the log has them, with their data parsed; in the order of positions
 */
export function auditorOf(log: readonly LoggedEvent[]): Auditor {
  const calledFor = rowsCalledFor(log)
  const readAll = reader()
  return {
    findings(rows) {
      const { read, unreadable } = readAll(rows)
      return [...unreadable, ...laws.flatMap((law) => law.check(log, read)), ...differences(calledFor, read)]
    },
    notices(rows) {
      const { read, unreadable } = readAll(rows)
      if (unreadable.length > 0 || differences(calledFor, read).length > 0) return true
      return laws.some((law) => law.check(log, read).length > 0)
    },
  }
}

/** The tables of one log, audited once: see `auditorOf`. */
export const auditTables = (log: readonly LoggedEvent[], rows: readonly TableRow[]): Finding[] =>
  auditorOf(log).findings(rows)

/** Reads whole tables. A row that was read before is not read again: he may be shown many tables that differ in little. */
function reader(): (rows: readonly TableRow[]) => { read: ReadRow[]; unreadable: Finding[] } {
  const known = new WeakMap<TableRow, ReadRow | string>()
  return (rows) => {
    const read: ReadRow[] = []
    const unreadable: Finding[] = []
    for (const row of rows) {
      const { table, position, line } = row
      const found = known.get(row) ?? readRow(row)
      known.set(row, found)
      if (typeof found === 'string') unreadable.push({ law: 'readable', table, position, line, says: found })
      else read.push(found)
    }
    return { read: read.sort((a, b) => a.position - b.position || a.line - b.line), unreadable }
  }
}
