import { setTimeout as pause } from 'node:timers/promises'
import type { EventStore } from '@vouch/event-store'
import type { WarehouseSetting } from '@vouch/observability'
import type { OnFolded } from '@vouch/projector'
import { Failure } from '../failure.ts'
import type { AskedTables, Folds } from '../folds.ts'
import { placeOf, type Tables } from '../tables.ts'
import { createKnowledge } from './knowledge.ts'
import { createPointer } from './pointer.ts'

export interface GroupOptions {
  readonly store: Pick<EventStore, 'head' | 'readAll' | 'subscribe'>
  readonly warehouse: AskedTables
  readonly where?: WarehouseSetting | undefined
  /** ms since the epoch, UTC. */
  readonly clock: () => number
  /** Lets others have their turn. */
  readonly breathe: () => Promise<void> | undefined
  /** Told of the log as it goes by, while it runs: all there is after a position. */
  readonly onFolded: OnFolded
  /** From where on they want to be told. */
  readonly toldFrom: () => bigint
}

/**
 * Tables that vouch-projector folds, in processes of its own: here they are asked, and nothing is written. A front that
 * cannot reach them goes on taking events.
 */
export function openGroupTables(options: GroupOptions): Tables {
  const { store, warehouse, breathe, onFolded, toldFrom } = options
  const pointer = createPointer({
    ...options,
    pause: (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined),
  })
  const closing = new AbortController()
  const stopOf = (signal: AbortSignal | undefined) =>
    signal ? AbortSignal.any([signal, closing.signal]) : closing.signal
  const projector: Folds = {
    progress: () => pointer.progress(),
    get failure() {
      return pointer.failure
    },
    catchUp: (onProgress, signal) => pointer.reachHead(stopOf(signal), onProgress),
    async run(signal) {
      let after = toldFrom()
      for await (const batch of store.subscribe(after, stopOf(signal))) {
        onFolded(batch, after)
        after = batch.at(-1)?.position ?? after
      }
    },
    rebuild: async () => {
      throw new Failure(
        `The tables are folded by vouch-projector, and so they are made anew: run a second group of them with the next VOUCH_GENERATION, and have it shown by vouch-projector go-live.`,
      )
    },
    rebuildTo: async () => {
      throw new Failure(
        `The tables are folded by vouch-projector, which knows no past: with VOUCH_PROJECTION=own, VOUCH_WAREHOUSE=chdb and --data NEWFOLDER, vouch rebuild --to-position folds it into tables of its own.`,
      )
    },
    verify: async () => {
      throw new Failure('The tables are folded by vouch-projector, and not compared here.')
    },
    close: async () => closing.abort(new Error('the tables were closed')),
  }
  return {
    warehouse,
    projector,
    knowledge: createKnowledge({ warehouse, breathe }),
    place: placeOf(options.where),
  }
}
