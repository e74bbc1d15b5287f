import type { Answer, Question } from './port.ts'

/**
 * ClickHouse, whichever way it is reached: in the process (chdb/) or as a server. All SQL of the warehouse is written
 * against this and is the same for both. Everything rejects with a `WarehouseError`.
 */
export interface ClickHouse {
  /** Runs one statement that gives no rows. */
  command(statement: string): Promise<void>
  rows<T>(query: string, params?: Readonly<Record<string, unknown>>): Promise<T[]>
  /** Inserts tab-separated rows as one block into one partition, durable when it resolves. */
  insert(table: string, columns: readonly string[], rows: Buffer): Promise<void>
  ask(question: Question): Promise<Answer>
  close(): Promise<void>
}

/** What any connection of ours asks for: days and times are UTC, and JSON keeps every digit. */
export const readSettings = {
  session_timezone: 'UTC',
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
} as const

/**
 * Pinned, because 26.x changed several defaults. One block an insert, written before the answer, never dropped in silence
 * as a repetition of an earlier one; rows are compared by (generation, position, line) instead. A JSON column keeps strings
 * that look like dates as they came; of {"a.b":1,"a":{"b":2}}, which is one path to it, it keeps the first value.
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
  input_format_allow_errors_num: 0,
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  type_json_skip_duplicated_paths: 1,
  date_time_input_format: 'basic',
} as const

/** A string literal of ClickHouse SQL. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
