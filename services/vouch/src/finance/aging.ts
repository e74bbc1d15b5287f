import { agedFifo, type BeneficiaryKind, formatMinor, toMinor } from '@vouch/domain'
import type { AskedTables } from '../folds.ts'
import { bounds, person, type ReportAsked, within } from './liabilities.ts'

/** What is payable by how many days ago it became so, youngest first: the names of the ages, and their last days. */
export const ages = ['days0to30', 'days31to60', 'days61to90', 'over90'] as const
export type Age = (typeof ages)[number]
const lastDays = [30, 60, 90]

/** Amounts are decimals. */
export interface Aging extends Readonly<Record<Age, string>> {
  readonly currency: string
  /** Pending: earned, and not due yet. */
  readonly notDue: string
  /** All ages together. */
  readonly payable: string
  /** Payable balances below zero: what those owe who got more than is left of what was due to them. */
  readonly belowZero: string
}

export interface AgingOfParty extends Aging {
  readonly programId: string
  readonly kind: BeneficiaryKind
  readonly beneficiaryId: string
}

export interface Counted {
  /** How many have something payable, and how many a balance below zero. */
  readonly parties: number
  readonly partiesBelowZero: number
}

export interface AgingReport {
  readonly on: string
  readonly position: number
  readonly lines: readonly ({ readonly programId: string } & Aging & Counted)[]
  /** By currency: they are never added up. */
  readonly totals: readonly (Aging & Counted)[]
  /** Where they were asked for, in order of program, currency and beneficiary. */
  readonly parties?: readonly AgingOfParty[]
}

interface Sums {
  notDue: bigint
  /** As `ages`. */
  readonly left: bigint[]
  belowZero: bigint
  parties: number
  partiesBelowZero: number
}

/** How long what is payable on a day has been so. What was paid or taken back is taken from the oldest first. */
export async function aging(
  warehouse: AskedTables,
  asked: ReportAsked & { readonly byParty?: boolean | undefined },
): Promise<AgingReport> {
  const rows = await rowsOf(warehouse, asked)
  const lines = new Map<string, { readonly programId: string; readonly currency: string; readonly sums: Sums }>()
  const totals = new Map<string, Sums>()
  const parties: AgingOfParty[] = []
  for (const row of rows) {
    const { program: programId, money: currency } = row
    const sums = sumsOf(row)
    const key = `${programId}\n${currency}`
    const line = lines.get(key) ?? { programId, currency, sums: nothing() }
    lines.set(key, line)
    const total = totals.get(currency) ?? nothing()
    totals.set(currency, total)
    for (const sum of [line.sums, total]) add(sum, sums)
    if (!asked.byParty) continue
    const kind = row.isCustomer ? 'customer' : 'advocate'
    parties.push({ programId, kind, beneficiaryId: decodeURIComponent(row.id), ...agingOf(sums, currency) })
  }
  const counted = (sums: Sums, currency: string) => ({
    ...agingOf(sums, currency),
    parties: sums.parties,
    partiesBelowZero: sums.partiesBelowZero,
  })
  return {
    on: asked.on,
    position: Number(asked.position),
    lines: [...lines.values()].map(({ programId, currency, sums }) => ({ programId, ...counted(sums, currency) })),
    totals: [...totals].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, sums]) => counted(sums, currency)),
    ...(asked.byParty ? { parties } : {}),
  }
}

interface PartyRow {
  readonly program: string
  readonly money: string
  readonly isCustomer: 0 | 1
  readonly id: string
  readonly notDue: string
  readonly cameIn: readonly string[]
  readonly wentOut: string
}

/**
 * Of each party what became payable, by age, and what went out. What failed, came back or was given back never was paid: it is
 * taken off what went out, and so is as old as before.
 */
function rowsOf(warehouse: AskedTables, asked: ReportAsked): Promise<PartyRow[]> {
  const youngest = [0, ...lastDays.map((day) => day + 1)]
  const cameIn = ages.map((_age, index) => {
    const [from, until] = [youngest[index], lastDays[index]]
    return `toString(-sumIf(amount, is_in AND days >= ${from}${until === undefined ? '' : ` AND days <= ${until}`}))`
  })
  return warehouse.rows<PartyRow>(
    `SELECT toString(program_id) AS program, toString(currency) AS money, ${person} AS who, toUInt8(who.1) AS isCustomer, who.2 AS id,
       toString(-sumIf(amount, NOT is_payable)) AS notDue, [${cameIn.join(', ')}] AS cameIn,
       toString(sumIf(amount, is_payable AND NOT is_in)) AS wentOut
     FROM (
       SELECT program_id, party_id, currency, amount, startsWith(account, 'liability:payable:') AS is_payable,
         is_payable AND amount < 0 AND movement IN ('released', 'converted') AS is_in, {on:Date} - effective_on AS days
       FROM vouch.ledger
       WHERE (startsWith(account, 'liability:payable:') OR startsWith(account, 'liability:pending:')) AND ${within(asked)}
     )
     GROUP BY program_id, currency, who HAVING sum(amount) != 0 OR sumIf(amount, is_payable) != 0
     ORDER BY program, money, isCustomer, id`,
    bounds(asked),
  )
}

function sumsOf({ money, notDue, cameIn, wentOut }: PartyRow): Sums {
  const minor = (value: string) => (value === '0' ? 0n : toMinor({ value, currency: money }))
  const { left, below } = agedFifo(cameIn.map(minor), minor(wentOut))
  const isOwed = left.some((it) => it !== 0n)
  return {
    notDue: minor(notDue),
    left: [...left],
    belowZero: below,
    parties: isOwed ? 1 : 0,
    partiesBelowZero: below < 0n ? 1 : 0,
  }
}

const nothing = (): Sums => ({
  notDue: 0n,
  left: ages.map(() => 0n),
  belowZero: 0n,
  parties: 0,
  partiesBelowZero: 0,
})

function add(sum: Sums, more: Sums): void {
  sum.notDue += more.notDue
  for (const [index, minor] of more.left.entries()) sum.left[index] = (sum.left[index] as bigint) + minor
  sum.belowZero += more.belowZero
  sum.parties += more.parties
  sum.partiesBelowZero += more.partiesBelowZero
}

function agingOf({ notDue, left, belowZero }: Sums, currency: string): Aging {
  const byAge = ages.map((age, index) => [age, formatMinor(left[index] as bigint, currency)] as const)
  return {
    currency,
    notDue: formatMinor(notDue, currency),
    ...(Object.fromEntries(byAge) as Record<Age, string>),
    payable: formatMinor(
      left.reduce((sum, minor) => sum + minor, 0n),
      currency,
    ),
    belowZero: formatMinor(belowZero, currency),
  }
}
