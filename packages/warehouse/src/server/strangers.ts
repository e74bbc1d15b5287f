import { Readable } from 'node:stream'
import { joinings } from '../chdb/pieces.ts'
import { readSettings } from '../clickhouse.ts'
import { checkQuery } from '../guard/check.ts'
import { isOpenFormat } from '../guard/names.ts'
import { type Answer, type Cost, type Question, WarehouseError } from '../port.ts'
import { explained, type Limits, limitSettings } from '../strangers/limits.ts'
import { createStrangers, type Strangers } from '../strangers/strangers.ts'
import { failed, formatOf, inspectorOver, type Terms, unread, unreadMs } from '../strangers/terms.ts'
import { untilException } from './exception.ts'
import type { Passing } from './failure.ts'
import { type Running, startRunning } from './running.ts'
import type { Reply, Sender, Sending } from './send.ts'

/** What strangers need of the server. */
export interface Line {
  readonly sender: Sender
  /** Tries again what passes, for as long as somebody is likely to wait. */
  patiently<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** ` ON CLUSTER …`, or nothing. */
  readonly onCluster: string
  /** Set for all that reads. */
  readonly settings: Readonly<Record<string, string | number>>
}

/** ClickHouse's code for a right that a user lacks, as to a table that only some may read. */
const accessDenied = 497

/**
 * Questions to a server, through the same check as in the process. Each request brings its limits, and is read-only for the
 * server too, which the user's own rights say besides.
 */
export function createServerStrangers(line: Line, limits: Limits): Strangers {
  let formats: Promise<ReadonlyMap<string, string>> | undefined

  async function answer(one: Running, question: Question, terms: Terms): Promise<Answer> {
    const given = await answerTo(one, question, terms)
    if (given.tag !== 'answered') one.end(true)
    return given
  }

  function explain(one: Running, error: unknown, terms: Terms): Answer {
    one.end(true)
    if (one.stopped !== undefined) return failed(one.stopped)
    const isOurs = !(error instanceof WarehouseError) || error.code === undefined || error.fault === 'denied'
    if (isOurs && (error as WarehouseError).code !== accessDenied) throw error
    return failed(explained(error as WarehouseError, terms.limits))
  }

  async function answerTo(one: Running, question: Question, terms: Terms): Promise<Answer> {
    // The guard is to see what there is, whatever the asker has set: a `limit` would hide databases from it.
    const looking = settingsOf({ ...terms, settings: {} }, true)
    const inspector = inspectorOver((query) => {
      const settings = { ...looking, default_format: 'TSVRaw', wait_end_of_query: 1 }
      const { signal } = one
      return line.patiently(() => line.sender.whole({ statement: query, settings, signal }), signal)
    })
    const allowed = await checkQuery(question.query, inspector, question.asDriver)
    if (allowed.tag === 'refused') return allowed
    formats ??= readFormats().catch((error: unknown) => {
      formats = undefined
      throw error
    })
    const format = formatOf(allowed, question.format, await formats)
    if (typeof format !== 'string') return format
    const isWhole = question.whole || !allowed.select || !joinings.has(format.toLowerCase())
    const sending: Sending = {
      statement: allowed.statement,
      settings: {
        ...settingsOf(terms, isWhole),
        default_format: format,
        ...(question.revision !== undefined && { client_protocol_version: question.revision }),
        ...(isWhole && { wait_end_of_query: 1 }),
      },
      queryId: one.queryId,
      signal: one.signal,
    }
    const reply = await line.patiently(() => line.sender.send(sending), one.signal)
    return {
      tag: 'answered',
      format: reply.head('x-clickhouse-format') ?? format,
      contentType: reply.head('content-type') ?? 'application/octet-stream',
      body: bodyOf(one, reply, terms.limits),
      cost: isWhole ? costOf(reply) : undefined,
    }
  }

  function bodyOf(one: Running, { body: source, head }: Reply, terms: Limits): Readable {
    const chunks = untilException(source, head('x-clickhouse-exception-tag'))
    let ended = false
    const body = new Readable({
      read() {
        chunks.next().then(
          ({ done, value }) => {
            ended = done ?? false
            this.push(done ? null : value)
          },
          (error: unknown) => {
            ended = true
            this.destroy(one.stopped ?? explained(brokenOff(error), terms))
          },
        )
      },
      destroy(error, callback) {
        clearTimeout(patience)
        source.destroy()
        one.end(ended)
        callback(error)
      },
    })
    const patience = setTimeout(() => one.stop(unread), unreadMs)
    patience.unref()
    // Whoever reads hears of an error by reading; one that nobody reads must not end the process.
    body.on('error', () => undefined)
    source.on('error', () => undefined)
    one.reads(body)
    return body
  }

  /** The server hears late or not at all that nobody listens any more, so it is told. */
  async function kill(queryId: string): Promise<void> {
    const statement = `KILL QUERY${line.onCluster} WHERE query_id = '${queryId}' ASYNC`
    await line.sender.whole({ statement, settings: {} }).catch(() => undefined)
  }

  function settingsOf({ settings, parameters, database }: Terms, whole: boolean): Record<string, string | number> {
    const texts = [...parameters].map(([name, text]) => [`param_${name}`, text] as const)
    return {
      ...readSettings,
      ...line.settings,
      ...limitSettings(limits, whole),
      // A server has a log of queries, which its administrator reads.
      log_queries: 1,
      ...settings,
      ...Object.fromEntries(texts),
      cancel_http_readonly_queries_on_client_close: 1,
      http_write_exception_in_output_format: 0,
      database,
      readonly: 1,
    }
  }

  async function readFormats(): Promise<ReadonlyMap<string, string>> {
    const statement = 'SELECT name FROM system.formats WHERE is_output FORMAT TSVRaw'
    const text = await line.patiently(() => line.sender.whole({ statement, settings: {} }))
    const names = text.split('\n').filter((name) => name !== '' && isOpenFormat(name))
    return new Map(names.map((name) => [name.toLowerCase(), name]))
  }

  return createStrangers(limits, { start: () => startRunning(kill), answer, explain })
}

/** An answer that has begun cannot be had again from where it ended. */
function brokenOff(error: unknown): WarehouseError {
  if (error instanceof WarehouseError) return error
  const { message, code } = error as Passing
  return new WarehouseError('engine', code === undefined ? `The answer was cut off: ${message}.` : message, code, error)
}

function costOf({ head }: Reply): Cost | undefined {
  const summary = head('x-clickhouse-summary')
  if (summary === undefined) return undefined
  const said = JSON.parse(summary) as Record<string, string>
  return {
    elapsedMs: Number(said.elapsed_ns ?? 0) / 1e6,
    rowsRead: Number(said.read_rows ?? 0),
    bytesRead: Number(said.read_bytes ?? 0),
    bytes: Number(said.result_bytes ?? 0),
  }
}
