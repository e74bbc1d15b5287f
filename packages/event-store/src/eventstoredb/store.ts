import { left } from 'fp-ts/lib/Either.js'
import { assertBatchSize, defaultBatchSize } from '../following.ts'
import { type EventStore, type RecordedEvent, StoreError, type StoreFailure } from '../port.ts'
import { assertWellFormed } from '../well-formed.ts'
import { appendPipe } from './append-pipe.ts'
import { appending } from './appending.ts'
import { connect } from './connection.ts'
import { followingServer, type Interruption } from './following.ts'
import { appendQueue } from './queue.ts'
import { readerOn } from './reading.ts'
import { realWait, type Wait } from './retry.ts'

export interface EventStoreDbOptions {
  /** `esdb://…` or `esdb+discover://…`, as the settings of @vouch/observability let it pass: of some that are wrong the client warns with the password. */
  readonly connectionString: string
  /** Told each time a subscription is lost, before it is made anew. */
  readonly onInterruption?: (interruption: Interruption) => void
  readonly wait?: Wait
  /** From 0 to 1, another each time; by default Math.random. */
  readonly random?: () => number
  /** How long the server may take for a lot of appends, ms; default 10,000. */
  readonly deadlineMs?: number
}

/**
 * The log in EventStoreDB, 22.6 or later. Nothing is asked of the server before the first call, so that opening never fails
 * for what passes; `head` is a way to ask whether it is there.
 *
 * Positions are commit positions. A position that is no event's may be given wherever one is asked for.
 */
export const openEventStoreDb = (options: EventStoreDbOptions): EventStore => {
  const { connectionString, onInterruption = () => undefined, wait = realWait, random = Math.random } = options
  const { deadlineMs = 10_000 } = options
  const connection = connect(connectionString)
  const shutDown = new AbortController()
  const closing = shutDown.signal
  const retrying = { wait, closing }
  const reader = readerOn(connection, retrying)
  const pipe = appendPipe(connection, { wait, deadlineMs })
  const closed: StoreFailure = { tag: 'store-closed', message: 'The event log in EventStoreDB is closed.' }
  let state: 'open' | 'closing' | 'closed' = 'open'
  let closure: Promise<void> | undefined
  let newestAppended = 0n

  const queue = appendQueue({
    appending: appending({ pipe, reader, retrying, random }),
    newestRecordedAt: async () => (await reader.newest())?.recordedAt,
    onAppended: (position) => {
      if (position > newestAppended) newestAppended = position
    },
  })

  const assertOpen = () => {
    if (state === 'closed') throw new StoreError(closed)
  }

  async function* readAll(after: bigint, size: number): AsyncGenerator<readonly RecordedEvent[]> {
    assertOpen()
    for await (const { events } of reader.scan(after, size)) if (events.length > 0) yield events
  }

  async function* subscribe(after: bigint, signal: AbortSignal, size: number) {
    if (!signal.aborted) assertOpen()
    const newest = () => newestAppended
    const parts = { connection, reader, wait, closing, closed, onInterruption, newestAppended: newest }
    yield* followingServer(parts, after, signal, size)
  }

  const close = async () => {
    state = 'closing'
    await queue.idle()
    state = 'closed'
    shutDown.abort()
    pipe.close()
    connection.close()
  }

  return {
    append: (batch, recordedAt) => async () => {
      assertWellFormed(batch, recordedAt)
      return state === 'open' ? queue.append(batch, recordedAt) : left(closed)
    },
    async *readStream(stream, fromRevision = 0n) {
      assertOpen()
      yield* reader.stream(stream, fromRevision)
    },
    readAll: (after, batchSize = defaultBatchSize) => {
      assertBatchSize(batchSize)
      return readAll(after, batchSize)
    },
    subscribe: (after, signal, batchSize = defaultBatchSize) => {
      assertBatchSize(batchSize)
      return subscribe(after, signal, batchSize)
    },
    find: async (identity) => {
      assertOpen()
      const found = await reader.lookup(identity)
      return found.tag === 'known' ? found.event : undefined
    },
    head: async () => {
      assertOpen()
      return (await reader.newest())?.position ?? 0n
    },
    close: () => {
      closure ??= close()
      return closure
    },
  }
}
