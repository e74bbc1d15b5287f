import { left, right } from 'fp-ts/lib/Either.js'
import { decideAppend, outcomeOf } from './decide.ts'
import { assertBatchSize, createWakeups, defaultBatchSize, following, toHead } from './following.ts'
import { type Append, type AppendOutcome, type EventStore, type RecordedEvent, StoreError } from './port.ts'
import { assertWellFormed } from './well-formed.ts'

/** The event store in memory: all of the port but durability. For specs. */
export const openMemoryStore = (): EventStore => {
  const log: RecordedEvent[] = []
  const byIdentity = new Map<string, RecordedEvent>()
  const streams = new Map<string, RecordedEvent[]>()
  const wakeups = createWakeups()
  let open = true

  const closed = { tag: 'store-closed', message: 'The event store in memory is closed.' } as const
  const assertOpen = () => {
    if (!open) throw new StoreError(closed)
  }
  const view = {
    known: (identity: string) => byIdentity.get(identity),
    newestRevision: (stream: string) => streams.get(stream)?.at(-1)?.revision ?? -1n,
  }

  const record = (append: Append, firstRevision: bigint, recordedAt: number): AppendOutcome => {
    const { stream } = append
    const events = streams.get(stream) ?? []
    streams.set(stream, events)
    let revision = firstRevision - 1n
    for (const event of append.events) {
      revision += 1n
      const position = BigInt(log.length + 1)
      const recorded = Object.freeze({ ...event, position, stream, revision, recordedAt })
      log.push(recorded)
      events.push(recorded)
      byIdentity.set(event.identity, recorded)
    }
    return { outcome: 'appended', position: BigInt(log.length), revision }
  }

  const appendOne = (append: Append, recordedAt: number): AppendOutcome => {
    const decision = decideAppend(append, view)
    if (decision.tag !== 'append') return outcomeOf(decision)
    return record(append, decision.firstRevision, Math.max(recordedAt, log.at(-1)?.recordedAt ?? recordedAt))
  }

  const readBatch = (after: bigint, limit: number): readonly RecordedEvent[] => {
    assertOpen()
    const from = after < 0n ? 0 : Number(after)
    return log.slice(from, from + limit)
  }

  return {
    append: (appends, recordedAt) => async () => {
      assertWellFormed(appends, recordedAt)
      if (!open) return left(closed)
      const outcomes = appends.map((append) => appendOne(append, recordedAt))
      wakeups.wake()
      return right(outcomes)
    },
    async *readStream(stream, fromRevision = 0n) {
      assertOpen()
      for (const event of [...(streams.get(stream) ?? [])]) if (event.revision >= fromRevision) yield event
    },
    readAll: (after, batchSize = defaultBatchSize) => {
      assertBatchSize(batchSize)
      return toHead(readBatch, after, batchSize)
    },
    subscribe: (after, signal, batchSize = defaultBatchSize) => {
      assertBatchSize(batchSize)
      return following(readBatch, wakeups, after, signal, batchSize)
    },
    find: async (identity) => {
      assertOpen()
      return byIdentity.get(identity)
    },
    head: async () => {
      assertOpen()
      return BigInt(log.length)
    },
    close: async () => {
      open = false
      wakeups.wake()
    },
  }
}
