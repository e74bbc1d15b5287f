import type { Readable } from 'node:stream'
import type { Rule } from './guard/refusal.ts'

/** `live` is what analysts see in database `vouch`; `asof` is the past shown in `vouch_asof`. */
export type Slot = 'live' | 'asof'

/** What a slot shows: rows of `generation` up to `position`. Written as one row, so that readers move at once. */
export interface Published {
  readonly generation: number
  /** The tables are complete up to this log position. */
  readonly position: bigint
  /** The log's newest position when this was written. */
  readonly head: bigint
  readonly lagMs: number
  /** ms since the epoch, UTC. */
  readonly publishedAt: number
}

/**
 * A row's values by column name; Decimals and 64-bit integers as strings (or bigint), times as 'YYYY-MM-DD hh:mm:ss.sss'
 * in UTC or in ms since the epoch, null or absence for 0, what is empty, or NULL where that can be. A JSON column, and a
 * String whose comment is `JSON`, takes an object, or a string that is JSON text already.
 */
export type RowValues = Readonly<Record<string, unknown>>

/** Rows of one table that are inserted together. An array of them is one. */
export interface RowSet {
  readonly length: number
  /** @returns the new length */
  push(row: RowValues): number
}

/** The rows of a set, where sets are arrays: in doubles, which take rows as they are. */
export function rowsOf(set: RowSet | readonly RowValues[]): readonly RowValues[] {
  if (Array.isArray(set)) return set
  throw new TypeError('These rows are kept as bytes by the warehouse that made the set, and only it can take them.')
}

/** What a migration did. */
export interface Migration {
  /** Qualified names of the tables and views that were made or made anew, in the order in which it happened. */
  readonly changed: readonly string[]
  /**
   * The generation now live lacks rows that it should have, because a storage table was made anew under it. Stays true,
   * restarts included, until a newer generation is published live.
   */
  readonly needsRebuild: boolean
}

/**
 * The warehouse port: generations of append-only tables. A row is identified by (generation, position, line): writing it
 * again changes nothing that a reader can see, so that a writer may repeat itself after any failure. Generations count
 * from 1. Whatever goes wrong rejects with a `WarehouseError`.
 */
export interface Warehouse {
  /**
   * Brings databases, storage tables and views to the newest migration; safe to repeat, and after a crash.
   * @param options `keep`: only makes what is missing, where others write. Tables of another definition then reject as
   *   `other-tables`, and views stay as they are, unless `views` has them made anew as well.
   */
  migrate(options?: { readonly keep?: boolean; readonly views?: boolean }): Promise<Migration>
  /**
   * An empty set for rows of a table, to be given to `insert` when it has them all. It may keep rows as they will be written,
   * which takes less than the objects do, and refuse a row when it comes; then the set is of no more use.
   */
  rowSet(table: string): RowSet
  /** Inserts rows of one table as one atomic block; durable when it resolves. Rows hold position and line, not generation. */
  insert(table: string, generation: number, rows: RowSet | readonly RowValues[]): Promise<void>
  /** As `insert`, of several sets together; until it resolves, some of the rows may be there and others not. */
  insertAll(table: string, generation: number, sets: readonly (RowSet | readonly RowValues[])[]): Promise<void>
  /** Moves the one pointer of a slot. */
  publish(slot: Slot, mark: Published): Promise<void>
  published(slot: Slot): Promise<Published | undefined>
  /** For several processes that write to one warehouse. */
  readonly shared: Shared
  /** Generations that hold any row in any table, ascending. */
  generations(): Promise<number[]>
  dropGeneration(generation: number): Promise<void>
  /** Row count and an order-independent 128-bit hash (32 hex digits) of a table's rows up to a position, each row once. */
  digest(table: string, generation: number, upTo: bigint): Promise<{ rows: bigint; hash: string }>
  /** Names of the storage tables. */
  tables(): readonly string[]
  /** A query of our own: trusted, unguarded. Decimals and 64-bit integers come back as strings. */
  rows<T>(query: string, params?: Readonly<Record<string, unknown>>): Promise<T[]>
  /** A query by a stranger: read-only, checked against the allow-list, limited. */
  ask(question: Question): Promise<Answer>
  /** Lets what is running end, then lets go of the files. Everything afterwards fails as `closed`. */
  close(): Promise<void>
}

/**
 * What several writers use in place of `publish`, and what they tell each other. All of it only grows: whoever is late, or
 * does not know that it was replaced, takes nothing back.
 */
export interface Shared {
  /** As `publish`, but forward alone: to a later generation, or a later position of the same. Anything else changes nothing. */
  raise(slot: Slot, mark: Published): Promise<void>
  /** States positions up to which the rows of partitions are complete and durable in a generation. The greatest count. */
  mark(generation: number, marks: ReadonlyMap<number, bigint>): Promise<void>
  /** By partition, what was stated so far. */
  marks(generation: number): Promise<ReadonlyMap<number, bigint>>
  /** Begins a generation, or joins it. Rejects as `other-generation` if other code, other tables or other partitions began it. */
  found(generation: number, founding: Founding): Promise<void>
  /** By what a generation was begun; undefined if it was not, or is dropped. */
  founding(generation: number): Promise<Founding | undefined>
  /** Says that a generation is dropped: nobody joins it any more. */
  bury(generation: number): Promise<void>
}

export interface Founding {
  /** Names and versions of the projections. */
  readonly madeBy: string
  /** How many partitions its log has. */
  readonly partitions: number
}

export interface Question {
  readonly query: string
  /** Values for the query's `{name:Type}`; strings, finite numbers, bigints, booleans, null, Dates, and arrays of these. */
  readonly params?: Readonly<Record<string, unknown>> | undefined
  /** Values for `{name:Type}` as text that ClickHouse reads: TabSeparated's escapes, `\\N` for null, arrays in brackets. */
  readonly paramTexts?: Readonly<Record<string, string>> | undefined
  /** Any ClickHouse output format; default JSON. A FORMAT clause in the query is honoured. */
  readonly format?: string | undefined
  /** What names without a database are looked up in, one of those that are open as a whole; default vouch. */
  readonly database?: string | undefined
  /** ClickHouse's settings by name. Some may be set freely, limits only be lowered; any other refuses the question. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  /** Makes the answer whole before it is given, so that what fails does so instead of an answer, and not within one. */
  readonly whole?: boolean | undefined
  /** Opens what drivers ask of database `system` beyond what is open to all. */
  readonly asDriver?: boolean | undefined
  /** The revision of ClickHouse's protocol that format Native is written for; default 0. */
  readonly revision?: number | undefined
  /** Stops the query in the engine too. */
  readonly signal?: AbortSignal | undefined
}

export type Answer =
  /** Formats of one line a row come as they are computed; `body` can then still fail, with a `WarehouseError`. */
  | {
      readonly tag: 'answered'
      /** The format's name as ClickHouse spells it. */
      readonly format: string
      readonly contentType: string
      readonly body: Readable
      /** What it took; unknown while it is being read. */
      readonly cost: Cost | undefined
    }
  /** Not allowed, by which rule and why, in a sentence that says what would be. */
  | { readonly tag: 'refused'; readonly rule: Rule; readonly reason: string }
  /** Allowed, but the engine said no: syntax, unknown column, a limit. `code` is ClickHouse's. */
  | { readonly tag: 'failed'; readonly code: number | undefined; readonly message: string }

export interface Cost {
  readonly elapsedMs: number
  /** Rows and bytes that the engine says it has read; 0 where it does not say. */
  readonly rowsRead: number
  readonly bytesRead: number
  /** Of the answer. */
  readonly bytes: number
}

export type WarehouseFault =
  /** Another process, or another warehouse of this one, holds the data folder. */
  | 'locked'
  /** The data folder cannot be read. */
  | 'damaged'
  /** The disk of the data folder, or a quota, is full. */
  | 'no-room'
  /** The data folder may not be written to. */
  | 'read-only'
  /** The server does not answer, or takes no work, and that has lasted. */
  | 'unreachable'
  /** The server does not know the user or its password, or the user may not do this there. */
  | 'denied'
  /** The server is too old, or lies otherwise than it was said. */
  | 'unfit'
  /** No tables file names this table, or `migrate` has not been run. */
  | 'unknown-table'
  /** A row does not fit its table. */
  | 'bad-row'
  /** A tables file cannot be understood. */
  | 'bad-tables'
  /** A table has another definition, and others may be writing to it. */
  | 'other-tables'
  /** A generation is another's, or is gone. */
  | 'other-generation'
  /** ClickHouse said no; `code` is its own. */
  | 'engine'
  | 'closed'

/** Everything that a warehouse rejects with. */
export class WarehouseError extends Error {
  readonly fault: WarehouseFault
  /** ClickHouse's error code, if it was ClickHouse that said no. */
  readonly code: number | undefined

  constructor(fault: WarehouseFault, message: string, code?: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'WarehouseError'
    this.fault = fault
    this.code = code
  }
}
