import {
  type BeneficiaryKind,
  daysOf,
  formatMinor,
  kindOfRole,
  moneyRoles,
  type PartyTotals,
  partyId,
  totalsAmounts,
} from '@vouch/domain'
import type { AskedTables } from '../folds.ts'
import type { KnownAt } from './known-at.ts'
import { partyTotals } from './party-totals.ts'
import { type StatementRows, statementRows } from './statement-rows.ts'

export interface StatementAsked {
  readonly programId: string
  readonly kind: BeneficiaryKind
  readonly beneficiaryId: string
  /** 'YYYY-MM' */
  readonly period: string
  readonly known: KnownAt
}

/** In the order in which a statement has them; all but the last three come to `closing`, and so do these. */
export const statementSums = totalsAmounts
export type StatementSum = (typeof statementSums)[number]

/** What a month did to what is owed in a currency: decimals, each of them what it adds to what is owed. */
export type StatementTotals = { readonly currency: string } & Readonly<Record<StatementSum, string>>

/**
 * What somebody is owed for a month, in all their roles, as a payout has it. Rewards come to earned and reversed, payments to paid,
 * others to written off and converted, adjustments to adjusted.
 */
export interface Statement extends StatementRows {
  readonly programId: string
  readonly programName: string
  readonly kind: BeneficiaryKind
  readonly beneficiaryId: string
  /** 'YYYY-MM', its first and its last day. */
  readonly period: string
  readonly from: string
  readonly until: string
  readonly position: number
  /** Whether the month was closed at that position; else more may come to it. */
  readonly isClosed: boolean
  /** By currency: they are never added up. */
  readonly totals: readonly StatementTotals[]
}

/** What a program owes somebody for a month: the same for the same position, whenever it is asked for. */
export async function statementOf(warehouse: AskedTables, asked: StatementAsked): Promise<Statement> {
  const { programId, kind, beneficiaryId, period, known } = asked
  const { first: from, last: until } = daysOf(period)
  const { position, isClosed } = known
  const parties = moneyRoles
    .filter((role) => kindOfRole(role) === kind)
    .map((role) => partyId(programId, role, beneficiaryId))
  const bounds = { programId, from, until, position, parties }
  return {
    programId,
    programName: await nameOf(warehouse, programId, position),
    kind,
    beneficiaryId,
    period,
    from,
    until,
    position: Number(position),
    isClosed,
    totals: byCurrency(await partyTotals(warehouse, bounds)),
    ...(await statementRows(warehouse, bounds)),
  }
}

/** All roles together. */
function byCurrency(totals: readonly PartyTotals[]): StatementTotals[] {
  const own = [...Map.groupBy(totals, ({ currency }) => currency)].sort(([a], [b]) => (a < b ? -1 : 1))
  return own.map(([currency, roles]) => {
    const text = (of: StatementSum) =>
      formatMinor(
        roles.reduce((sum, role) => sum + role[of], 0n),
        currency,
      )
    const sums = statementSums.map((of) => [of, text(of)] as const)
    return { currency, ...(Object.fromEntries(sums) as Record<StatementSum, string>) }
  })
}

/** What people call the program, as its newest terms say; its id where it has none. */
async function nameOf(warehouse: AskedTables, programId: string, position: bigint): Promise<string> {
  const [row] = await warehouse.rows<{ called: string }>(
    `SELECT argMax(name, version) AS called FROM vouch.programs
     WHERE program_id = {programId:String} AND position <= {position:UInt64} HAVING count() > 0`,
    { programId, position: position.toString() },
  )
  return row?.called || programId
}
