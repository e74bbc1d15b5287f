import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { joinings } from '../chdb/pieces.ts'
import { readSettings } from '../clickhouse.ts'
import { closedError } from '../engine-error.ts'
import { checkQuery } from '../guard/check.ts'
import { isOpenFormat } from '../guard/names.ts'
import { type Answer, type Cost, type Question, WarehouseError } from '../port.ts'
import { explained, type Limits, limitSettings } from '../strangers/limits.ts'
import {
  failed,
  formatOf,
  inspectorOver,
  type Terms,
  termsOf,
  tooLong,
  tooManyWaiting,
  unread,
  unreadMs,
  withdrawn,
} from '../strangers/terms.ts'
import { createTurns } from '../turns.ts'
import { untilException } from './exception.ts'
import type { Passing } from './failure.ts'
import type { Reply, Sender, Sending } from './send.ts'

export interface Strangers {
  ask(question: Question): Promise<Answer>
  /** Stops what runs and waits for it. */
  close(): Promise<void>
}

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

/** What the server may be late by before the asker is told without it. */
const graceMs = 2_000

/** One question that the server is at work on, or whose answer is still being read. */
interface Running {
  readonly queryId: string
  readonly aborting: AbortController
  stopped: WarehouseError | undefined
  body: Readable | undefined
  readonly ended: PromiseWithResolvers<void>
}

/**
 * Questions by strangers, through the same check as in the process. Each request brings its limits, and is read-only for the
 * server too, which the user's own rights say besides.
 */
export function createStrangers(line: Line, limits: Limits): Strangers {
  const turns = createTurns(limits.atOnce)
  const running = new Set<Running>()
  let formats: Promise<ReadonlyMap<string, string>> | undefined
  let closed = false

  async function ask(question: Question): Promise<Answer> {
    const terms = termsOf(question, limits)
    if (terms.tag === 'refused') return terms
    if (turns.waiting >= limits.waiting) return tooManyWaiting
    const endTurn = await turns.take()
    if (closed || question.signal?.aborted) {
      endTurn()
      return failed(closed ? closedError() : withdrawn())
    }
    const one: Running = {
      queryId: randomUUID(),
      aborting: new AbortController(),
      stopped: undefined,
      body: undefined,
      ended: Promise.withResolvers(),
    }
    running.add(one)
    const overrun = setTimeout(() => stop(one, tooLong(limits)), limits.seconds * 1000 + graceMs)
    const abort = () => stop(one, withdrawn())
    question.signal?.addEventListener('abort', abort, { once: true })
    one.ended.promise.then(() => {
      running.delete(one)
      question.signal?.removeEventListener('abort', abort)
      endTurn()
    })
    try {
      const answer = await answerTo(one, question, terms)
      if (one.body === undefined) one.ended.resolve()
      return answer
    } catch (error) {
      one.ended.resolve()
      if (one.stopped !== undefined) return failed(one.stopped)
      // What the asker has no part in is for who runs the server.
      const isOurs = !(error instanceof WarehouseError) || error.code === undefined || error.fault === 'denied'
      if (isOurs && (error as WarehouseError).code !== accessDenied) throw error
      return failed(explained(error as WarehouseError, terms.limits))
    } finally {
      clearTimeout(overrun)
    }
  }

  async function answerTo(one: Running, question: Question, terms: Terms): Promise<Answer> {
    // The guard is to see what there is, whatever the asker has set: a `limit` would hide databases from it.
    const looking = settingsOf({ ...terms, settings: {} }, true)
    const inspector = inspectorOver((query) => {
      const settings = { ...looking, default_format: 'TSVRaw', wait_end_of_query: 1 }
      const { signal } = one.aborting
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
      signal: one.aborting.signal,
    }
    const reply = await line.patiently(() => line.sender.send(sending), one.aborting.signal)
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
        if (ended) one.ended.resolve()
        else kill(one).finally(one.ended.resolve)
        callback(error)
      },
    })
    const patience = setTimeout(() => stop(one, unread), unreadMs)
    patience.unref()
    // Whoever reads hears of an error by reading; one that nobody reads must not end the process.
    body.on('error', () => undefined)
    source.on('error', () => undefined)
    one.body = body
    if (one.stopped) body.destroy(one.stopped)
    return body
  }

  function stop(one: Running, why: WarehouseError): void {
    if (one.stopped) return
    one.stopped = why
    if (one.body) return void one.body.destroy(why)
    one.aborting.abort()
    void kill(one)
  }

  /** The server hears late or not at all that nobody listens any more, so it is told. */
  async function kill({ queryId }: Running): Promise<void> {
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

  return {
    ask,
    async close() {
      closed = true
      const all = [...running]
      for (const one of all) stop(one, closedError())
      await Promise.all(all.map((one) => one.ended.promise))
    },
  }
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
