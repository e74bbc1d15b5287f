import type { VouchEvent } from '@vouch/domain'

/** An event as a fold sees it: what the app sent, and where and when the log took it. */
export interface LoggedEvent {
  readonly position: bigint
  /** When it reached the log, ms since the epoch, UTC. */
  readonly recordedAt: number
  readonly event: VouchEvent
}

/**
 * What a fold remembers. Keys are grouped by kind; a value is plain JSON data (strings, numbers, booleans, arrays, objects).
 * Values are live: what `get` returns may be changed in place and must then be handed to `put`.
 */
export interface FoldState {
  get<T>(kind: string, key: string): T | undefined
  put<T>(kind: string, key: string, value: T): void
  /** Adds a member to the set that `index` keeps for `key`; adding it again changes nothing. */
  add(index: string, key: string, member: string): void
  remove(index: string, key: string, member: string): void
  /** The members, sorted by code unit. */
  members(index: string, key: string): string[]
  /** The keys of a kind that begin with `prefix`, sorted by code unit. For what happens rarely: it may read a lot. */
  keys(kind: string, prefix: string): string[]
  /**
   * Keys of a kind that begin with `prefix` and their values, in the order in which they were first put; each value as it
   * is when its turn comes, only to be looked at. For kinds that memory cannot hold: what is seen is not kept. What is put
   * for the first time meanwhile may be left out.
   */
  scan<T>(kind: string, prefix: string): Iterable<readonly [key: string, value: T]>
}

/** A shorter way to keep the values of a kind, for there may be millions: `unpack(pack(value))` equals `value`, as JSON has it. */
export interface Packing<T = unknown> {
  /** Plain JSON data, to be written before `value` changes. */
  pack(value: T): unknown
  unpack(packed: unknown): T
}

/** One row for one table; `position` and `line` are set by the runtime. Decimals and 64-bit integers are strings. */
export interface Row {
  readonly table: string
  readonly values: Readonly<Record<string, unknown>>
}

/** What must hold of the tables of a projection whatever the events were; each query returns the rows that break its law. */
export interface Law {
  readonly name: string
  readonly says: string
  /** Reads views of the database that it is given. */
  query(database: string): string
}

/**
 * A projection is a pure fold: the same state and event give the same rows and the same next state. No clock, no random
 * number, no look-up outside `state`.
 */
export interface Projection {
  readonly name: string
  /** Raised whenever the fold or its tables change meaning: a live state of another version is rebuilt from the log. */
  readonly version: number
  /** Path of the file that holds its tables and views. */
  readonly tables: URL
  /** How values are kept that are not kept as they are, by kind. */
  readonly packings?: Readonly<Record<string, Packing>> | undefined
  /** Name of a projection before this one, whose rows this one folds on. */
  readonly follows?: string | undefined
  /** @param followed the rows that the projection it follows has made of the same event; none if it follows no other */
  fold(state: FoldState, logged: LoggedEvent, followed: readonly Row[]): readonly Row[]
  /**
   * The same rows part by part, for an event that may change more than memory can hold; undefined for any other. Between
   * two parts the runtime may write to disk what has changed: what `get` gave before is no longer live then.
   */
  foldInParts?(state: FoldState, logged: LoggedEvent): Iterable<readonly Row[]> | undefined
  /** One that follows is given such an event part by part: asked once for each event, the answer once for each part. */
  followParts?(state: FoldState, logged: LoggedEvent): (part: readonly Row[]) => readonly Row[]
}
