import type { EventStore, RecordedEvent } from './port.ts'

type Readable = Pick<EventStore, 'head' | 'readAll'>

/** The first event behind a position; undefined where there is none. */
export async function firstAfter(
  store: Pick<EventStore, 'readAll'>,
  position: bigint,
): Promise<RecordedEvent | undefined> {
  for await (const [event] of store.readAll(position, 1)) return event
  return undefined
}

/** The event at a position; undefined where none is there. */
export async function eventAt(
  store: Pick<EventStore, 'readAll'>,
  position: bigint,
): Promise<RecordedEvent | undefined> {
  const event = await firstAfter(store, position - 1n)
  return event?.position === position ? event : undefined
}

/**
 * The log's head, and how long the oldest event behind a position has waited, ms; 0 where there is none.
 * @param clock ms since the epoch, UTC; asked when that event is known
 */
export async function lagBehind(
  store: Readable,
  position: bigint,
  clock: () => number,
): Promise<{ readonly head: bigint; readonly lagMs: number }> {
  const head = await store.head()
  const oldest = head > position ? await firstAfter(store, position) : undefined
  return { head, lagMs: oldest ? Math.max(0, clock() - oldest.recordedAt) : 0 }
}
