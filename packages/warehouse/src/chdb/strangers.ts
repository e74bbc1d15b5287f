import type { ChdbConnection } from 'chdb/connection'
import { readSettings } from '../clickhouse.ts'
import { engineError } from '../engine-error.ts'
import { checkQuery, type Inspector } from '../guard/check.ts'
import type { Answer, Question } from '../port.ts'
import { explained, type Limits, limitSettings } from '../strangers/limits.ts'
import { createStrangers, graceMs, type Strangers } from '../strangers/strangers.ts'
import { failed, formatOf, inspectorOver, type Terms, tooMany } from '../strangers/terms.ts'
import { answerGathered, answerInPieces, answerWhole } from './answers.ts'
import { type OutputFormat, readFormats } from './formats.ts'
import { nativeJoining } from './pieces.ts'
import { type Running, startRunning } from './running.ts'
import { parameterStatements, setStatements } from './settings.ts'

/**
 * Questions to chDB. Each has a connection of its own, which takes about a millisecond: limits are set first, then
 * `readonly`, which cannot be taken back; parameters stay on it and die with it.
 */
export function createChdbStrangers(connect: () => ChdbConnection, limits: Limits): Strangers {
  let formats: Promise<ReadonlyMap<string, OutputFormat>> | undefined
  let unreadBytes = 0

  async function answer(one: Running, question: Question, terms: Terms): Promise<Answer> {
    // The guard is to see what there is, whatever the asker has set: a `limit` would hide databases from it.
    await restrict(one, { ...terms, settings: {} }, true)
    const allowed = await checkQuery(question.query, inspectorOf(one), question.asDriver)
    if (allowed.tag === 'refused') return one.end(allowed)
    formats ??= readFormats(one.connection).catch((error: unknown) => {
      formats = undefined
      throw error
    })
    const found = formatOf(allowed, question.format, await formats)
    if ('tag' in found) return one.end(found)
    const format = found.name === 'Native' ? { ...found, joining: nativeJoining(question.revision ?? 0) } : found
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
    await one.wait(
      one.connection.chdb.queryAsync(`${all}; ${parameterStatements(parameters)}USE ${database}; SET readonly = 1`),
    )
  }

  return createStrangers(limits, {
    start: () => startRunning({ connect, graceMs }),
    answer,
    explain: (one, error, terms) => one.end(failed(one.stopped ?? explained(engineError(error), terms.limits))),
  })
}

function inspectorOf(one: Running): Inspector {
  return inspectorOver(async (query) => {
    try {
      return (await one.wait(one.connection.chdb.queryAsync(one.marked(query), { format: 'TSVRaw' }))).text()
    } catch (error) {
      throw one.stopped ?? engineError(error)
    }
  })
}

const tooMuchUnread: Answer = {
  tag: 'failed',
  code: tooMany,
  message:
    'Answers are waiting to be read; ask again in a while, or for a format of one line a row such as JSONEachRow.',
}
