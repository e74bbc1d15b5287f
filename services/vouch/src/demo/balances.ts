import type { Engine } from '../engine.ts'
import { exact } from './amounts.ts'
import { asOf } from './calendar.ts'
import { programId } from './terms.ts'

/** What is owed in the program's currency. */
export interface Balances {
  /** The UTC day up to which `payable` is counted. */
  readonly asOf: string
  readonly beneficiaries: readonly Balance[]
  /** Customers who were welcomed, together. */
  readonly referees: Sums & { readonly count: number }
  readonly total: Sums
}

interface Sums {
  readonly accrued: string
  /** What was taken back, zero or below. */
  readonly reversed: string
  readonly balance: string
  /** Of the balance, what is out of its hold by `asOf`, and what is not yet. */
  readonly payable: string
  readonly later: string
  readonly lastAvailableOn: string
}

export interface Balance extends Sums {
  readonly beneficiaryId: string
  readonly role: 'advocate' | 'upline'
}

type SumColumns = Record<keyof Sums, string>

const sums = `sum(accrued) AS accrued, sum(reversed) AS reversed, sum(b.balance) AS balance,
  sum(r.payable) AS payable, sum(r.later) AS later, toString(max(last_available_on)) AS lastAvailableOn`

/** advocate_balances, with the days on which its rewards become payable. */
const source = `vouch.advocate_balances AS b LEFT JOIN (
    SELECT program_id, beneficiary_id, role, currency,
      sumIf(amount, available_on <= {asOf:Date}) AS payable, sumIf(amount, available_on > {asOf:Date}) AS later
    FROM vouch.rewards GROUP BY program_id, beneficiary_id, role, currency
  ) AS r USING (program_id, beneficiary_id, role, currency)
  WHERE program_id = {program:String} AND currency = {home:String}`

export async function readBalances({ warehouse }: Engine, home: string): Promise<Balances> {
  const params = { program: programId, home, asOf }
  const beneficiaries = await warehouse.rows<SumColumns & { beneficiaryId: string; role: Balance['role'] }>(
    `SELECT beneficiary_id AS beneficiaryId, role, ${sums} FROM ${source} AND role != 'referee'
     GROUP BY beneficiary_id, role ORDER BY balance DESC, beneficiaryId, role`,
    params,
  )
  const [referees] = await warehouse.rows<SumColumns & { count: string }>(
    `SELECT count() AS count, ${sums} FROM ${source} AND role = 'referee'`,
    params,
  )
  const [total] = await warehouse.rows<SumColumns>(`SELECT ${sums} FROM ${source}`, params)
  if (!referees || !total) throw new Error('a sum has one row')
  return {
    asOf,
    beneficiaries: beneficiaries.map(({ beneficiaryId, role, ...row }) => ({
      beneficiaryId,
      role,
      ...sumsOf(row, home),
    })),
    referees: { count: Number(referees.count), ...sumsOf(referees, home) },
    total: sumsOf(total, home),
  }
}

const sumsOf = (row: SumColumns, home: string): Sums => ({
  accrued: exact(row.accrued, home),
  reversed: exact(row.reversed, home),
  balance: exact(row.balance, home),
  payable: exact(row.payable, home),
  later: exact(row.later, home),
  lastAvailableOn: row.lastAvailableOn,
})
