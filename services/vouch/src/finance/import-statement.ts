import type { StatedLine } from '@vouch/domain'
import type { Engine } from '../engine.ts'
import { type Booked, bookStatements } from './reconciliation.ts'
import type { ReadLine } from './statement-file.ts'
import { type RecordedLine, recordStatement } from './statements.ts'

/** A line that is not in the log after an import, and why. */
export interface LineNotTaken {
  readonly line: number
  readonly outcome: 'rejected' | 'conflict'
  readonly field: string
  readonly reason: string
  readonly input: string
}

export interface StatementCounts {
  readonly read: number
  readonly appended: number
  readonly duplicate: number
  readonly conflict: number
  readonly rejected: number
}

export interface ImportedStatement {
  readonly counts: StatementCounts
  readonly booked: Booked
  readonly notTaken: readonly LineNotTaken[]
}

/** Records what could be read of a statement, each line once, and books what it settles. */
export async function importStatement(
  engine: Engine,
  lines: readonly ReadLine[],
  signal: AbortSignal,
): Promise<ImportedStatement> {
  const readable = lines.filter((line) => 'stated' in line)
  const outcomes = await recordStatement(
    engine,
    readable.map(({ stated }) => stated),
    signal,
  )
  const booked = await bookStatements(engine, signal)
  const recorded = new Map<ReadLine, RecordedLine>(
    readable.map((line, index) => [line, outcomes[index] as RecordedLine]),
  )
  const count = (of: RecordedLine['outcome']) => outcomes.filter(({ outcome }) => outcome === of).length
  const counts = {
    read: lines.length,
    appended: count('appended'),
    duplicate: count('duplicate'),
    conflict: count('conflict'),
    rejected: lines.length - readable.length,
  }
  return { counts, booked, notTaken: lines.flatMap((line) => notTaken(line, recorded.get(line))) }
}

function notTaken(read: ReadLine, recorded: RecordedLine | undefined): LineNotTaken[] {
  const { line, input } = read
  if (!('stated' in read)) {
    const { field, reason } = read
    return [{ line, outcome: 'rejected', field, reason, input }]
  }
  if (recorded?.outcome !== 'conflict') return []
  const { existing } = recorded
  const keys = [...new Set([...Object.keys(existing), ...Object.keys(read.stated)])] as (keyof StatedLine)[]
  const differing = keys.filter((key) => JSON.stringify(existing[key]) !== JSON.stringify(read.stated[key]))
  const before = differing.map((key) => `${key} ${JSON.stringify(existing[key] ?? null)}`).join(', ')
  const reason = `the log has the line ${existing.lineId} of ${existing.statementId} with ${before}; a statement that is corrected has ids of its own`
  return [{ line, outcome: 'conflict', field: differing[0] ?? '', reason, input }]
}
