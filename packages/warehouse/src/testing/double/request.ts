import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** One request of ClickHouse's HTTP interface, read. */
export interface DoubleRequest {
  /** What is to be run, without a body of rows. */
  readonly statement: string
  /** Rows to be inserted. */
  readonly rows: Buffer | undefined
  readonly queryId: string
  readonly database: string | undefined
  readonly format: string
  /** The answer is made whole before it is given. */
  readonly whole: boolean
  readonly revision: number
  /** Of ClickHouse, as they came; `readonly` is among them. */
  readonly settings: Readonly<Record<string, string>>
  readonly parameters: ReadonlyMap<string, string>
  readonly user: string
  readonly password: string
}

/** Of the protocol, and no settings. */
const ofProtocol: ReadonlySet<string> = new Set([
  'buffer_size',
  'client_protocol_version',
  'database',
  'default_format',
  'query',
  'query_id',
  'wait_end_of_query',
])

export async function readRequest(request: IncomingMessage): Promise<DoubleRequest> {
  const params = new URL(request.url ?? '/', 'http://here').searchParams
  const body = await buffer(request)
  const inAddress = params.get('query') ?? undefined
  const all = [...params]
  const [user = '', password = ''] = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64')
    .toString()
    .split(/:(.*)/s)
  return {
    statement: inAddress ?? body.toString(),
    rows: inAddress === undefined ? undefined : body,
    queryId: params.get('query_id') ?? '',
    database: params.get('database') ?? undefined,
    format: params.get('default_format') ?? 'TabSeparated',
    whole: params.get('wait_end_of_query') === '1',
    revision: Number(params.get('client_protocol_version') ?? 0),
    settings: Object.fromEntries(all.filter(([name]) => !name.startsWith('param_') && !ofProtocol.has(name))),
    parameters: new Map(
      all.filter(([name]) => name.startsWith('param_')).map(([name, value]) => [name.slice('param_'.length), value]),
    ),
    user,
    password,
  }
}
