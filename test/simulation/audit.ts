import type { LoggedEvent } from '@vouch/testing'
import { differencesAtEnd } from '../../projections/attribution/src/specs/differential.ts'
import type { Item } from './items.ts'
import type { Log } from './log.ts'
import type { WarehouseDouble } from './warehouse-double.ts'

/**
 * Holds the rows that readers see to the independent auditor's word on the log.
 * @param items all that were ever sent, since the auditor reads an event as it was sent
 * @returns what the two do not agree on, a sentence each
 */
export function auditTables(log: Log, items: readonly Item[], warehouse: WarehouseDouble): string[] {
  const shown = warehouse.shownIn('live')
  if (shown === undefined) return log.head === 0n ? [] : ['nothing is shown of a log that is not empty']
  const rows = warehouse
    .tables()
    .flatMap((table) =>
      [...warehouse.rowsOf(table, shown.generation)]
        .filter(({ position }) => position <= shown.position)
        .map(({ position, values }) => ({ table, values, position: Number(position) })),
    )
  return differencesAtEnd(loggedEvents(log, items), rows).map(
    ({ view, key, fold, oracle }) => `the auditor says of ${view} ${key}: ${oracle}; the tables: ${fold}`,
  )
}

function loggedEvents(log: Log, items: readonly Item[]): LoggedEvent[] {
  const sent = new Map(items.map(({ wire, event }) => [`${event?.identity} ${event?.contentHash}`, wire.data]))
  return log.events.map(({ position, recordedAt, identity, contentHash, id, source, type, time }) => ({
    position: Number(position),
    recordedAt,
    event: { id, source, type, time, data: sent.get(`${identity} ${contentHash}`) as Record<string, unknown> },
  }))
}
