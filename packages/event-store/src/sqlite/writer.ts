import type { DatabaseSync } from 'node:sqlite'
import type { AppendCalls, Work } from '../calls.ts'
import { decideAppend, outcomeOf } from '../decide.ts'
import { defaultBatchSize } from '../following.ts'
import type { AppendOutcome, RecordedEvent } from '../port.ts'
import type { EventsTable } from './events-table.ts'
import { failureOf } from './failure.ts'
import { groupCommit } from './group-commit.ts'
import { inSnapshot, inTransaction } from './transaction.ts'

/** Counted since the store was opened. */
export interface SqliteStats {
  /** Transactions that wrote something; each cost one sync of the disk. */
  readonly commits: number
  readonly eventsAppended: number
}

/** What of a log needs the index of names: appends, and looking for an event or a stream by its name. */
export interface Writer extends Pick<AppendCalls, 'append'> {
  find(identity: string): Promise<RecordedEvent | undefined>
  /** The next events of a stream from a revision on and after a position, oldest first; fewer than `pageSize` are the last. */
  page(stream: string, fromRevision: bigint, after: bigint): Promise<readonly RecordedEvent[]>
  stats(): SqliteStats
  /** Answers what was asked so far, and lets go of what is its own. */
  close(): Promise<void>
}

export const pageSize = defaultBatchSize

export interface WriterOptions {
  readonly db: DatabaseSync
  readonly table: EventsTable
  /** Named in failures. */
  readonly path: string
  readonly maxEventsPerCommit: number
  /** Called after each commit that appended something, before anybody is answered. */
  readonly onAppended: () => void
}

/** The writer on a connection, which stays its owner's to close. */
export const writerOn = ({ db, table, path, maxEventsPerCommit, onAppended }: WriterOptions): Writer => {
  let stats: SqliteStats = { commits: 0, eventsAppended: 0 }

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
      onAppended()
    }
    return outcomes
  }

  const { append, idle } = groupCommit({
    commit,
    failureOf: (error) => failureOf(error, path),
    maxEvents: maxEventsPerCommit,
  })

  /** A search for names needs the index as it is, and on that moment's file. */
  const searching = async <A>(search: () => A): Promise<A> =>
    inSnapshot(db, () => {
      table.begin()
      return search()
    })

  return {
    append,
    find: (identity) => searching(() => table.find(identity)),
    page: (stream, fromRevision, after) => searching(() => table.ofStream(stream, fromRevision, after, pageSize)),
    stats: () => stats,
    close: idle,
  }
}
