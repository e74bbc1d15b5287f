import type { DatabaseSync } from 'node:sqlite'
import type { HashIndexSizes } from '@vouch/hash-index'
import { left } from 'fp-ts/lib/Either.js'
import type { Work } from '../calls.ts'
import { decideAppend, outcomeOf } from '../decide.ts'
import { assertBatchSize, createWakeups, defaultBatchSize, following, toHead } from '../following.ts'
import { type AppendOutcome, type EventStore, type RecordedEvent, StoreError, type StoreFailure } from '../port.ts'
import { assertWellFormed } from '../well-formed.ts'
import { type EventsTable, eventsTable } from './events-table.ts'
import { failureOf } from './failure.ts'
import { groupCommit } from './group-commit.ts'
import { type NameHash, nameHash } from './identity-hash.ts'
import { inSnapshot, inTransaction } from './transaction.ts'

export interface SqliteStore extends EventStore {
  stats(): SqliteStats
  /**
   * Reads the whole file, its pages and the index of names, and compares that with the events: seconds for a million events.
   * Resolves with what is wrong, one sentence each; empty for a sound file.
   */
  check(): Promise<readonly string[]>
}

/** Counted since the store was opened. */
export interface SqliteStats {
  /** Transactions that wrote something; each cost one sync of the disk. */
  readonly commits: number
  readonly eventsAppended: number
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

/** The store on a connection that has been set up by `openSqliteStore`; the store closes it. */
export const sqliteStoreOn = (db: DatabaseSync, path: string, tuning: SqliteTuning = defaultTuning): SqliteStore => {
  const table = eventsTable(db, tuning.hash, tuning.nameIndex)
  const wakeups = createWakeups()
  let stats: SqliteStats = { commits: 0, eventsAppended: 0 }
  let state: 'open' | 'closing' | 'closed' = 'open'

  const closedFailure: StoreFailure = { tag: 'store-closed', message: `The event log ${path} is closed.` }

  /** Runs `work` in a write transaction on the table; what was written is taken back if it or the commit throws. */
  const writing = <A>(work: (newest: ReturnType<typeof table.begin>) => A): A => {
    let hasBegun = false
    try {
      return inTransaction(db, () => {
        hasBegun = true
        // Read anew each time: whoever else has written to the file since is seen, and nothing is assumed after a failure.
        return work(table.begin())
      })
    } catch (error) {
      if (hasBegun) table.rollback()
      throw error
    }
  }

  const commit = (group: readonly Work[]): readonly AppendOutcome[] => {
    const { outcomes, appended } = writing((newest) => {
      let { position, recordedAt } = newest
      const appendOne = (work: Work): AppendOutcome => {
        const { append } = work
        const decision = decideAppend(append, table)
        switch (decision.tag) {
          case 'append': {
            recordedAt = position === 0 ? work.recordedAt : Math.max(recordedAt, work.recordedAt)
            let revision = decision.firstRevision - 1n
            for (const event of append.events) {
              position += 1
              revision += 1n
              table.insert({ position, stream: append.stream, revision, recordedAt, event })
            }
            return { outcome: 'appended', position: BigInt(position), revision }
          }
          case 'conflict': {
            const existing = table.at(decision.existing.position)
            if (existing === undefined) throw new Error(`The event at ${decision.existing.position} is gone.`)
            return outcomeOf({ ...decision, existing })
          }
          default:
            return outcomeOf(decision)
        }
      }
      const outcomes = group.map(appendOne)
      if (position > newest.position) table.complete()
      return { outcomes, appended: position - newest.position }
    })
    if (appended > 0) {
      stats = { commits: stats.commits + 1, eventsAppended: stats.eventsAppended + appended }
      wakeups.wake()
    }
    return outcomes
  }

  const appends = groupCommit({
    commit,
    failureOf: (error) => failureOf(error, path),
    maxEvents: tuning.maxEventsPerCommit,
  })

  const reading = <A>(read: () => A): A => {
    if (state === 'closed') throw new StoreError(closedFailure)
    try {
      return read()
    } catch (error) {
      const failure = failureOf(error, path)
      throw failure === undefined ? error : new StoreError(failure, { cause: error })
    }
  }

  /** A search for names needs the index as it is, and on that moment's file. */
  const searching = <A>(search: () => A): A =>
    reading(() =>
      inSnapshot(db, () => {
        table.begin()
        return search()
      }),
    )

  const readBatch = (after: bigint, limit: number): RecordedEvent[] => reading(() => table.after(after, limit))

  return {
    append: (batch, recordedAt) => async () => {
      assertWellFormed(batch, recordedAt)
      return state === 'open' ? appends.append(batch, recordedAt) : left(closedFailure)
    },
    async *readStream(stream, fromRevision = 0n) {
      let after = 0n
      for (;;) {
        const from = after
        const batch = searching(() => table.ofStream(stream, fromRevision, from, defaultBatchSize))
        yield* batch
        const newest = batch.at(-1)
        if (newest === undefined || batch.length < defaultBatchSize) return
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
    find: async (identity) => searching(() => table.find(identity)),
    head: async () => BigInt(reading(table.head)),
    check: async () => reading(() => findings(db, table, path)),
    stats: () => stats,
    close: async () => {
      if (state === 'open') state = 'closing'
      await appends.idle()
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
