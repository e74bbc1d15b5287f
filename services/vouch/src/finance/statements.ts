import {
  canonicalJson,
  nobodysProgram,
  type StatedLine,
  statementLineIds,
  statementType,
  type VouchEvent,
} from '@vouch/domain'
import { type AppendOutcome, StoreError } from '@vouch/event-store'
import { toAppend } from '@vouch/ingestion'
import { isLeft } from 'fp-ts/lib/Either.js'
import { catchUp, type Engine } from '../engine.ts'
import type { AskedTables } from '../folds.ts'

/** What became of a line of a statement that could be read. */
export type RecordedLine =
  | { readonly outcome: 'appended' | 'duplicate' }
  /** The log knows the line by its ids, and it said something else. */
  | { readonly outcome: 'conflict'; readonly existing: StatedLine }

const stream = 'statements'
const chunkLines = 1000

/**
 * Appends what a file says, each line once, whatever files it was in before; outcomes are in the order of the lines.
 * @throws StoreError; the same file again then goes on where it ended
 */
export async function recordStatement(
  engine: Engine,
  lines: readonly StatedLine[],
  signal: AbortSignal,
): Promise<RecordedLine[]> {
  const { store, warehouse, clock } = engine
  await catchUp(engine, signal)
  const ids = statementLineIds(lines)
  const outcomes: RecordedLine[] = []
  for (let from = 0; from < lines.length; from += chunkLines) {
    signal.throwIfAborted()
    const chunk = lines.slice(from, from + chunkLines)
    const programs = await programsOf(warehouse, chunk)
    const now = clock()
    const appends = chunk.map((line, index) => {
      const data = { ...line, programId: programs.get(line.reference) ?? nobodysProgram }
      const id = ids[from + index] as string
      const event = { type: statementType, id, source: 'vouch/statements', time: now, data } as VouchEvent
      return { stream, expectedRevision: 'any' as const, events: [toAppend(event)] }
    })
    const answer = await store.append(appends, now)()
    if (isLeft(answer)) throw new StoreError(answer.left)
    for (const [index, outcome] of answer.right.entries()) outcomes.push(outcomeOf(outcome, chunk[index] as StatedLine))
  }
  return outcomes
}

/** When it was imported, and whose payout it named by then, are not the provider's to say. */
function outcomeOf(outcome: AppendOutcome, line: StatedLine): RecordedLine {
  if (outcome.outcome === 'appended' || outcome.outcome === 'duplicate') return { outcome: outcome.outcome }
  if (outcome.outcome !== 'conflict') throw new Error(`A line of a statement has no revision (${outcome.outcome}).`)
  const { programId: _none, ...existing } = JSON.parse(outcome.existing.data)
  return canonicalJson(existing) === canonicalJson(line)
    ? { outcome: 'duplicate' }
    : { outcome: 'conflict', existing: existing as StatedLine }
}

async function programsOf(warehouse: AskedTables, lines: readonly StatedLine[]): Promise<ReadonlyMap<string, string>> {
  const rows = await warehouse.rows<{ named: string; program: string }>(
    `SELECT reference AS named, toString(any(program_id)) AS program FROM vouch.payouts
     WHERE entry = 'opened' AND has(JSONExtract({references:String}, 'Array(String)'), reference) GROUP BY reference`,
    // No payout has a longer one, and what is asked has its bounds.
    { references: JSON.stringify([...new Set(lines.map((it) => it.reference))].filter((it) => it.length <= 35)) },
  )
  return new Map(rows.map(({ named, program }) => [named, program]))
}
