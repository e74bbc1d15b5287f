import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Question } from '@vouch/warehouse'
import { codes, type Fault, fault } from './fault.ts'

/** Of the server, as drivers are told. */
export const displayName = 'vouch'

/** What one request of ClickHouse's HTTP interface asks for. */
export interface Asked {
  readonly tag: 'asked'
  readonly question: Omit<Question, 'signal'>
  readonly queryId: string
  /** Whether the answer may be compressed, if the request names a way that is known. */
  readonly mayCompress: boolean
  /** In which times without a zone are written. */
  readonly timezone: string
}

/** Set by drivers for the transport alone, and of no effect here: an answer has no progress in its head, and no log is kept. */
const withoutEffect: ReadonlySet<string> = new Set([
  'async_insert',
  'buffer_size',
  'cancel_http_readonly_queries_on_client_close',
  'close_session',
  'connect_timeout',
  'http_connection_timeout',
  'http_headers_progress_interval_ms',
  'http_receive_timeout',
  'http_response_buffer_size',
  'http_send_timeout',
  'http_zlib_compression_level',
  'log_comment',
  'log_queries',
  'password',
  'quota_key',
  'receive_timeout',
  'send_progress_in_http_headers',
  'send_timeout',
  'session_id',
  'session_timeout',
  'stacktrace',
  'user',
  'wait_for_async_insert',
])

/** Of a time zone; what is none is refused by the engine, but it is not to come that far in a head. */
const isName = /^[\w/+-]{1,64}$/

/** What the names of a query's parameters begin with. */
const parameter = 'param_'

/** Those that stand for one thing each; what is left are ClickHouse's settings. */
const known: ReadonlySet<string> = new Set([
  'client_protocol_version',
  'compress',
  'database',
  'decompress',
  'default_format',
  'enable_http_compression',
  'http_wait_end_of_query',
  'http_write_exception_in_output_format',
  'query',
  'query_id',
  'role',
  'session_check',
  'wait_end_of_query',
])

/**
 * @param params of the address, and of a form
 * @param body what a form has not taken
 */
export function readAsked(params: URLSearchParams, body: string, headers: IncomingHttpHeaders): Asked | Fault {
  const last = (name: string): string | undefined => params.getAll(name).at(-1)
  const isOn = (name: string): boolean => isTrue(last(name))
  const unsupported = unsupportedOf(isOn, params)
  if (unsupported !== undefined) return unsupported

  const queryId = last('query_id') || randomUUID()
  if (!/^[\x20-\x7e]{1,200}$/.test(queryId)) {
    return fault(
      codes.BAD_ARGUMENTS,
      'query_id is no text of up to 200 plain characters; leave it out to be given one.',
    )
  }
  const revision = last('client_protocol_version') ?? '0'
  if (!/^\d{1,9}$/.test(revision)) {
    return fault(codes.BAD_ARGUMENTS, `client_protocol_version is "${revision}"; a whole number is right.`)
  }
  const all = [...params]
  const settings = Object.fromEntries(
    all.filter(([name]) => !name.startsWith(parameter) && !known.has(name) && !withoutEffect.has(name)),
  )
  const paramTexts = Object.fromEntries(
    all.filter(([name]) => name.startsWith(parameter)).map(([name, value]) => [name.slice(parameter.length), value]),
  )
  return {
    tag: 'asked',
    queryId,
    mayCompress: isTrue(last('enable_http_compression') ?? '1'),
    timezone: isName.test(settings.session_timezone ?? '') ? String(settings.session_timezone) : 'UTC',
    question: {
      query: answerable([last('query'), body].filter((part) => part).join('\n')),
      paramTexts,
      settings,
      format: last('default_format') || one(headers['x-clickhouse-format']) || 'TabSeparated',
      database: databaseOf(last('database') || one(headers['x-clickhouse-database'])),
      revision: Number(revision),
      whole: isOn('wait_end_of_query') || isOn('http_wait_end_of_query'),
      asDriver: true,
    },
  }
}

/**
 * What drivers written in Go ask first, and will not go on without. It asks for the machine's name too, which is not theirs to
 * know and closed to all; a server's is the name that it has been given.
 */
const hello = 'SELECT displayName(), version(), revision(), timezone()'

const answerable = (query: string): string =>
  query === hello ? hello.replace('displayName()', `'${displayName}'`) : query

function unsupportedOf(isOn: (name: string) => boolean, params: URLSearchParams): Fault | undefined {
  if (isOn('compress') || isOn('decompress')) {
    return fault(
      codes.NOT_IMPLEMENTED,
      "compress and decompress, ClickHouse's own compressed blocks, are not spoken; leave them out (compress=false in JDBC), and send Accept-Encoding zstd, gzip, br or deflate.",
    )
  }
  if (isOn('http_write_exception_in_output_format')) {
    return fault(codes.NOT_IMPLEMENTED, 'http_write_exception_in_output_format is not spoken; leave it out.')
  }
  if (isOn('session_check')) {
    return fault(
      codes.SESSION_NOT_FOUND,
      'No sessions are kept, since nothing can be changed in one; leave session_check out.',
    )
  }
  const role = params.get('role')
  if (role) return fault(codes.UNKNOWN_ROLE, 'There are no roles; what a key may do is its scope. Leave role out.')
  return undefined
}

/** Drivers name `default` where nobody has named one. */
const databaseOf = (name: string | undefined): string | undefined => (name === 'default' || !name ? undefined : name)

const isTrue = (value: string | undefined): boolean => value === '1' || value === 'true'

const one = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.at(-1) : header
