import type { ChdbConnection } from 'chdb/connection'
import { quote, readSettings } from '../clickhouse.ts'
import { type Allowed, checkQuery, type Inspector } from '../guard/check.ts'
import { isOpenDatabase, openDatabases } from '../guard/names.ts'
import { type Refusal, refuse } from '../guard/refusal.ts'
import { openSettings } from '../guard/settings.ts'
import { type Answer, type Question, WarehouseError } from '../port.ts'
import { answerGathered, answerInPieces, answerWhole, explained } from './answers.ts'
import { closedError, engineError } from './failure.ts'
import { type OutputFormat, readFormats } from './formats.ts'
import { type Limits, limitMessage, limitSettings, lowered } from './limits.ts'
import { setParameters } from './params.ts'
import { nativeJoining, unknownSince } from './pieces.ts'
import { type Running, startRunning } from './running.ts'
import { setStatements } from './settings.ts'
import { createTurns } from './turns.ts'

export interface Strangers {
  ask(question: Question): Promise<Answer>
  /** Stops what runs and waits for it. */
  close(): Promise<void>
}

/** ClickHouse's codes for a query that took too long, was killed, or is one too many. */
const timeout = 159
const cancelled = 394
const tooMany = 202

/** What the engine may be late by before the asker is told without it: a single call of a function has no clock. */
const graceMs = 2_000

/**
 * Questions by strangers. Each has a connection of its own, which takes about a millisecond: limits are set first, then
 * `readonly`, which cannot be taken back; parameters stay on it and die with it.
 */
export function createStrangers(connect: () => ChdbConnection, limits: Limits): Strangers {
  const turns = createTurns(limits.atOnce)
  const running = new Set<Running>()
  let formats: Promise<ReadonlyMap<string, OutputFormat>> | undefined
  let closed = false
  let unreadBytes = 0

  async function ask(question: Question): Promise<Answer> {
    const terms = termsOf(question, limits)
    if (terms.tag === 'refused') return terms
    if (turns.waiting >= limits.waiting) {
      return { tag: 'failed', code: tooMany, message: 'Too many queries are waiting; ask again in a while.' }
    }
    const endTurn = await turns.take()
    if (closed || question.signal?.aborted) {
      endTurn()
      return failed(closed ? closedError() : withdrawn())
    }
    const one = start(endTurn)
    running.add(one)
    const overrun = setTimeout(() => one.stop(tooLong(limits)), limits.seconds * 1000 + graceMs)
    const abort = () => one.stop(withdrawn())
    question.signal?.addEventListener('abort', abort, { once: true })
    one.ended.then(() => {
      running.delete(one)
      question.signal?.removeEventListener('abort', abort)
    })
    try {
      return await answer(one, question, terms)
    } catch (error) {
      return one.end(failed(one.stopped ?? explained(engineError(error), terms.limits)))
    } finally {
      clearTimeout(overrun)
    }
  }

  function start(endTurn: () => void): Running {
    try {
      return startRunning({ connect, endTurn, graceMs })
    } catch (error) {
      endTurn()
      throw error
    }
  }

  async function answer(one: Running, question: Question, terms: Terms): Promise<Answer> {
    // The guard is to see what there is, whatever the asker has set: a `limit` would hide databases from it.
    await restrict(one, { ...terms, settings: {} }, true)
    const allowed = await checkQuery(question.query, inspectorOf(one), question.asDriver)
    if (allowed.tag === 'refused') return one.end(allowed)
    formats ??= readFormats(one.connection).catch((error: unknown) => {
      formats = undefined
      throw error
    })
    const format = formatOf(allowed, question, await formats)
    if ('tag' in format) return one.end(format)
    const { joining } = format
    const inPieces = allowed.select && joining !== undefined
    if (inPieces || Object.keys(terms.settings).length > 0) {
      one.renew()
      await restrict(one, terms, !inPieces)
    }
    if (inPieces && !question.whole) {
      return await answerInPieces(one, allowed.statement, { ...format, joining }, terms.limits)
    }
    // Whoever reads slowly, or not at all, holds no turn, but all of the answer.
    if (unreadBytes >= limits.unreadBytes) return one.end(tooMuchUnread)
    return hold(
      inPieces
        ? await answerGathered(one, allowed.statement, { ...format, joining }, terms.limits)
        : await answerWhole(one, allowed.statement, format),
    )
  }

  function hold(answer: Answer): Answer {
    if (answer.tag !== 'answered') return answer
    const bytes = answer.cost?.bytes ?? 0
    unreadBytes += bytes
    answer.body.once('close', () => {
      unreadBytes -= bytes
    })
    return answer
  }

  async function restrict(one: Running, { settings, parameters, database }: Terms, whole: boolean): Promise<void> {
    const all = setStatements({ ...readSettings, ...limitSettings(limits, whole), ...settings })
    await one.wait(one.connection.chdb.queryAsync(`${all}; ${parameters}USE ${database}; SET readonly = 1`))
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

/** What a question sets, looked through before anything is asked of the engine. */
interface Terms {
  readonly tag: 'terms'
  readonly database: string
  readonly settings: Readonly<Record<string, number | string>>
  /** As statements of SET. */
  readonly parameters: string
  /** With those that the question has lowered. */
  readonly limits: Limits
}

function termsOf(question: Question, limits: Limits): Terms | Refusal {
  const parameters = setParameters(question.params ?? {}, question.paramTexts)
  if (typeof parameters !== 'string') return parameters
  const { database = 'vouch', revision = 0 } = question
  if (!isOpenDatabase(database)) {
    return refuse('database', ` ${database} is not open to queries; ${openDatabases.join(', ')} are.`)
  }
  if (revision >= unknownSince) {
    return refuse('revision', ` ${revision} is not spoken; those below ${unknownSince} are.`)
  }
  const opened = openSettings(question.settings ?? {}, limits)
  if (opened.tag === 'refused') return opened
  return { tag: 'terms', database, settings: opened.settings, parameters, limits: lowered(limits, opened.settings) }
}

function inspectorOf(one: Running): Inspector {
  const text = async (query: string) => {
    try {
      return (await one.wait(one.connection.chdb.queryAsync(one.marked(query), { format: 'TSVRaw' }))).text()
    } catch (error) {
      throw one.stopped ?? engineError(error)
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
  { format, revision = 0 }: Question,
  formats: ReadonlyMap<string, OutputFormat>,
): OutputFormat | Refusal {
  const name = allowed.format ?? format ?? 'JSON'
  const known = formats.get(name.toLowerCase())
  if (known === undefined) {
    return refuse(
      'format',
      ` ${name} is not known or needs a schema; JSON, JSONEachRow, CSV, TSV, Parquet and PrettyCompact are some that can be had.`,
    )
  }
  return known.name === 'Native' ? { ...known, joining: nativeJoining(revision) } : known
}

const tooMuchUnread: Answer = {
  tag: 'failed',
  code: tooMany,
  message:
    'Answers are waiting to be read; ask again in a while, or for a format of one line a row such as JSONEachRow.',
}

function failed({ code, message }: WarehouseError): Answer {
  return { tag: 'failed', code, message }
}

function withdrawn(): WarehouseError {
  return new WarehouseError('engine', 'The query was stopped because its asker went away.', cancelled)
}

function tooLong(limits: Limits): WarehouseError {
  return new WarehouseError('engine', limitMessage(timeout, limits) ?? 'The query ran too long.', timeout)
}
