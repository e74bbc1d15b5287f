import type { Model } from '@vouch/domain'
import type { Engine } from '../engine.ts'
import { exact } from './amounts.ts'
import { type Story, stories } from './stories.ts'
import { programId } from './terms.ts'

/** A story with what was known before its cause reached the log, and right after: rows up to a position. */
export interface ToldStory extends Story {
  /** Position of the cause in the log. */
  readonly position: number
  /** When the cause happened, and when it reached the log; RFC 3339. */
  readonly occurredAt: string
  readonly recordedAt: string
  readonly currency: string
  readonly changes: readonly Change[]
}

/** What somebody was credited with, by the model that pays, and what it earned. */
export interface Change {
  readonly advocateId: string
  readonly role: 'advocate' | 'upline'
  readonly revenue: { readonly before: string; readonly after: string }
  readonly reward: { readonly before: string; readonly after: string }
}

interface Terms {
  readonly currency: string
  readonly rewardBy: Model
}

export async function readStories(engine: Engine, terms: Terms): Promise<ToldStory[]> {
  const told: ToldStory[] = []
  for (const story of stories) told.push(await retell(engine, story, terms))
  return told
}

async function retell({ warehouse }: Engine, story: Story, terms: Terms): Promise<ToldStory> {
  const { conversionId, cause } = story
  const [event] = await warehouse.rows<Record<'position' | 'occurredAt' | 'recordedAt', string>>(
    `SELECT position, toString(occurred_at) AS occurredAt, toString(recorded_at) AS recordedAt
     FROM vouch.events WHERE source = {source:String} AND event_id = {id:String}`,
    { source: cause.source, id: cause.id },
  )
  if (!event) throw new Error(`the log has no event ${cause.id} of ${cause.source}`)
  const changes = await warehouse.rows<
    Record<'advocateId' | 'currency' | keyof typeof columns, string> & Pick<Change, 'role'>
  >(
    `SELECT advocateId, role, max(revenueCurrency) AS currency, ${Object.values(columns).join(', ')}
     FROM (
       SELECT position, toString(advocate_id) AS advocateId, 'advocate' AS role, toString(currency) AS revenueCurrency,
         amount AS revenue, toDecimal64(0, 4) AS reward
       FROM vouch.attributions
       WHERE program_id = {program:String} AND conversion_id = {conversion:String} AND model = {model:String}
       UNION ALL
       SELECT position, beneficiary_id, toString(role), '', toDecimal64(0, 4), amount
       FROM vouch.rewards
       WHERE program_id = {program:String} AND conversion_id = {conversion:String} AND role != 'referee'
     )
     GROUP BY advocateId, role HAVING revenueBefore != revenueAfter OR rewardBefore != rewardAfter
     ORDER BY revenueBefore DESC, revenueAfter DESC, advocateId, role`,
    { program: programId, conversion: conversionId, model: terms.rewardBy, position: event.position },
  )
  const currency = changes.find((row) => row.currency !== '')?.currency ?? terms.currency
  return {
    ...story,
    position: Number(event.position),
    occurredAt: rfc3339(event.occurredAt),
    recordedAt: rfc3339(event.recordedAt),
    currency,
    changes: changes.map((row) => ({
      advocateId: row.advocateId,
      role: row.role,
      revenue: { before: exact(row.revenueBefore, currency), after: exact(row.revenueAfter, currency) },
      reward: { before: exact(row.rewardBefore, terms.currency), after: exact(row.rewardAfter, terms.currency) },
    })),
  }
}

const columns = {
  revenueBefore: 'sumIf(revenue, position < {position:UInt64}) AS revenueBefore',
  revenueAfter: 'sumIf(revenue, position <= {position:UInt64}) AS revenueAfter',
  rewardBefore: 'sumIf(reward, position < {position:UInt64}) AS rewardBefore',
  rewardAfter: 'sumIf(reward, position <= {position:UInt64}) AS rewardAfter',
} as const

const rfc3339 = (timestamp: string): string => `${timestamp.replace(' ', 'T')}Z`
