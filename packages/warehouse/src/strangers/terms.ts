import { quote } from '../clickhouse.ts'
import type { Allowed, Inspector } from '../guard/check.ts'
import { isOpenDatabase, openDatabases } from '../guard/names.ts'
import { type Refusal, refuse } from '../guard/refusal.ts'
import { openSettings } from '../guard/settings.ts'
import { type Answer, type Question, WarehouseError } from '../port.ts'
import { type Limits, limitMessage, lowered } from './limits.ts'
import { type ParameterTexts, parameterTexts } from './params.ts'

/** ClickHouse's codes for a query that took too long, was killed, or is one too many. */
const timeout = 159
const cancelled = 394
export const tooMany = 202

/** From this revision of ClickHouse's protocol on columns of format Native may be written in ways that nobody has looked at. */
const unknownSince = 54_465

/** What a question sets, looked through before anything is asked of the engine. */
export interface Terms {
  readonly tag: 'terms'
  readonly database: string
  readonly settings: Readonly<Record<string, number | string>>
  readonly parameters: ParameterTexts
  /** With those that the question has lowered. */
  readonly limits: Limits
}

export function termsOf(question: Question, limits: Limits): Terms | Refusal {
  const parameters = parameterTexts(question.params ?? {}, question.paramTexts)
  if ('tag' in parameters) return parameters
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

/** @param text gives the answer to a query, in format TSVRaw */
export function inspectorOver(text: (query: string) => Promise<string>): Inspector {
  return {
    format: (query) => text(`SELECT formatQuerySingleLine(${quote(query)})`),
    explainAst: (select) => text(`EXPLAIN AST ${select}`),
    databases: async () => new Set((await text('SELECT name FROM system.databases')).split('\n')),
  }
}

/** The format of the answer, of those there are by name in small letters. */
export function formatOf<T>(
  allowed: Allowed,
  format: string | undefined,
  formats: ReadonlyMap<string, T>,
): T | Refusal {
  const name = allowed.format ?? format ?? 'JSON'
  const known = formats.get(name.toLowerCase())
  if (known === undefined) {
    return refuse(
      'format',
      ` ${name} is not known or needs a schema; JSON, JSONEachRow, CSV, TSV, Parquet and PrettyCompact are some that can be had.`,
    )
  }
  return known
}

export function failed({ code, message }: WarehouseError): Answer {
  return { tag: 'failed', code, message }
}

export function withdrawn(): WarehouseError {
  return new WarehouseError('engine', 'The query was stopped because its asker went away.', cancelled)
}

export function tooLong(limits: Limits): WarehouseError {
  return new WarehouseError('engine', limitMessage(timeout, limits) ?? 'The query ran too long.', timeout)
}

export const tooManyWaiting: Answer = {
  tag: 'failed',
  code: tooMany,
  message: 'Too many queries are waiting; ask again in a while.',
}

/** How long an answer may lie unread. */
export const unreadMs = 120_000
export const unread = new WarehouseError('engine', 'The answer was not read within two minutes.', 394)
