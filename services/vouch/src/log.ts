import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type EventStore, openSqliteStore, type SqliteStore } from '@vouch/event-store'
import type { EventStoreSetting } from '@vouch/observability'
import { serverBucketPositions } from '@vouch/projections'
import { isLeft } from 'fp-ts/lib/Either.js'
import { Failure } from './failure.ts'

/** The log, wherever it is kept. */
export interface Log {
  /** A file can be checked for damage, and followed from another thread; a server does the one by itself. */
  readonly store: EventStore & Partial<Pick<SqliteStore, 'check' | 'whenAppended'>>
  /** What and where it is, beside its head. */
  describe(): { readonly kind: string; readonly detail?: string }
  /** Log positions that the tables roll up together; undefined for as many as they do by themselves. */
  readonly bucketPositions?: bigint
  /** What to do when another log than this one is meant, or this one as it was. */
  readonly remedy: { readonly another: string; readonly earlier: string }
}

/** The file that a log is in, where it is in the data folder. */
export const logFile = (dataDir: string): string => join(dataDir, 'log.db')

export interface LogOptions {
  readonly dataDir: string
  /** Where the log is; without it, in the data folder. */
  readonly eventStore?: EventStoreSetting | undefined
  /** Whether a file is written in a thread of its own. */
  readonly inThreads?: boolean | undefined
  /** Told when the connection to a server was lost. */
  readonly onNotice?: ((text: string) => void) | undefined
}

export async function openLog(options: LogOptions): Promise<Log> {
  const { dataDir, eventStore: setting = { tag: 'sqlite' }, inThreads, onNotice = () => undefined } = options
  const path = logFile(dataDir)
  if (setting.tag === 'sqlite') {
    const store = openFile(path, inThreads)
    return {
      store,
      describe: () => ({ kind: 'SQLite', detail: `${(statSync(path).size / 2 ** 20).toFixed(1)} MiB` }),
      remedy: {
        another: 'Bring back the newest copy of log.db',
        earlier: 'bring back a copy of log.db from before',
      },
    }
  }
  await refuseTwoLogs(path, setting.shown)
  // The client takes a quarter of a second to load, which no command on a file should wait for.
  const { openEventStoreDb } = await import('@vouch/event-store/eventstoredb')
  const store = openEventStoreDb({
    connectionString: setting.connectionString,
    onInterruption: ({ why, delayMs }) =>
      onNotice(`Lost the connection to the log (${why}) It is made anew in ${delayMs / 1000} s.`),
  })
  return {
    store,
    describe: () => ({ kind: `EventStoreDB at ${setting.shown}` }),
    bucketPositions: serverBucketPositions,
    remedy: {
      another: `Name the server that holds the log in VOUCH_EVENT_STORE, or bring back the newest backup of ${setting.shown}`,
      earlier: `bring back a backup of ${setting.shown} from before`,
    },
  }
}

function openFile(path: string, writesApart = false): SqliteStore {
  const opened = openSqliteStore({ path, writesApart })
  if (isLeft(opened)) throw new Failure(opened.left.message)
  return opened.right
}

/** Two logs never become one by themselves: what the tables of this folder know is in the file. */
async function refuseTwoLogs(path: string, shown: string): Promise<void> {
  if (!existsSync(path)) return
  const file = openFile(path)
  const head = await file.head().finally(() => file.close())
  if (head === 0n) return
  throw new Failure(
    `${path} holds a log of ${head} events, and VOUCH_EVENT_STORE names ${shown}: a folder has one log. Name another folder for it with --data, or leave VOUCH_EVENT_STORE out.`,
  )
}
