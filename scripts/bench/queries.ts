import { text } from 'node:stream/consumers'
import type { Warehouse } from '@vouch/warehouse'
import { programId } from './workload.ts'

/** What people ask of a program, time and again. */
export interface UsualQuestion {
  readonly name: string
  readonly query: string
  readonly params: Readonly<Record<string, string>>
}

export interface Latency {
  readonly name: string
  readonly p50Ms: number
  readonly p95Ms: number
  readonly runs: number
}

const advocateMonth = `
  SELECT currency, sum(clicks) AS clicks, sum(conversions) AS conversions, sum(revenue) AS revenue, sum(rewards) AS rewards
  FROM advocate_daily
  WHERE program_id = {program:String} AND advocate_id = {advocate:String} AND occurred_on > {day:Date} - 30
  GROUP BY currency`

/**
 * The questions, about one program.
 * @param advocate who is asked about; the busiest of the workload is `a-0`
 * @param lastDay the newest day on which something happened, 'YYYY-MM-DD'
 */
export function usualQuestions(advocate: string, lastDay: string): readonly UsualQuestion[] {
  const program = programId
  return [
    {
      name: 'leader board',
      query:
        'SELECT advocate_id, currency, clicks, conversions, revenue, rewards FROM advocate_performance WHERE program_id = {program:String} ORDER BY revenue DESC LIMIT 10',
      params: { program },
    },
    {
      name: 'model comparison',
      query: 'SELECT * FROM model_comparison WHERE program_id = {program:String} ORDER BY last_touch DESC',
      params: { program },
    },
    {
      name: "one advocate's month",
      query: advocateMonth,
      params: { program, advocate, day: lastDay },
    },
    {
      name: 'funnel of 30 days',
      query:
        'SELECT * FROM funnel_daily WHERE program_id = {program:String} AND occurred_on > {day:Date} - 30 ORDER BY occurred_on',
      params: { program, day: lastDay },
    },
    {
      name: "one advocate's balance",
      query:
        'SELECT * FROM advocate_balances WHERE program_id = {program:String} AND beneficiary_id = {advocate:String}',
      params: { program, advocate },
    },
  ]
}

/**
 * Asks each question so many times, one after the other, as somebody over HTTP does: through the guard, on a connection of its
 * own, within the limits. The first time of each does not count.
 * @throws Error if the warehouse does not answer
 */
export async function measureQuestions(
  warehouse: Pick<Warehouse, 'ask' | 'rows'>,
  { runs = 20, advocates = ['a-0', 'a-7', 'a-500'] }: { runs?: number; advocates?: readonly string[] } = {},
): Promise<Latency[]> {
  const [newest] = await warehouse.rows<{ day: string }>('SELECT toDate(max(occurred_at)) AS day FROM vouch.touches')
  if (newest === undefined) throw new Error('There is nothing to ask about.')
  const asked = advocates.map((advocate) => usualQuestions(advocate, newest.day))
  const latencies: Latency[] = []
  for (const [index, { name }] of (asked[0] ?? []).entries()) {
    const taken: number[] = []
    for (let run = -1; run < runs; run++) {
      const { query, params } = (asked[Math.max(run, 0) % asked.length] as readonly UsualQuestion[])[
        index
      ] as UsualQuestion
      const started = performance.now()
      const answer = await warehouse.ask({ query, params, format: 'JSON' })
      if (answer.tag !== 'answered')
        throw new Error(`${name}: ${answer.tag === 'failed' ? answer.message : answer.reason}`)
      await text(answer.body)
      if (run >= 0) taken.push(performance.now() - started)
    }
    taken.sort((a, b) => a - b)
    latencies.push({ name, p50Ms: quantile(taken, 0.5), p95Ms: quantile(taken, 0.95), runs })
  }
  return latencies
}

/** Of sorted values: the least that so large a part of them does not exceed. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}
