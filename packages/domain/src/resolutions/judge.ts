import { needsPerson, type Reconciled } from '../reconciliation/reconcile.ts'
import { isAlone, type Resolution, type Resolutions } from './resolution.ts'
import { type Due, type LineStanding, standingOf } from './standing.ts'

/** A line of a reconciliation, with what somebody decided of it. */
export interface Judged extends Reconciled {
  /** What was decided of it as it now is; what was decided before a statement said more is none. */
  readonly resolution?: Resolution | undefined
  /** Whether somebody has to look. */
  readonly needsPerson: boolean
}

/** Says of each line of a reconciliation whether a person has resolved it, and whether one has to. */
export const judge = (reconciled: readonly Reconciled[], resolutions: Resolutions): Judged[] =>
  reconciled.map((it) => {
    const resolution = resolutionFor(it, resolutions)
    return {
      ...it,
      resolution,
      needsPerson: resolution === undefined && (needsPerson(it.class) || contradicts(it, resolutions)),
    }
  })

function resolutionFor({ class: of, reference, said }: Reconciled, resolutions: Resolutions): Resolution | undefined {
  const ids = said.map(({ id }) => id)
  return isAlone(of) ? resolutions.ofLine(ids[0] ?? '') : resolutions.ofInstruction(reference, ids)
}

/** Whether the books have another thing than the statements say: somebody, or another line, was there before. */
function contradicts({ class: of, instruction, said }: Reconciled, resolutions: Resolutions): boolean {
  if (instruction === undefined || isAlone(of) || said.length === 0) return false
  const { standing } = instruction
  const before = said.map(({ id }) => resolutions.ofLine(id))
  if (standing === undefined) return before.some((it) => it !== undefined)
  const isBooked = before.some(
    (it, index) => it !== undefined && it.as !== 'disregard' && said[index]?.status !== 'failed',
  )
  return isBooked || !isSameStanding(standing, standingOf({ as: 'accept', said }, instruction), instruction)
}

/** What counts as paid of a line. */
const countedOf = ({ paid }: LineStanding): bigint => paid.reduce((sum, it) => sum + it.countedMinor, 0n)

/** Whether two come to the same balances of all accounts. */
const isSameStanding = (one: LineStanding, other: LineStanding, due: Due): boolean =>
  balancesOf(one, due) === balancesOf(other, due)

function balancesOf(standing: LineStanding, { amountMinor }: Due): string {
  const cash = new Map<string, bigint>()
  for (const { provider, currency, amountMinor: gone } of standing.paid) {
    const key = JSON.stringify([provider, currency])
    cash.set(key, (cash.get(key) ?? 0n) + gone)
  }
  const accounts = [...cash]
    .filter(([, sum]) => sum !== 0n)
    .map(([key, sum]) => `${key} ${sum}`)
    .sort()
  const open = amountMinor - countedOf(standing)
  const owed = { accept: open, 'write-off': 0n, retry: amountMinor }[standing.as]
  return [...accounts, `owed ${owed}`].join('\n')
}
