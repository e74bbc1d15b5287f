import type { DatabaseSync } from 'node:sqlite'
import type { HashIndexSizes } from '@vouch/hash-index'
import { left } from 'fp-ts/lib/Either.js'
import { assertBatchSize, createWakeups, defaultBatchSize, following, toHead } from '../following.ts'
import { type EventStore, type RecordedEvent, StoreError, type StoreFailure } from '../port.ts'
import { assertWellFormed } from '../well-formed.ts'
import { type EventsTable, eventsTable } from './events-table.ts'
import { failureOf } from './failure.ts'
import { type NameHash, nameHash } from './identity-hash.ts'
import { inSnapshot } from './transaction.ts'
import { pageSize, type SqliteStats, type Writer, writerOn } from './writer.ts'

export interface SqliteStore extends EventStore {
  stats(): SqliteStats
  /**
   * Reads the whole file, its pages and the index of names, and compares that with the events: seconds for a million events.
   * Resolves with what is wrong, one sentence each; empty for a sound file.
   */
  check(): Promise<readonly string[]>
  /** Calls back whenever this store has appended something, before those who asked for it have their answer. */
  whenAppended(listener: () => void): void
  /** Wakes those who follow: another connection has appended something. */
  wake(): void
}

export interface SqliteTuning {
  /** Appends that wait for the disk share a transaction of at most about this many events. */
  readonly maxEventsPerCommit: number
  /** A file belongs to the hash that it was first written with; another one than the default is for specs. */
  readonly hash: NameHash
  /** Sizes of the index of names; others than the default are for specs. */
  readonly nameIndex: HashIndexSizes
}

export const defaultTuning: SqliteTuning = { maxEventsPerCommit: 2000, hash: nameHash, nameIndex: {} }

/**
 * The store on a connection that has been set up by `openSqliteStore`; the store closes it.
 * @param writerApart opens a writer with a connection of its own, in place of one on this; to be told of what is appended
 */
export const sqliteStoreOn = (
  db: DatabaseSync,
  path: string,
  tuning: SqliteTuning = defaultTuning,
  writerApart?: (onAppended: () => void) => Writer,
): SqliteStore => {
  const { maxEventsPerCommit, hash, nameIndex } = tuning
  const table = eventsTable(db, hash, nameIndex)
  const wakeups = createWakeups()
  const listeners: (() => void)[] = []
  const onAppended = () => {
    wakeups.wake()
    for (const listener of listeners) listener()
  }
  const writer = writerApart?.(onAppended) ?? writerOn({ db, table, path, maxEventsPerCommit, onAppended })
  let state: 'open' | 'closing' | 'closed' = 'open'

  const closedFailure: StoreFailure = { tag: 'store-closed', message: `The event log ${path} is closed.` }

  const assertOpen = () => {
    if (state === 'closed') throw new StoreError(closedFailure)
  }

  const failed = (error: unknown): unknown => {
    const failure = failureOf(error, path)
    return failure === undefined ? error : new StoreError(failure, { cause: error })
  }

  const reading = <A>(read: () => A): A => {
    assertOpen()
    try {
      return read()
    } catch (error) {
      throw failed(error)
    }
  }

  const asking = async <A>(ask: () => Promise<A>): Promise<A> => {
    assertOpen()
    try {
      return await ask()
    } catch (error) {
      throw failed(error)
    }
  }

  const readBatch = (after: bigint, limit: number): RecordedEvent[] => reading(() => table.after(after, limit))

  return {
    append: (batch, recordedAt) => async () => {
      assertWellFormed(batch, recordedAt)
      return state === 'open' ? writer.append(batch, recordedAt) : left(closedFailure)
    },
    async *readStream(stream, fromRevision = 0n) {
      let after = 0n
      for (;;) {
        const from = after
        const page = await asking(() => writer.page(stream, fromRevision, from))
        yield* page
        const newest = page.at(-1)
        if (newest === undefined || page.length < pageSize) return
        after = newest.position
      }
    },
    readAll: (after, batchSize = defaultBatchSize) => {
      assertBatchSize(batchSize)
      return toHead(readBatch, after, batchSize)
    },
    subscribe: (after, signal, batchSize = defaultBatchSize) => {
      assertBatchSize(batchSize)
      return following(readBatch, wakeups, after, signal, batchSize)
    },
    find: (identity) => asking(() => writer.find(identity)),
    head: async () => BigInt(reading(table.head)),
    check: async () => reading(() => findings(db, table, path)),
    stats: writer.stats,
    whenAppended: (listener) => void listeners.push(listener),
    wake: () => wakeups.wake(),
    close: async () => {
      if (state === 'open') state = 'closing'
      await writer.close()
      if (state === 'closing') db.close()
      state = 'closed'
      wakeups.wake()
    },
  }
}

const findings = (db: DatabaseSync, table: EventsTable, path: string): readonly string[] => {
  try {
    const rows = db.prepare('PRAGMA integrity_check').all()
    const ofPages = rows.map((row) => String(row.integrity_check)).filter((finding) => finding !== 'ok')
    if (ofPages.length > 0) return ofPages
    return inSnapshot(db, () => {
      table.begin()
      return table.checkNames()
    })
  } catch (error) {
    // Some damage keeps the check itself from going on: that is a finding, too.
    const failure = failureOf(error, path)
    if (failure?.tag === 'store-corrupt') return [failure.message]
    throw error
  }
}
