import { type Outcome, outcomeJson, parseNdjson } from '@vouch/ingestion'
import { isLeft } from 'fp-ts/lib/Either.js'
import { catchUp } from '../catch-up.ts'
import { type Engine, openEngine } from '../engine.ts'
import { Failure } from '../failure.ts'
import type { Progress } from '../progress.ts'
import { at } from './calendar.ts'
import type { Wave } from './simulate.ts'
import type { Report } from './wire.ts'

/** How many of the lines came to what, and what was said of those that were not taken. */
export interface Outcomes {
  readonly read: number
  readonly appended: number
  readonly duplicate: number
  readonly conflict: number
  readonly rejected: number
  readonly refusals: readonly Refusal[]
}

export interface Refusal {
  readonly outcome: 'conflict' | 'rejected'
  /** Null for a line that cannot be read. */
  readonly id: string | null
  readonly message: string
}

const scopes = new Set(['ingest', 'admin'] as const)

/**
 * Opens a data folder and takes what was reported through admission, log, fold and tables, as a server would have. Its
 * clock stands where the simulation is: nothing that is written depends on when the demo is run.
 */
export async function play(
  dataDir: string,
  waves: readonly Wave[],
  progress: Progress,
  signal: AbortSignal,
): Promise<{ readonly engine: Engine; readonly outcomes: Outcomes }> {
  let now = at(-6)
  const engine = await openEngine({ dataDir, command: 'vouch demo', clock: () => now })
  const admit = (report: Report): Promise<readonly Outcome[]> => {
    now = report.arrivesAt
    return admitLine(engine, report.line)
  }
  try {
    const outcomes: Outcome[] = []
    for (const [index, wave] of waves.entries()) {
      progress.update('simulating', index, waves.length, new Date(wave[0].arrivesAt).toISOString().slice(0, 10))
      outcomes.push(...(await Promise.all(wave.map(admit))).flat())
      await catchUp(engine, signal)
    }
    return { engine, outcomes: count(outcomes) }
  } catch (error) {
    await engine.close()
    throw error
  }
}

async function admitLine({ admission }: Engine, line: string): Promise<readonly Outcome[]> {
  const items = parseNdjson(Buffer.from(line)).map(({ incoming }) => incoming)
  const answer = await admission.admit(items, { scopes })()
  if (isLeft(answer)) throw new Failure(answer.left.message)
  return answer.right
}

function count(outcomes: readonly Outcome[]): Outcomes {
  const counts = { appended: 0, duplicate: 0, conflict: 0, rejected: 0 }
  const refusals: Refusal[] = []
  for (const outcome of outcomes) {
    counts[outcome.outcome]++
    if (outcome.outcome !== 'conflict' && outcome.outcome !== 'rejected') continue
    const { id, error } = outcomeJson(outcome)
    refusals.push({ outcome: outcome.outcome, id, message: error?.message ?? '' })
  }
  return { read: outcomes.length, ...counts, refusals }
}
