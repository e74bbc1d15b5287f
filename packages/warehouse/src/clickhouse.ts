import type { Column } from './block/columns.ts'
import type { Answer, Question } from './port.ts'

/**
 * ClickHouse, whichever way it is reached: in the process (chdb/) or as a server. All SQL of the warehouse is written
 * against this and is the same for both. Everything rejects with a `WarehouseError`.
 */
export interface ClickHouse {
  /** Runs one statement that gives no rows. */
  command(statement: string): Promise<void>
  /**
   * Inserts a row into a table that every node of a cluster has; `{sequence}` in the statement, if it is there, stands for the
   * next of a table of which the newest sequence counts.
   * Where an answer can be lost and the statement be repeated, the repetition writes the same row.
   */
  append(table: string, statement: string): Promise<void>
  rows<T>(query: string, params?: Readonly<Record<string, unknown>>): Promise<T[]>
  /**
   * Inserts a block in format Native into one partition, durable when it resolves.
   * @param columns of the block, as it has them; ClickHouse casts them to those of the table
   */
  insert(table: string, columns: readonly Column[], block: Buffer): Promise<void>
  ask(question: Question): Promise<Answer>
  close(): Promise<void>
}

/**
 * How text becomes JSON, in a column of the type or where a view makes it of text: strings that look like dates stay as they
 * came; of {"a.b":1,"a":{"b":2}}, which is one path to it, the first value is kept.
 */
const jsonSettings = {
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  type_json_skip_duplicated_paths: 1,
} as const

/** What any connection of ours asks for: days and times are UTC, JSON keeps every digit, and FINAL passes over what an index rules out. */
export const readSettings = {
  session_timezone: 'UTC',
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  // A row that was written again is the same row: an index that passes over one of the two is right about the other.
  use_skip_indexes_if_final_exact_mode: 0,
  ...jsonSettings,
} as const

/**
 * Pinned, because 26.x changed several defaults. One block an insert, written before the answer, never dropped in silence
 * as a repetition of an earlier one; rows are compared by (generation, position, line) instead.
 */
export const insertSettings = {
  async_insert: 0,
  insert_deduplicate: 0,
  deduplicate_insert: 'disable',
  max_insert_threads: 1,
  max_insert_block_size: 1_000_000_000,
  min_insert_block_size_rows: 1_000_000_000,
  min_insert_block_size_bytes: 0,
  // A block is collapsed as it is written, which lets FINAL pass over parts that do not intersect.
  optimize_on_insert: 1,
  input_format_null_as_default: 1,
  date_time_input_format: 'basic',
  ...jsonSettings,
} as const

/** A string literal of ClickHouse SQL. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** `a = 1, b = 'x'`, as a query's SETTINGS has them: they hold for that query. */
export function settingsClause(settings: Readonly<Record<string, number | string>>): string {
  return Object.entries(settings).map(assignment).join(', ')
}

function assignment([name, value]: readonly [string, number | string]): string {
  return `${name} = ${typeof value === 'number' ? value : quote(value)}`
}
