import { daysOf, formatMinor, type MoneyRole, type PartyTotals, partyId, totalsAmounts } from '@vouch/domain'
import { csvLine } from './csv.ts'
import type { ClosedPeriod } from './periods.ts'

type Amount = (typeof totalsAmounts)[number]

/** In the order in which they are told: what was owed, what happened, what is owed, and what that consists of. */
export const totalsColumns: readonly Amount[] = totalsAmounts

/** Amounts are decimals, in units of the currency. */
export type TotalsJson = { readonly currency: string } & Readonly<Record<Amount, string>>

export interface PeriodJson {
  readonly programId: string
  readonly period: string
  /** UTC days. */
  readonly from: string
  readonly until: string
  /** Null while it is open, and all of it may still change. */
  readonly closed: { readonly by: string; readonly at: string; readonly position: number } | null
  /** By currency, over all parties. */
  readonly totals: readonly TotalsJson[]
  readonly parties: readonly ({
    readonly partyId: string
    readonly role: MoneyRole
    readonly beneficiaryId: string
  } & TotalsJson)[]
}

/** A month as it was declared, or as it stands: the same object for the same facts. */
export function periodJson(
  programId: string,
  period: string,
  totals: readonly PartyTotals[],
  closed: ClosedPeriod | undefined,
): PeriodJson {
  const { first, last } = daysOf(period)
  return {
    programId,
    period,
    from: first,
    until: last,
    closed:
      closed === undefined
        ? null
        : { by: closed.by, at: new Date(closed.declared.at).toISOString(), position: Number(closed.from) },
    totals: byCurrency(totals).map(amountsJson),
    parties: totals.map((it) => ({
      partyId: partyId(programId, it.role, it.beneficiaryId),
      role: it.role,
      beneficiaryId: it.beneficiaryId,
      ...amountsJson(it),
    })),
  }
}

type Amounts = { readonly currency: string } & Readonly<Record<Amount, bigint>>

function byCurrency(totals: readonly PartyTotals[]): Amounts[] {
  const sums = new Map<string, Record<Amount, bigint>>()
  for (const one of totals) {
    const sum = sums.get(one.currency) ?? (Object.fromEntries(totalsColumns.map((name) => [name, 0n])) as never)
    sums.set(one.currency, sum)
    for (const name of totalsColumns) sum[name] += one[name]
  }
  return [...sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([currency, sum]) => ({ currency, ...sum }))
}

const amountsJson = (amounts: Amounts): TotalsJson => ({
  currency: amounts.currency,
  ...(Object.fromEntries(totalsColumns.map((name) => [name, formatMinor(amounts[name], amounts.currency)])) as Record<
    Amount,
    string
  >),
})

/** A line for each party. */
export function periodCsv({ programId, period, parties }: PeriodJson): string {
  const columns = [
    'program_id',
    'period',
    'party_id',
    'role',
    'beneficiary_id',
    'currency',
    ...totalsColumns.map(snake),
  ]
  const lines = parties.map((it) => [
    ...[programId, period, it.partyId, it.role, it.beneficiaryId, it.currency],
    ...totalsColumns.map((name) => it[name]),
  ])
  return [columns, ...lines].map(csvLine).join('')
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
