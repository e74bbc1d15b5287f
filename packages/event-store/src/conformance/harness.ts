import { createHash, randomUUID } from 'node:crypto'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Append, AppendOutcome, EventStore, EventToAppend, ExpectedRevision, RecordedEvent } from '../port.ts'

export interface OpenedStore {
  readonly store: EventStore
  /** Closes the store and removes what it kept. */
  dispose(): Promise<void>
}

/** Opens a store of its own for one test. It may hold events already: a server that cannot be emptied will do. */
export type OpenStore = () => Promise<OpenedStore>

/** A store as the specs see it: names that nobody else uses, and nothing but the events since it was opened. */
export interface Log {
  readonly store: EventStore
  /** The head before the test. */
  readonly start: bigint
  /** A time of recording that the store has no reason to raise. */
  readonly now: number
  /** An event whose content is `content`; same content, same hash. */
  event(name: string, content?: string): EventToAppend
  name(name: string): string
  /** An append of events to a stream, none of them named by the caller as it is in the store. */
  to(stream: string, expectedRevision: ExpectedRevision, ...events: readonly EventToAppend[]): Append
  /** A fact: the one event of the stream that is named by its identity. */
  fact(name: string, content?: string): Append
  append(...appends: readonly Append[]): Promise<readonly AppendOutcome[]>
  all(batchSize?: number): Promise<RecordedEvent[]>
  stream(name: string, fromRevision?: bigint): Promise<RecordedEvent[]>
}

export const withLog = async (open: OpenStore, test: (log: Log) => Promise<void>): Promise<void> => {
  const { store, dispose } = await open()
  try {
    await test(await logOn(store))
  } finally {
    await dispose()
  }
}

export const logOn = async (store: EventStore): Promise<Log> => {
  const prefix = randomUUID()
  const start = await store.head()
  const name = (text: string) => `${prefix}:${text}`
  const [newest] = start === 0n ? [] : (await collect(store.readAll(start - 1n))).flat()
  const now = Math.max(1_800_000_000_000, newest?.recordedAt ?? 0)
  const event = (text: string, content = 'content'): EventToAppend => ({
    identity: name(text),
    contentHash: createHash('sha256').update(content).digest('hex'),
    type: 'vouch.click.v1',
    programId: 'summer',
    source: 'shop.example',
    id: `evt-${text}`,
    time: 1_767_225_600_123,
    data: JSON.stringify({ content }),
  })
  const to: Log['to'] = (stream, expectedRevision, ...events) => ({ stream: name(stream), expectedRevision, events })
  return {
    store,
    start,
    now,
    name,
    event,
    to,
    fact: (text, content) => to(text, 'no-stream', event(text, content)),
    append: async (...appends) => {
      const answer = await store.append(appends, now)()
      if (isLeft(answer)) throw new Error(`The store failed: ${answer.left.tag}, ${answer.left.message}`)
      return answer.right
    },
    all: async (batchSize) => (await collect(store.readAll(start, batchSize))).flat(),
    stream: (text, fromRevision) => collect(store.readStream(name(text), fromRevision)),
  }
}

/** Everything that an iterable gives, in order. */
export const collect = async <A>(items: AsyncIterable<A>): Promise<A[]> => {
  const collected: A[] = []
  for await (const item of items) collected.push(item)
  return collected
}

/** The value, or an error that says what should have been there. */
export const present = <A>(value: A | undefined, what: string): A => {
  if (value === undefined) throw new Error(`There should be ${what}.`)
  return value
}

/** Position of an outcome that has one. */
export const positionOf = (outcome: AppendOutcome | undefined): bigint => {
  if (outcome?.outcome === 'appended' || outcome?.outcome === 'duplicate') return outcome.position
  throw new Error(`There should be a position in ${outcome?.outcome ?? 'a missing outcome'}.`)
}
