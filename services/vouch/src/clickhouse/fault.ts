import type { Answer, Rule } from '@vouch/warehouse'

/** What went wrong, as ClickHouse's HTTP interface says it. */
export interface Fault {
  readonly tag: 'fault'
  /** ClickHouse's. */
  readonly code: number
  readonly message: string
  /** Where another status fits than the code's. */
  readonly status?: number
  readonly retryAfterSeconds?: number
}

export const fault = (
  code: number,
  message: string,
  more: Pick<Fault, 'status' | 'retryAfterSeconds'> = {},
): Fault => ({
  tag: 'fault',
  code,
  message,
  ...more,
})

/** Codes of ClickHouse that we speak ourselves, by what they are called there. */
export const codes = {
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  UNKNOWN_FORMAT: 73,
  UNKNOWN_DATABASE: 81,
  UNKNOWN_COMPRESSION_METHOD: 89,
  TIMEOUT_EXCEEDED: 159,
  READONLY: 164,
  REQUIRED_PASSWORD: 194,
  QUOTA_EXCEEDED: 201,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  QUERY_IS_TOO_LARGE: 229,
  ABORTED: 236,
  MEMORY_LIMIT_EXCEEDED: 241,
  NOT_ENOUGH_SPACE: 243,
  CANNOT_DECOMPRESS: 271,
  SESSION_NOT_FOUND: 372,
  QUERY_WAS_CANCELLED: 394,
  TOO_MANY_ROWS_OR_BYTES: 396,
  ACCESS_DENIED: 497,
  UNKNOWN_ROLE: 511,
  AUTHENTICATION_FAILED: 516,
  UNSUPPORTED_MEDIA_TYPE: 779,
  UNKNOWN_EXCEPTION: 1002,
} as const

const names: ReadonlyMap<number, string> = new Map(Object.entries(codes).map(([name, code]) => [code, name]))

const codeOfRule: Readonly<Record<Rule, number>> = {
  several: codes.SYNTAX_ERROR,
  statement: codes.READONLY,
  outfile: codes.READONLY,
  settings: codes.READONLY,
  setting: codes.READONLY,
  function: codes.ACCESS_DENIED,
  'table-function': codes.ACCESS_DENIED,
  table: codes.ACCESS_DENIED,
  database: codes.UNKNOWN_DATABASE,
  construct: codes.NOT_IMPLEMENTED,
  format: codes.UNKNOWN_FORMAT,
  parameter: codes.BAD_ARGUMENTS,
  revision: codes.NOT_IMPLEMENTED,
  'too-long': codes.QUERY_IS_TOO_LARGE,
}

/** Why a question has no answer. */
export function faultOf(answer: Exclude<Answer, { tag: 'answered' }>): Fault {
  if (answer.tag === 'refused') return fault(codeOfRule[answer.rule], answer.reason)
  const { code = codes.UNKNOWN_EXCEPTION, message } = answer
  // Drivers ask again by themselves where they are told so, which they are not by the status of a server.
  if (code === codes.TOO_MANY_SIMULTANEOUS_QUERIES) return fault(code, message, { status: 429, retryAfterSeconds: 1 })
  return fault(code, message)
}

/** As drivers read it: `Code: 60. DB::Exception: … (UNKNOWN_TABLE) (version …)`. */
export function faultText({ code, message }: Fault, version: string): string {
  const named = /\([A-Z][A-Z0-9_]{2,}\)$/.test(message)
  const name = named ? '' : ` (${names.get(code) ?? 'UNKNOWN_EXCEPTION'})`
  return `Code: ${code}. DB::Exception: ${message}${name} (version ${version})\n`
}

/** ClickHouse's own, by src/Server/HTTP/exceptionCodeToHTTPStatus.cpp. */
export function statusOf({ code, status }: Fault): number {
  if (status !== undefined) return status
  if (code === codes.REQUIRED_PASSWORD) return 401
  if (forbidden.has(code)) return 403
  if (badRequests.has(code)) return 400
  if (notFound.has(code)) return 404
  return statuses.get(code) ?? 500
}

const forbidden: ReadonlySet<number> = new Set([192, 193, codes.ACCESS_DENIED, 512, codes.AUTHENTICATION_FAILED])

/** What cannot be parsed, or does not fit its type. */
const badRequests: ReadonlySet<number> = new Set([
  6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675, 676,
])

/** Tables, functions, columns, types, databases, settings and the like that are not known. */
const notFound: ReadonlySet<number> = new Set([46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, codes.UNKNOWN_ROLE])

const statuses: ReadonlyMap<number, number> = new Map([
  [codes.NOT_IMPLEMENTED, 501],
  [codes.TIMEOUT_EXCEEDED, 408],
  [codes.QUERY_IS_TOO_LARGE, 413],
  [codes.UNSUPPORTED_MEDIA_TYPE, 415],
])
