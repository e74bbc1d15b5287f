import type { Engine } from '../engine.ts'
import { exact } from './amounts.ts'
import { programId } from './terms.ts'

/** What the advocates brought and earned, by the model that pays. */
export interface Performance {
  readonly advocates: readonly AdvocateRow[]
  readonly total: Counts
  /** Where the revenue of each currency went; `net` is `credited` and `toNobody`. */
  readonly revenue: readonly RevenueRow[]
}

interface Counts {
  readonly clicks: number
  readonly signups: number
  /** Credit for conversions in all currencies, as a decimal. */
  readonly conversions: string
  /** Net revenue in the program's currency. */
  readonly revenue: string
  readonly rewards: string
}

export interface AdvocateRow extends Counts {
  readonly advocateId: string
  readonly kind: string
  /** Net revenue in other currencies. */
  readonly further: readonly { readonly currency: string; readonly revenue: string }[]
}

export interface RevenueRow {
  readonly currency: string
  readonly conversions: number
  readonly net: string
  readonly credited: string
  readonly toNobody: string
}

type CountColumns = Record<keyof Counts, string>

const counts = `sum(clicks) AS clicks, sum(signups) AS signups, sum(conversions) AS conversions,
  sumIf(revenue, currency = {home:String}) AS revenue, sumIf(rewards, currency = {home:String}) AS rewards`

export async function readPerformance({ warehouse }: Engine, home: string): Promise<Performance> {
  const params = { program: programId, home }
  const advocates = await warehouse.rows<
    CountColumns & { advocateId: string; kind: string; further: readonly (readonly [string, string])[] }
  >(
    `SELECT advocateId, a.kind AS kind, clicks, signups, conversions, revenue, rewards, further
     FROM (
       SELECT advocate_id AS advocateId, ${counts},
         arraySort(groupArrayIf((currency, toString(p.revenue)), currency != {home:String} AND p.revenue != 0)) AS further
       FROM vouch.advocate_performance AS p WHERE program_id = {program:String} GROUP BY advocate_id
     ) AS sums
     LEFT JOIN vouch.advocates AS a ON a.program_id = {program:String} AND a.advocate_id = advocateId
     ORDER BY revenue DESC, advocateId`,
    params,
  )
  const [total] = await warehouse.rows<CountColumns>(
    `SELECT ${counts} FROM vouch.advocate_performance WHERE program_id = {program:String}`,
    params,
  )
  if (!total) throw new Error('a sum has one row')
  return {
    advocates: advocates.map(({ advocateId, kind, further, ...row }) => ({
      advocateId,
      kind,
      ...countsOf(row, home),
      further: further.map(([currency, revenue]) => ({ currency, revenue: exact(revenue, currency) })),
    })),
    total: countsOf(total, home),
    revenue: await readRevenue(warehouse, home),
  }
}

const countsOf = (row: CountColumns, home: string): Counts => ({
  clicks: Number(row.clicks),
  signups: Number(row.signups),
  conversions: row.conversions,
  revenue: exact(row.revenue, home),
  rewards: exact(row.rewards, home),
})

async function readRevenue(warehouse: Engine['warehouse'], home: string): Promise<RevenueRow[]> {
  const rows = await warehouse.rows<Record<keyof RevenueRow, string>>(
    `SELECT currency, conversions, net, c.credited AS credited, net - credited AS toNobody
     FROM (
       SELECT currency, uniqExact(conversion_id) AS conversions, sum(amount) AS net FROM vouch.conversions
       WHERE program_id = {program:String} GROUP BY currency
     ) AS n
     LEFT JOIN (
       SELECT currency, sum(revenue) AS credited FROM vouch.advocate_performance
       WHERE program_id = {program:String} GROUP BY currency
     ) AS c USING (currency)
     ORDER BY currency != {home:String}, conversions DESC, currency`,
    { program: programId, home },
  )
  return rows.map((row) => ({
    currency: row.currency,
    conversions: Number(row.conversions),
    net: exact(row.net, row.currency),
    credited: exact(row.credited, row.currency),
    toNobody: exact(row.toNobody, row.currency),
  }))
}
