import type { Judged } from './folds/trial.ts'
import type { Verdict } from './folds/verdict.ts'
import type { Missed, Tally } from './tables/trial.ts'

/** All that a run of mutations has found out. */
export interface Outcome {
  readonly tables: { readonly tallies: readonly Tally[]; readonly missed: readonly Missed[]; readonly logs: number }
  readonly rules: readonly Judged[]
  readonly sites: readonly Judged[]
  readonly foldLogs: { readonly random: number; readonly directed: number }
}

/** What is wrong with the outcome, one sentence each; none if every mutant was noticed, or is listed as equivalent and is. */
export function problemsOf({ tables, rules, sites }: Outcome): string[] {
  return [
    ...tables.missed.map(({ kind, table, column }) => `nobody noticed: ${kind}, ${table} ${column ?? ''}`),
    ...[...rules, ...sites].flatMap(problemOf),
  ]
}

function problemOf({ mutant: { name, file, equivalent }, verdict }: Judged): string[] {
  if (equivalent === undefined) return verdict.noticed ? [] : [`nobody noticed: ${file}: ${name}${hint(verdict)}`]
  return verdict.noticed ? [`listed as equivalent, but noticed on ${verdict.log}: ${file}: ${name}`] : []
}

const hint = ({ overlooked }: Verdict): string =>
  overlooked === undefined ? ' (no log shows it)' : ` (though its rows differ on ${overlooked})`

export interface Count {
  readonly mutants: number
  readonly byAuditor: number
  readonly fails: number
  readonly endless: number
  readonly equivalent: number
  readonly missed: number
}

export function countOf(judged: readonly Judged[]): Count {
  const having = (noticed: Verdict['noticed']) =>
    judged.filter(({ mutant, verdict }) => mutant.equivalent === undefined && verdict.noticed === noticed).length
  return {
    mutants: judged.length,
    byAuditor: having('by the auditor'),
    fails: having('it fails'),
    endless: having('it does not end'),
    equivalent: judged.filter(({ mutant }) => mutant.equivalent !== undefined).length,
    missed: having(undefined),
  }
}

/** Whole percent, rounded down so that 100 means all. */
export const rate = (noticed: number, of: number): string => (of === 0 ? '–' : `${Math.floor((100 * noticed) / of)} %`)
