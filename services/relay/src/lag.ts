import type { EventStore } from '@vouch/event-store'

/**
 * How far a position is behind the log's head, and how long the oldest event behind it has waited.
 * @param now ms since the epoch, UTC
 */
export async function lagOf(
  store: Pick<EventStore, 'head' | 'readAll'>,
  position: bigint,
  now: number,
): Promise<{ readonly head: bigint; readonly lagSeconds: number }> {
  const head = await store.head()
  if (head <= position) return { head, lagSeconds: 0 }
  for await (const [oldest] of store.readAll(position, 1)) {
    return { head, lagSeconds: oldest === undefined ? 0 : Math.max(0, now - oldest.recordedAt) / 1000 }
  }
  return { head, lagSeconds: 0 }
}
