import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type ClickHouseClient, ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client'
import { WarehouseError } from '../port.ts'
import { networkError, type Passing, saidError } from './failure.ts'

export interface Address {
  /** Scheme, host and port; a path where a proxy asks for one. */
  readonly url: string
  readonly user: string
  readonly password: string
}

/** One request, and all that is set for it. */
export interface Sending {
  readonly statement: string
  /** Of an INSERT from `input(…)`. */
  readonly rows?: Buffer | undefined
  /** ClickHouse's settings, and values of parameters as `param_NAME`. */
  readonly settings: Readonly<Record<string, string | number>>
  readonly queryId?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Reply {
  readonly body: Readable
  readonly head: (name: string) => string | undefined
}

export interface Sender {
  /** Resolves with the head of a good answer. Rejects with `Passing` or a `WarehouseError`. */
  send(sending: Sending): Promise<Reply>
  /** As `send`, with all of the answer. */
  whole(sending: Sending): Promise<string>
  close(): Promise<void>
}

/**
 * Requests to a ClickHouse server. The client's own ways of answering are passed over: some take an answer that was cut off
 * for its end, and none says with which status something failed.
 * @param silentMs how long a request may be without a sign
 */
export function createSender({ url, user, password }: Address, silentMs: number): Sender {
  const client: ClickHouseClient = createClient({
    url,
    username: user,
    password,
    application: 'vouch',
    request_timeout: silentMs,
    max_open_connections: 16,
    log: { level: ClickHouseLogLevel.OFF },
  })

  async function send({ statement, rows, settings, queryId, signal }: Sending): Promise<Reply> {
    const sent = await client
      .exec({
        query: statement,
        ...(rows && { values: Readable.from([rows]) }),
        clickhouse_settings: settings as ClickHouseSettings,
        ...(queryId !== undefined && { query_id: queryId }),
        ...(signal && { abort_signal: signal }),
        decompress_response_stream: false,
        ignore_error_response: true,
      })
      .catch((error: unknown) => {
        throw networkError(error)
      })
    const head = (name: string) => {
      const value = sent.response_headers[name]
      return Array.isArray(value) ? value[0] : value
    }
    const { http_status_code: status = 0 } = sent
    const code = head('x-clickhouse-exception-code')
    if (status < 300 && code === undefined) return { body: sent.stream, head }
    throw turnedAway(saidError(status, code, await textOf(sent.stream)), { url, user })
  }

  return {
    send,
    async whole(sending) {
      return textOf((await send(sending)).body)
    },
    close: () => client.close(),
  }
}

/** All of it, or `Passing` where it was cut off. */
async function textOf(body: Readable): Promise<string> {
  try {
    return await text(body)
  } catch (error) {
    throw networkError(error)
  }
}

/** Who may not do something is told to whoever can let them. */
function turnedAway(
  error: WarehouseError | Passing,
  { url, user }: Omit<Address, 'password'>,
): WarehouseError | Passing {
  if (!(error instanceof WarehouseError) || error.fault !== 'denied') return error
  const said = error.message.replace(/\.?$/, '.')
  const message = `ClickHouse at ${url} does not let user ${user}: ${said} See to the user and its password in VOUCH_WAREHOUSE; vouch warehouse users prints what it may have to do.`
  return new WarehouseError('denied', message, error.code, error)
}
