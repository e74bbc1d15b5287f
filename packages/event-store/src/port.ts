import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/**
 * The event store port: an append-only log of streams with one global order.
 *
 * An append is durable before its outcome is given. Every event carries an identity that is unique in the whole log for
 * ever, and a hash of its content, so that a repeated delivery (`duplicate`) is told from a contradiction (`conflict`).
 *
 * Where the store itself fails, `append` answers with a `StoreFailure`; the reading functions throw (or reject with) a
 * `StoreError` that holds one. What no correct caller does (an append without events, text that is no Unicode, a batch
 * of size 0) is thrown as a TypeError or RangeError and changes nothing.
 */
export interface EventStore {
  /**
   * Appends several independent appends, each atomic in itself, in the order given; outcomes are in the same order.
   * An append later in the list sees the effects of those before it.
   * @param recordedAt time of recording, ms since the epoch, UTC. Recorded times never go back: an earlier time than the
   *   log's newest is raised to it.
   */
  append(appends: readonly Append[], recordedAt: number): TaskEither<StoreFailure, readonly AppendOutcome[]>
  /** The events of one stream from `fromRevision` (default 0) on, oldest first; nothing for an unknown stream. */
  readStream(stream: string, fromRevision?: bigint): AsyncIterable<RecordedEvent>
  /** All events after `after` (exclusive; 0n is the beginning) up to the head at the time of each read, in batches. */
  readAll(after: bigint, batchSize?: number): AsyncIterable<readonly RecordedEvent[]>
  /**
   * As `readAll`, then goes on live: yields each further batch as it is appended, each event exactly once and in order.
   * Ends without an error, and only then, when `signal` is aborted.
   */
  subscribe(after: bigint, signal: AbortSignal, batchSize?: number): AsyncIterable<readonly RecordedEvent[]>
  /** The event with this identity, if the log has it. */
  find(identity: string): Promise<RecordedEvent | undefined>
  /** Position of the newest event, 0n for an empty log. */
  head(): Promise<bigint>
  /** Answers the appends made so far, then closes. Whatever is asked afterwards fails as `store-closed`. */
  close(): Promise<void>
}

/** `no-stream`: the stream must be empty; a revision: its newest event has this one; `any`: whatever it is. */
export type ExpectedRevision = 'no-stream' | 'any' | bigint

/** One or more events for one stream, all or none of them. */
export interface Append {
  readonly stream: string
  readonly expectedRevision: ExpectedRevision
  /** At least one; no identity twice. */
  readonly events: readonly EventToAppend[]
}

export interface EventToAppend {
  /** Natural key, or (source, id): see `identityOf` in @vouch/domain. */
  readonly identity: string
  /** 32 bytes, hex: SHA-256 of the canonical content. */
  readonly contentHash: string
  readonly type: string
  readonly programId: string
  readonly source: string
  readonly id: string
  /** When it happened in the world, ms since the epoch, UTC. */
  readonly time: number
  /** Canonical JSON of the parsed data. */
  readonly data: string
  /** Canonical JSON object of CloudEvents extension attributes; absent if there are none. */
  readonly extensions?: string | undefined
}

export interface RecordedEvent extends EventToAppend {
  readonly position: bigint
  readonly stream: string
  readonly revision: bigint
  /** When it reached the log, ms since the epoch, UTC. */
  readonly recordedAt: number
}

/** The rules are those of `decideAppend`, in the order of precedence: conflict, duplicate, wrong-revision, appended. */
export type AppendOutcome =
  /** Durable. `position` is that of the last event, `revision` the stream's newest. */
  | { readonly outcome: 'appended'; readonly position: bigint; readonly revision: bigint }
  /**
   * Every event is in the log already with the same content, wherever its stream is by now; nothing was appended.
   * `position` is that of the newest of them.
   */
  | { readonly outcome: 'duplicate'; readonly position: bigint }
  /** An event's identity is in the log with other content; nothing was appended. */
  | { readonly outcome: 'conflict'; readonly offered: EventToAppend; readonly existing: RecordedEvent }
  /**
   * The stream is not where it was expected, or the log has some of the events but not all: whoever decided had not seen
   * them. Nothing was appended; read and decide again. `actual` is -1n for an empty stream.
   */
  | { readonly outcome: 'wrong-revision'; readonly actual: bigint }

/** The store could not answer. Whether the appends took place is then unknown: repeat them, they are idempotent. */
export interface StoreFailure {
  readonly tag: 'store-unavailable' | 'store-full' | 'store-read-only' | 'store-corrupt' | 'store-closed'
  readonly message: string
}

/** What the reading functions throw when the store could not answer. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly failure: StoreFailure

  constructor(failure: StoreFailure, options?: ErrorOptions) {
    super(failure.message, options)
    this.failure = failure
  }
}
