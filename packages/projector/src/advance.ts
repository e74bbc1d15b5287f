import type { EventStore, RecordedEvent } from '@vouch/event-store'
import type { Folding } from './folding.ts'

/** How far a fold has come, and the position that it is on its way to. */
export type OnProgress = (done: bigint, end: bigint) => void

/** Events that were folded: all that the log has after a position, up to the newest of them. */
export type OnFolded = (events: readonly RecordedEvent[], after: bigint) => void

export interface Way {
  readonly store: EventStore
  readonly folding: Folding
  /** The last position to fold; without it, whatever the log's head is by then. */
  readonly to?: bigint | undefined
  /** Stops between two batches; what was folded is still written. */
  readonly stop: AbortSignal
  readonly batchSize?: number | undefined
  /** How much to fold between two checkpoints, in events and changed values. */
  readonly checkpointAfter?: number | undefined
  readonly onProgress?: OnProgress | undefined
  /** Told of each batch that was folded, and of the position that it was read from. */
  readonly onFolded?: OnFolded | undefined
  /** Writes what was folded. */
  flush(): Promise<void>
}

/** Events that are read and folded at once. */
export const defaultBatchSize = 1000

/** More would hold more changed values in memory; less would write those that change often, and the pages around them, more often. */
export const defaultCheckpointAfter = 300_000

/** Folds from where a generation stands, flushing as it goes and at the end. */
export async function advance(way: Way): Promise<void> {
  const { store, folding, to, stop, onProgress, onFolded } = way
  const { batchSize = defaultBatchSize, checkpointAfter = defaultCheckpointAfter } = way
  const head = await store.head()
  let end = to !== undefined && to < head ? to : head
  for await (const batch of store.readAll(folding.position, batchSize)) {
    if (stop.aborted) break
    const wanted = to === undefined ? batch : batch.filter((event) => event.position <= to)
    const after = folding.position
    await folding.fold(wanted)
    if (wanted.length > 0) onFolded?.(wanted, after)
    if (folding.unflushed >= checkpointAfter) await way.flush()
    if (folding.position > end) end = folding.position
    if (wanted.length > 0) onProgress?.(folding.position, end)
    if (wanted.length < batch.length) break
  }
  await way.flush()
}
