import { decodeEvent } from '@vouch/domain'
import type { EventStore } from '@vouch/event-store'
import type { RowValues, Warehouse } from '@vouch/warehouse'
import type { LoggedEvent } from '../projection.ts'
import type { ProjectorParts } from '../projector.ts'
import { memoryState } from '../state/memory-state.ts'
import { eventsOf, recordedFrom } from './log.ts'
import { fixtureProjections, foldAll } from './projections.ts'

/** What the fixtures' clock says: an hour after the first event of a log. */
export const now = recordedFrom + 3_600_000

/** A projector's parts, with batches so small that a short log is read in several. */
export function partsOf(
  warehouse: Warehouse,
  store: EventStore,
  folder: string,
  more: Partial<ProjectorParts> = {},
): ProjectorParts {
  return {
    store,
    warehouse,
    projections: fixtureProjections,
    folder,
    clock: () => now,
    batchSize: 4,
    minFlushMs: 0,
    graceMs: 0,
    ...more,
  }
}

/** Where the rows of the plain fold are put to take their digests. */
const scratch = 4_000_000_000

/** What readers must see of a log up to a position (default: all): the digests of a plain fold in memory. */
export async function expectedDigests(warehouse: Warehouse, store: EventStore, upTo?: bigint) {
  const log = (await loggedEventsOf(store)).filter(({ position }) => upTo === undefined || position <= upTo)
  const position = log.at(-1)?.position ?? 0n
  const rows = foldAll(memoryState(), fixtureProjections, log)
  const tables: Record<string, { rows: bigint; hash: string }> = {}
  for (const table of warehouse.tables()) {
    const own = rows.filter((row) => row.table === table).map(({ table: _table, ...values }): RowValues => values)
    await warehouse.insert(table, scratch, own)
    tables[table] = await warehouse.digest(table, scratch, position)
  }
  await warehouse.dropGeneration(scratch)
  return { position, tables }
}

export async function loggedEventsOf(store: EventStore): Promise<LoggedEvent[]> {
  const events = await eventsOf(store)
  return events.map((it) => ({ position: it.position, recordedAt: it.recordedAt, event: decodeEvent(it) }))
}
