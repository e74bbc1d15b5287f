import type { Readable } from 'node:stream'

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

/** A row's values by column name; Decimals and 64-bit integers as strings, times as 'YYYY-MM-DD hh:mm:ss.sss'. */
export type RowValues = Readonly<Record<string, unknown>>

/**
 * The warehouse port: generations of append-only tables. A row is identified by (generation, position, line): writing it
 * again changes nothing that a reader can see, so that a writer may repeat itself after any failure.
 */
export interface Warehouse {
  /** Brings databases, storage tables and views to the newest migration; safe to repeat, and after a crash. */
  migrate(): Promise<void>
  /** Inserts rows of one table; durable when it resolves. Rows hold position and line, not generation. */
  insert(table: string, generation: number, rows: readonly RowValues[]): Promise<void>
  /** Moves the one pointer of a slot. */
  publish(slot: Slot, mark: Published): Promise<void>
  published(slot: Slot): Promise<Published | undefined>
  /** Generations that hold any row in any table, ascending. */
  generations(): Promise<number[]>
  dropGeneration(generation: number): Promise<void>
  /** Row count and an order-independent 128-bit hash (hex) of a table's rows up to a position, each row once. */
  digest(table: string, generation: number, upTo: bigint): Promise<{ rows: bigint; hash: string }>
  /** Names of the storage tables. */
  tables(): readonly string[]
  /** A query of our own: trusted, unguarded. */
  rows<T>(query: string, params?: Readonly<Record<string, unknown>>): Promise<T[]>
  /** A query by a stranger: read-only, checked against the allow-list, limited. */
  ask(question: Question): Promise<Answer>
  close(): Promise<void>
}

export interface Question {
  readonly query: string
  readonly params?: Readonly<Record<string, unknown>> | undefined
  /** Any ClickHouse output format; default JSON. A FORMAT clause in the query is honoured. */
  readonly format?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export type Answer =
  | { readonly tag: 'answered'; readonly contentType: string; readonly body: Readable }
  /** Not allowed, and why, in a sentence that says what would be. */
  | { readonly tag: 'refused'; readonly reason: string }
  /** Allowed, but the engine said no: syntax, unknown column, a limit. `code` is ClickHouse's. */
  | { readonly tag: 'failed'; readonly code: number | undefined; readonly message: string }
