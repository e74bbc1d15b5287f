import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { declaredTotals, type EventOf } from '../../packages/domain/src/index.ts'
import { auditBooks, type LoggedEvent, type TableRow } from '../../packages/testing/src/index.ts'
import { attribution } from '../../projections/attribution/src/index.ts'
import { ledger } from '../../projections/ledger/src/index.ts'
import { Books, type LedgerRow, totalsIn, units } from '../../projections/ledger/src/specs/books.ts'
import { Player } from '../../projections/ledger/src/specs/player.ts'
import { awkward, settled, stories } from '../../projections/ledger/src/specs/resolver.ts'
import { booksOf } from './folds/load.ts'
import type { FoldMutant } from './folds/mutant.ts'
import { mechanicalMutants } from './folds/sites.ts'
import { jsonState } from './folds/state.ts'
import { rowsOf } from './stored.ts'

/** What entries are made of. Decisions are not among them: their table of specs names each rejection. */
const sources = [
  'packages/domain/src/ledger/rewards.ts',
  'packages/domain/src/ledger/transaction.ts',
  'packages/domain/src/payouts/exchange.ts',
  'packages/domain/src/payouts/exchange-postings.ts',
  'packages/domain/src/payouts/postings.ts',
  'packages/domain/src/reconciliation/postings.ts',
  'packages/domain/src/resolutions/postings.ts',
  'packages/domain/src/resolutions/standing.ts',
  'projections/ledger/src/conversions.ts',
  'projections/ledger/src/fold.ts',
  'projections/ledger/src/holds.ts',
  'projections/ledger/src/payouts.ts',
  'projections/ledger/src/periods.ts',
  'projections/ledger/src/resolutions.ts',
  'projections/ledger/src/rewards.ts',
  'projections/ledger/src/rows.ts',
  'projections/ledger/src/statements.ts',
  'projections/ledger/src/times-moved.ts',
]

/**
 * How the names of small changes begin that no log could show: amounts and parts are never zero, of two days that are the same either is the
 * later, what is not paid by somebody's word names no provider, and no log has a conversion without currencies and a rate.
 */
const equivalents: readonly string[] = [
  '`<=` for `<` in `memo: ',
  '`1n` for `0n` in `memo: ',
  '`<=` for `<` in `movement: ',
  '`1n` for `0n` in `movement: ',
  '`>=` for `>` in `other !== undefined && other > day ? other : day`',
  '`<=` for `<` in `const sign = ',
  '`1n` for `0n` in `const sign = ',
  '`<=` for `<` in `const isNetted = ',
  '`1n` for `0n` in `const isNetted = ',
  '`<=` for `<` in `return changes.reduce',
  '`1n` for `0n` in `return changes.reduce',
  '`<=` for `<` in `.sort(([a], [b]) => rank',
  '`>=` for `>` in `.filter(([, transfers])',
  'without `.filter(([, transfers])',
  "`&&` for `||` in `if (as !== 'accept' || provider",
  '`&&` for `||` in `if (ratio === undefined',
  '`1n` for `0n` in `return { ...it, countedMinor',
  '`&&` for `||` in `if (ratio === undefined || digits === undefined',
  'without `if (movements.length === 0) return []`',
  "without `if (!rows.some(({ table }) => table === 'ledger')) return rows`",
]

export interface BooksTried {
  readonly mutants: number
  /** One sentence for each mutant that nobody noticed, or that is listed as equivalent and was noticed. */
  readonly problems: readonly string[]
}

/** Changes the fold of the books in every place, a little, and has the auditor look at what comes of it. */
export async function tryBooks(onTried: (done: number, of: number) => void = () => undefined): Promise<BooksTried> {
  const resolved = [5, 12].flatMap((seed) =>
    fc.sample(stories, { seed, numRuns: 20 }).map((story) => settled(story).books.log),
  )
  const restated = restatedMonths()
  const logs = [
    rebooked(),
    awkward().books.log,
    ...resolved,
    ...Array.from({ length: 20 }, (_, index) => new Player(index + 1).books.log),
  ]
  const real = logs.map((log) => JSON.stringify(rowsOf(log, [attribution, ledger], jsonState)))
  const mutants = mechanicalMutants(sources)
  const problems: string[] = []
  for (const [index, mutant] of mutants.entries()) {
    const isNoticed = (await notices(mutant, logs, real)) || (await restated.notices(mutant))
    if (isNoticed === equivalents.some((begins) => mutant.name.startsWith(begins)))
      problems.push(
        `${mutant.file}: ${mutant.name} ${isNoticed ? 'is listed as equivalent, and is not' : 'was not noticed'}`,
      )
    onTried(index + 1, mutants.length)
  }
  return { mutants: mutants.length, problems }
}

async function notices(mutant: FoldMutant, logs: readonly LoggedEvent[][], real: readonly string[]): Promise<boolean> {
  try {
    const books = await booksOf(mutant)
    const rows = logs.map((log) => rowsOf(log, [attribution, books], jsonState))
    const shown = rows.findIndex((made, index) => JSON.stringify(made) !== real[index])
    const [log, made] = [logs[shown], rows[shown]]
    return log !== undefined && made !== undefined && auditBooks(log, made).length > 0
  } catch {
    return true
  }
}

/** A reward that one event moves several times, since terms that cover it change, and that is then refunded. */
function rebooked(): LoggedEvent[] {
  const books = new Books()
  let count = 0
  const tell = (type: string, day: string, data: Record<string, unknown>) => {
    const event = { id: `e-${++count}`, source: 'app', type: `vouch.${type}.v1`, time: Date.parse(`${day}T10:00:00Z`) }
    if (!books.tell({ ...event, data: { programId: 'p', ...data } })) throw new Error(`${type} is no event`)
  }
  const eur = (value: string) => ({ value, currency: 'EUR' })
  const terms = (percent: string, holdDays: number) => ({
    currency: 'EUR',
    effectiveFrom: '2026-01-01T00:00:00Z',
    attribution: { rewardBy: 'last-touch', lookback: { click: '30d', signup: '365d' }, horizon: '90d' },
    holdDays,
    rewards: [{ ruleId: 'share', trigger: 'conversion', to: 'advocate', amount: { percent } }],
  })
  tell('code.issued', '2026-01-01', { advocateId: 'anna', code: 'A' })
  tell('click', '2026-03-01', { code: 'A', visitorId: 'v' })
  tell('conversion', '2026-03-03', { conversionId: 'o', visitorId: 'v', amount: eur('100.00') })
  tell('program.published', '2026-01-01', terms('10', 30))
  tell('program.published', '2026-01-01', terms('8', 20))
  tell('refund', '2026-03-10', { refundId: 'r', conversionId: 'o', amount: eur('35.00') })
  tell('conversion.amended', '2026-05-10', { conversionId: 'o', amount: eur('80.00') })
  return books.log
}

/**
 * Months that were closed under other terms, and of which the books now make something else: that they stay as they were declared, and
 * that all comes to the same in the end, is looked at here, since the auditor knows of no terms but those of the log.
 */
function restatedMonths() {
  const logs = [6, 7, 12].map((seed) => {
    const log = new Player(seed).books.log.map(({ event, recordedAt, position }) => {
      const doubled = JSON.stringify(event.data).replace(
        /"percent":"(\d+)/g,
        (_, whole) => `"percent":"${Number(whole) * 2}`,
      )
      return { position, recordedAt, event: { ...event, data: JSON.parse(doubled) } }
    })
    const open = log.filter(({ event }) => !event.type.startsWith('vouch.period.'))
    return { log, ends: endsOf(rowsOf(open, [attribution, ledger], jsonState)) }
  })
  return {
    async notices(mutant: FoldMutant): Promise<boolean> {
      try {
        const books = await booksOf(mutant)
        return logs.some(({ log, ends }) => {
          const rows = rowsOf(log, [attribution, books], jsonState)
          return !keepsDeclared(log, rows) || endsOf(rows) !== ends
        })
      } catch {
        return true
      }
    },
  }
}

function keepsDeclared(log: readonly LoggedEvent[], rows: readonly TableRow[]): boolean {
  const entries = rows.filter(({ table }) => table === 'ledger') as LedgerRow[]
  return log.every(({ event }) => {
    if (event.type !== 'vouch.period.closed.v1') return true
    const { programId, period } = event.data as { readonly programId: string; readonly period: string }
    const declared = declaredTotals(event as unknown as EventOf<'vouch.period.closed.v1'>)
    return isDeepStrictEqual(totalsIn({ entries }, programId, period), declared)
  })
}

/** What each account comes to in each currency, as one text. */
function endsOf(rows: readonly TableRow[]): string {
  const sums = new Map<string, bigint>()
  for (const { table, values } of rows as readonly LedgerRow[]) {
    if (table !== 'ledger') continue
    const key = `${values.account} ${values.currency}`
    sums.set(key, (sums.get(key) ?? 0n) + units(values.amount))
  }
  return [...sums]
    .filter(([, sum]) => sum !== 0n)
    .map(String)
    .sort()
    .join('\n')
}
