import type { Model } from '@vouch/domain'
import type { Engine } from '../engine.ts'
import { explain, type FullExplanation } from '../explanation.ts'
import { exact } from './amounts.ts'
import { type Balances, readBalances } from './balances.ts'
import { type Performance, readPerformance } from './performance.ts'
import type { Outcomes } from './play.ts'
import { meaningOf } from './reasons.ts'
import { readStories, type ToldStory } from './retell.ts'
import { stories } from './stories.ts'
import { programId } from './terms.ts'

/** All that the demo shows. Every number was read from the tables; amounts are decimal strings with their currency's digits. */
export interface Report {
  readonly seed: number
  readonly program: ProgramSummary
  readonly simulated: Simulated
  readonly outcomes: Outcomes
  readonly performance: Performance
  readonly models: readonly ModelRow[]
  readonly balances: Balances
  readonly exclusions: readonly ExclusionCount[]
  readonly stories: readonly ToldStory[]
  readonly explanation: FullExplanation
}

export interface ProgramSummary {
  readonly programId: string
  readonly name: string
  readonly currency: string
  readonly rewardBy: Model
  readonly versions: number
}

export interface Simulated {
  /** UTC days of the first and last event. */
  readonly from: string
  readonly to: string
  readonly events: number
  readonly advocates: number
  readonly visitors: number
  readonly customers: number
  /** How many events of each type the log has. */
  readonly types: Readonly<Record<string, number>>
}

/** Net revenue of an advocate in the program's currency under each model. */
export interface ModelRow {
  readonly advocateId: string
  readonly amounts: Readonly<Record<Model, string>>
  /** The most that any model gives above the least. */
  readonly spread: string
}

export interface ExclusionCount {
  readonly subject: 'event' | 'touch' | 'reward'
  readonly reason: string
  readonly count: number
  readonly meaning: string
}

export async function readReport(engine: Engine, seed: number, outcomes: Outcomes): Promise<Report> {
  const program = await readProgram(engine)
  const [showcase] = stories
  const explanation = await explain(engine, programId, showcase.conversionId)
  if (!explanation) throw new Error(`the demo has no conversion ${showcase.conversionId}`)
  return {
    seed,
    program,
    simulated: await readSimulated(engine),
    outcomes,
    performance: await readPerformance(engine, program.currency),
    models: await readModels(engine, program.currency),
    balances: await readBalances(engine, program.currency),
    exclusions: await readExclusions(engine),
    stories: await readStories(engine, program),
    explanation,
  }
}

async function readProgram({ warehouse }: Engine): Promise<ProgramSummary> {
  const [row] = await warehouse.rows<Omit<ProgramSummary, 'versions'> & { readonly versions: string }>(
    `SELECT program_id AS programId, argMax(name, version) AS name, argMax(currency, version) AS currency,
       argMax(reward_by, version) AS rewardBy, toString(count()) AS versions
     FROM vouch.programs WHERE program_id = {program:String} GROUP BY program_id`,
    { program: programId },
  )
  if (!row) throw new Error(`the tables have no program ${programId}`)
  return { ...row, versions: Number(row.versions) }
}

async function readSimulated({ warehouse }: Engine): Promise<Simulated> {
  const types = await warehouse.rows<{ readonly type: string; readonly events: string }>(
    'SELECT type, count() AS events FROM vouch.events GROUP BY type ORDER BY type',
  )
  const [row] = await warehouse.rows<Record<'from' | 'to' | 'events' | 'advocates' | 'visitors' | 'customers', string>>(
    `SELECT toString(toDate(min(occurred_at))) AS from, toString(toDate(max(occurred_at))) AS to, count() AS events,
       (SELECT count() FROM vouch.advocates WHERE enrolled_at IS NOT NULL) AS advocates,
       (SELECT uniqExact(visitor_id) FROM vouch.touches WHERE visitor_id != '') AS visitors,
       (SELECT uniqExact(customer_id) FROM (
          SELECT customer_id FROM vouch.signups UNION ALL SELECT customer_id FROM vouch.conversions WHERE customer_id != ''
        )) AS customers
     FROM vouch.events`,
  )
  return {
    from: row?.from ?? '',
    to: row?.to ?? '',
    events: Number(row?.events),
    advocates: Number(row?.advocates),
    visitors: Number(row?.visitors),
    customers: Number(row?.customers),
    types: Object.fromEntries(types.map(({ type, events }) => [type, Number(events)])),
  }
}

async function readModels({ warehouse }: Engine, currency: string): Promise<ModelRow[]> {
  const rows = await warehouse.rows<Record<Model | 'advocateId' | 'spread', string>>(
    `SELECT advocate_id AS advocateId, first_touch AS "first-touch", last_touch AS "last-touch", linear,
       position_based AS "position-based", time_decay AS "time-decay",
       greatest(first_touch, last_touch, linear, position_based, time_decay)
         - least(first_touch, last_touch, linear, position_based, time_decay) AS spread
     FROM vouch.model_comparison WHERE program_id = {program:String} AND currency = {currency:String}
     ORDER BY last_touch DESC, advocate_id`,
    { program: programId, currency },
  )
  return rows.map(({ advocateId, spread, ...amounts }) => ({
    advocateId,
    amounts: {
      'first-touch': exact(amounts['first-touch'], currency),
      'last-touch': exact(amounts['last-touch'], currency),
      linear: exact(amounts.linear, currency),
      'position-based': exact(amounts['position-based'], currency),
      'time-decay': exact(amounts['time-decay'], currency),
    },
    spread: exact(spread, currency),
  }))
}

async function readExclusions({ warehouse }: Engine): Promise<ExclusionCount[]> {
  const rows = await warehouse.rows<{ readonly subject: ExclusionCount['subject']; reason: string; stands: string }>(
    `SELECT subject, reason, sum(sign) AS stands FROM vouch.exclusions WHERE program_id = {program:String}
     GROUP BY subject, reason HAVING stands > 0
     ORDER BY indexOf(['touch', 'event', 'reward'], subject), stands DESC, reason`,
    { program: programId },
  )
  return rows.map(({ subject, reason, stands }) => ({
    subject,
    reason,
    count: Number(stands),
    meaning: meaningOf(reason),
  }))
}
