import {
  canonicalJson,
  nobodysProgram,
  type StatedLine,
  statementLineIds,
  statementType,
  type VouchEvent,
} from '@vouch/domain'
import { type AppendOutcome, type EventStore, type EventToAppend, StoreError } from '@vouch/event-store'
import { toAppend } from '@vouch/ingestion'
import { isLeft } from 'fp-ts/lib/Either.js'
import { catchUp } from '../catch-up.ts'
import type { Engine } from '../engine.ts'
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
    const offered = chunk.map((line, index): Offered => {
      const data = { ...line, programId: programs.get(line.reference) ?? nobodysProgram }
      const id = ids[from + index] as string
      const event = { type: statementType, id, source: 'vouch/statements', time: now, data } as VouchEvent
      return { line, event: toAppend(event) }
    })
    outcomes.push(...(await appendOnce(store, offered, now)))
  }
  return outcomes
}

interface Offered {
  readonly line: StatedLine
  readonly event: EventToAppend
}

/** All that are new at once, which is by far the fastest; one by one what is in the file twice, or was taken in at the same moment. */
async function appendOnce(store: EventStore, offered: readonly Offered[], now: number): Promise<RecordedLine[]> {
  const outcomes = new Map<Offered, RecordedLine>()
  const fresh = new Map<string, Offered>()
  for (const it of offered) {
    const existing = await store.find(it.event.identity)
    if (existing !== undefined) outcomes.set(it, compared(existing, it.line))
    else if (!fresh.has(it.event.identity)) fresh.set(it.event.identity, it)
  }
  if (fresh.size > 0) {
    const events = [...fresh.values()].map(({ event }) => event)
    const [together] = await append(store, [events], now)
    if (together?.outcome === 'appended') for (const it of fresh.values()) outcomes.set(it, { outcome: 'appended' })
  }
  const left = offered.filter((it) => !outcomes.has(it))
  const answers =
    left.length === 0
      ? []
      : await append(
          store,
          left.map(({ event }) => [event]),
          now,
        )
  for (const [index, it] of left.entries()) outcomes.set(it, outcomeOf(answers[index] as AppendOutcome, it.line))
  return offered.map((it) => outcomes.get(it) as RecordedLine)
}

async function append(
  store: EventStore,
  lists: readonly (readonly EventToAppend[])[],
  now: number,
): Promise<readonly AppendOutcome[]> {
  const appends = lists.map((events) => ({ stream, expectedRevision: 'any' as const, events }))
  const answer = await store.append(appends, now)()
  if (isLeft(answer)) throw new StoreError(answer.left)
  return answer.right
}

function outcomeOf(outcome: AppendOutcome, line: StatedLine): RecordedLine {
  if (outcome.outcome === 'appended' || outcome.outcome === 'duplicate') return { outcome: outcome.outcome }
  if (outcome.outcome !== 'conflict') throw new Error(`A line of a statement has no revision (${outcome.outcome}).`)
  return compared(outcome.existing, line)
}

/** When it was imported, and whose payout it named by then, are not the provider's to say. */
function compared(recorded: EventToAppend, line: StatedLine): RecordedLine {
  const { programId: _none, ...existing } = JSON.parse(recorded.data)
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
