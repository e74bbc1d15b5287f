import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type EventStore, openSqliteStore, type SqliteStore } from '@vouch/event-store'
import type { EventStoreSetting } from '@vouch/observability'
import { serverBucketPositions } from '@vouch/projections'
import { isLeft } from 'fp-ts/lib/Either.js'
import { Failure } from './failure.ts'

/** The log, wherever it is kept. */
export interface Log {
  /** A file can be checked for damage; a server does that by itself. */
  readonly store: EventStore & Partial<Pick<SqliteStore, 'check'>>
  /** What and where it is, beside its head. */
  describe(): { readonly kind: string; readonly detail?: string }
  /** Log positions that the tables roll up together; undefined for as many as they do by themselves. */
  readonly bucketPositions?: bigint
  /** What to do when another log than this one is meant, or this one as it was. */
  readonly remedy: { readonly another: string; readonly earlier: string }
}

export interface LogOptions {
  readonly dataDir: string
  /** Where the log is; without it, in the data folder. */
  readonly eventStore?: EventStoreSetting | undefined
  /** Whether a file is written in a thread of its own: for a process that appends while it does much else. */
  readonly writesApart?: boolean | undefined
  /** Told when the connection to a server was lost. */
  readonly onNotice?: ((text: string) => void) | undefined
}

export async function openLog(options: LogOptions): Promise<Log> {
  const { dataDir, eventStore: setting = { tag: 'sqlite' }, writesApart, onNotice = () => undefined } = options
  const path = join(dataDir, 'log.db')
  if (setting.tag === 'sqlite') {
    const store = openFile(path, writesApart)
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
