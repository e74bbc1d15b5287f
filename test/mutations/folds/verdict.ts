import { type Auditor, auditorOf, type LoggedEvent, type TableRow } from '../../../packages/testing/src/index.ts'
import { attribution } from '../../../projections/attribution/src/index.ts'
import { events } from '../../../projections/events/src/index.ts'
import { type Folding, rowsOf } from '../stored.ts'
import { areEquivalent } from '../tables/trial.ts'
import { jsonState } from './state.ts'

/** A log with a name to find it by. */
export interface NamedLog {
  readonly name: string
  readonly log: readonly LoggedEvent[]
}

/** What became of a mutant: who noticed it, and on which log. */
export interface Verdict {
  readonly noticed: 'by the auditor' | 'it fails' | 'it does not end' | undefined
  readonly log?: string
  /** Names of the laws that the first log breaks, or what was thrown. */
  readonly by?: readonly string[]
  /** A log on which its rows differ from the real ones though the auditor finds nothing wrong with them. */
  readonly overlooked?: string
}

interface Real {
  readonly rows: readonly TableRow[]
  readonly text: string
  auditor?: Auditor
}

const known = new WeakMap<NamedLog, Real>()

/** The rows of the real fold, worked out once. */
function realOf(named: NamedLog): Real {
  let real = known.get(named)
  if (real === undefined) {
    const rows = rowsOf(named.log, [events, attribution], jsonState)
    real = { rows, text: JSON.stringify(rows) }
    known.set(named, real)
  }
  return real
}

/** Folds one log after the other until the rows show something that the auditor notices. */
export function verdictOn(folds: readonly Folding[], logs: readonly NamedLog[]): Verdict {
  let overlooked: string | undefined
  for (const named of logs) {
    const real = realOf(named)
    let rows: TableRow[]
    try {
      rows = rowsOf(named.log, folds, jsonState)
    } catch (error) {
      return { noticed: 'it fails', log: named.name, by: [String(error)] }
    }
    if (JSON.stringify(rows) === real.text || areEquivalent(rows, real.rows)) continue
    real.auditor ??= auditorOf(named.log)
    const laws = new Set(real.auditor.findings(rows).map(({ law }) => law))
    if (laws.size > 0) return { noticed: 'by the auditor', log: named.name, by: [...laws] }
    overlooked ??= named.name
  }
  return { noticed: undefined, ...(overlooked === undefined ? {} : { overlooked }) }
}
