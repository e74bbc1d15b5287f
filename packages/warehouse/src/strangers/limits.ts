import { availableParallelism } from 'node:os'
import { WarehouseError } from '../port.ts'

/** What one stranger's question may use. */
export interface Limits {
  readonly seconds: number
  readonly memoryBytes: number
  /** Of an answer that has to be whole before it is given, which is any format but those of a line a row. */
  readonly answerBytes: number
  /** Of whole answers that are given and not read to the end yet, by all askers; while there are more, no further ones are made. */
  readonly unreadBytes: number
  readonly temporaryDiskBytes: number
  readonly threads: number
  /** Questions that run at once; each holds one of libuv's four threads. */
  readonly atOnce: number
  /** Questions that may wait for their turn; further ones fail at once. */
  readonly waiting: number
}

export const defaultLimits: Limits = {
  seconds: 30,
  memoryBytes: 1_000_000_000,
  answerBytes: 256_000_000,
  unreadBytes: 512_000_000,
  temporaryDiskBytes: 4_000_000_000,
  threads: Math.max(1, availableParallelism() - 1),
  atOnce: 2,
  waiting: 64,
}

/**
 * As ClickHouse settings; to be set before `readonly`, which nothing can be set after.
 * @param whole the answer is to be given as one piece
 */
export function limitSettings(limits: Limits, whole: boolean): Readonly<Record<string, number | string>> {
  return {
    max_execution_time: limits.seconds,
    timeout_overflow_mode: 'throw',
    max_memory_usage: limits.memoryBytes,
    max_result_bytes: whole ? limits.answerBytes : 0,
    result_overflow_mode: 'throw',
    max_temporary_data_on_disk_size_for_query: limits.temporaryDiskBytes,
    max_threads: limits.threads,
    max_ast_depth: 500,
    max_ast_elements: 20_000,
    max_query_size: 1_000_000,
    enable_analyzer: 1,
    allow_introspection_functions: 0,
    log_queries: 0,
  }
}

/** The limits of a question that has lowered some by its settings. */
export function lowered(limits: Limits, settings: Readonly<Record<string, number | string>>): Limits {
  return {
    ...limits,
    seconds: Number(settings.max_execution_time ?? limits.seconds),
    memoryBytes: Number(settings.max_memory_usage ?? limits.memoryBytes),
  }
}

/** ClickHouse's codes for a limit that was reached, and what to do about it. */
export function limitMessage(code: number | undefined, limits: Limits): string | undefined {
  switch (code) {
    case 159:
      return `The query ran longer than ${limits.seconds} s and was stopped; ask for less at a time, such as fewer days or one program.`
    case 241:
      return `The query needed more than ${limits.memoryBytes} bytes of memory and was stopped; group by less, or ask for less at a time.`
    case 396:
      return `The answer is larger than ${limits.answerBytes} bytes; ask for less, or for a format of one line a row such as JSONEachRow, TSV or CSV.`
    case 243:
      return `The query needed more than ${limits.temporaryDiskBytes} bytes of temporary disk and was stopped; ask for less at a time.`
    default:
      return undefined
  }
}

/** An engine's error, with what to do about it where that is known. */
export function explained(error: WarehouseError, limits: Limits): WarehouseError {
  const message = error.fault === 'engine' ? limitMessage(error.code, limits) : undefined
  return message === undefined ? error : new WarehouseError(error.fault, message, error.code, error)
}
