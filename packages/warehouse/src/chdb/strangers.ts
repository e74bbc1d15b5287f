import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ChdbConnection } from 'chdb/connection'
import { quote, readSettings } from '../clickhouse.ts'
import { type Allowed, checkQuery, type Inspector } from '../guard/check.ts'
import { type Refusal, refuse } from '../guard/refusal.ts'
import { type Answer, type Question, WarehouseError } from '../port.ts'
import { closedError, engineError } from './failure.ts'
import { type OutputFormat, readFormats } from './formats.ts'
import { type Limits, limitMessage, limitSettings } from './limits.ts'
import { parameterText } from './params.ts'
import { setStatements } from './settings.ts'
import { createTurns } from './turns.ts'

export interface Strangers {
  ask(question: Question): Promise<Answer>
  /** Stops what runs and waits for it. */
  close(): Promise<void>
}

/** ClickHouse's codes for a query that was killed, and for too many of them. */
const cancelled = 394
const tooMany = 202

/**
 * Questions by strangers. Each has a connection of its own, which takes about a millisecond: limits are set first, then
 * `readonly`, which cannot be taken back; parameters stay on it and die with it.
 */
export function createStrangers(connect: () => ChdbConnection, limits: Limits): Strangers {
  const turns = createTurns(limits.atOnce)
  const running = new Set<Running>()
  let formats: Promise<ReadonlyMap<string, OutputFormat>> | undefined
  let closed = false

  async function ask(question: Question): Promise<Answer> {
    const parameters = setParameters(question.params ?? {})
    if (typeof parameters !== 'string') return answerOf(parameters)
    if (turns.waiting >= limits.waiting) {
      return { tag: 'failed', code: tooMany, message: 'Too many queries are waiting; ask again in a while.' }
    }
    const endTurn = await turns.take()
    if (closed || question.signal?.aborted) {
      endTurn()
      return failed(closed ? closedError() : withdrawn(), limits)
    }
    const one = begin(endTurn, question.signal)
    try {
      const settings = setStatements({ ...readSettings, ...limitSettings(limits) })
      await one.connection.chdb.queryAsync(`${settings}; ${parameters}USE vouch; SET readonly = 1`)
      const allowed = await checkQuery(question.query, inspector(one.connection))
      if (allowed.tag === 'refused') return one.end(answerOf(allowed))
      formats ??= readFormats(one.connection)
      const format = formatOf(allowed, question.format, await formats)
      if ('tag' in format) return one.end(answerOf(format))
      return allowed.select && format.comesInPieces
        ? await inPieces(one, allowed.statement, format)
        : await whole(one, allowed.statement, format)
    } catch (error) {
      return one.end(failed(one.stopped ?? engineError(error), limits))
    }
  }

  function begin(endTurn: () => void, signal: AbortSignal | undefined): Running {
    const marker = `/* question ${randomUUID()} */ `
    const connection = connect()
    const ended = Promise.withResolvers<void>()
    const abort = () => one.stop(withdrawn())
    // A reader who does not read keeps the engine from looking at its clock, so this one looks.
    const patience = setTimeout(() => one.stop(unread(limits)), (limits.seconds + 30) * 1000)
    patience.unref()
    signal?.addEventListener('abort', abort, { once: true })
    const one: Running = {
      connection,
      marker,
      stopped: undefined,
      body: undefined,
      ended: ended.promise,
      stop(why) {
        one.stopped ??= why
        one.body?.destroy(one.stopped)
        void kill(connect, marker)
      },
      end(answer) {
        if (!running.delete(one)) return answer
        clearTimeout(patience)
        signal?.removeEventListener('abort', abort)
        void connection.close()
        endTurn()
        ended.resolve()
        return answer
      },
    }
    running.add(one)
    return one
  }

  async function inPieces(one: Running, statement: string, format: OutputFormat): Promise<Answer> {
    const pieces = one.connection.chdb
      .queryStream(one.marker + statement, { format: format.name })
      [Symbol.asyncIterator]()
    const first = await pieces.next()
    const second = first.done ? first : await pieces.next()
    if (second.done) {
      // Most answers are one piece: nothing is left to wait for, however slowly it is read.
      const body = Readable.from(first.done ? [] : [first.value.raw()], { objectMode: false })
      return one.end({ tag: 'answered', contentType: format.contentType, body })
    }
    const ahead = [first, second]
    one.body = new Readable({
      read() {
        const next = ahead.shift()
        Promise.resolve(next ?? pieces.next()).then(
          ({ done, value }) => this.push(done ? null : value.raw()),
          (error: unknown) => this.destroy(one.stopped ?? explained(engineError(error), limits)),
        )
      },
      async destroy(error, callback) {
        await pieces.return?.(undefined)
        one.end(undefined)
        callback(error)
      },
    })
    if (one.stopped) one.body.destroy(one.stopped)
    return { tag: 'answered', contentType: format.contentType, body: one.body }
  }

  async function whole(one: Running, statement: string, format: OutputFormat): Promise<Answer> {
    const result = await one.connection.chdb.queryAsync(one.marker + statement, { format: format.name })
    const body = Readable.from([result.bytes()], { objectMode: false })
    return one.end({ tag: 'answered', contentType: format.contentType, body })
  }

  return {
    ask,
    async close() {
      closed = true
      const all = [...running]
      for (const one of all) one.stop(closedError())
      await Promise.all(all.map((one) => one.ended))
    },
  }
}

interface Running {
  readonly connection: ChdbConnection
  /** A comment in front of the statement, by which it is found among the running ones. */
  readonly marker: string
  /** Why it was stopped from here; the engine only knows that it was. */
  stopped: WarehouseError | undefined
  /** The answer, while it is still being read. */
  body: Readable | undefined
  readonly ended: Promise<void>
  stop(why: WarehouseError): void
  /** Gives back the connection and the turn; gives on the answer. */
  end<T>(answer: T): T
}

/** chDB cannot interrupt a call, but ClickHouse can kill a query, from another connection. */
async function kill(connect: () => ChdbConnection, marker: string): Promise<void> {
  const connection = connect()
  try {
    await connection.chdb.queryAsync(`KILL QUERY WHERE startsWith(query, ${quote(marker)}) ASYNC`)
  } finally {
    await connection.close()
  }
}

function inspector(connection: ChdbConnection): Inspector {
  const text = async (query: string) => {
    try {
      return (await connection.chdb.queryAsync(query, { format: 'TSVRaw' })).text()
    } catch (error) {
      throw engineError(error)
    }
  }
  return {
    format: (query) => text(`SELECT formatQuerySingleLine(${quote(query)})`),
    explainAst: (select) => text(`EXPLAIN AST ${select}`),
    databases: async () => new Set((await text('SELECT name FROM system.databases')).split('\n')),
  }
}

function formatOf(
  allowed: Allowed,
  asked: string | undefined,
  formats: ReadonlyMap<string, OutputFormat>,
): OutputFormat | Refusal {
  const name = allowed.format ?? asked ?? 'JSON'
  return (
    formats.get(name.toLowerCase()) ??
    refuse(
      'format',
      ` ${name} is not known or needs a schema; JSON, JSONEachRow, CSV, TSV, Parquet and PrettyCompact are among those that do.`,
    )
  )
}

/** `SET param_x = '…'; ` for each; kept to the question's own connection, where the driver's way is shared by all. */
function setParameters(params: Readonly<Record<string, unknown>>): string | Refusal {
  let statements = ''
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      return refuse('parameter', ` "${name}" has no plain name; letters, digits and underscores make one.`)
    }
    const text = parameterText(value)
    if (text === undefined) {
      return refuse(
        'parameter',
        ` ${name} is of no kind that can be given; strings, numbers, booleans, null and arrays of these can.`,
      )
    }
    statements += `SET param_${name} = ${quote(text)}; `
  }
  return statements
}

function answerOf({ reason }: Refusal): Answer {
  return { tag: 'refused', reason }
}

function failed(error: WarehouseError, limits: Limits): Answer {
  const { code, message } = explained(error, limits)
  return { tag: 'failed', code, message }
}

function explained(error: WarehouseError, limits: Limits): WarehouseError {
  const message = limitMessage(error.code, limits)
  return message === undefined ? error : new WarehouseError(error.fault, message, error.code, error)
}

function withdrawn(): WarehouseError {
  return new WarehouseError('engine', 'The query was stopped because its asker went away.', cancelled)
}

function unread(limits: Limits): WarehouseError {
  return new WarehouseError('engine', `The answer was not read within ${limits.seconds + 30} seconds.`, cancelled)
}
