import { formatMinor, later, type MoneyRole, partyOf, toMinor } from '@vouch/domain'
import type { AskedTables } from '../folds.ts'
import type { TotalsAsked } from './party-totals.ts'

/** What the rows of a statement are about: a month of somebody, in all their roles. */
export type RowsAsked = TotalsAsked & { readonly parties: readonly string[] }

/** In each, `amount` is a decimal: what the row adds to what is owed. */
export interface RewardOfMonth {
  readonly on: string
  readonly role: MoneyRole
  /** null where the books name no reward; then the memo says what it is. */
  readonly rewardId: string | null
  readonly ruleId: string | null
  /** null for what no conversion led to. */
  readonly conversionId: string | null
  readonly memo: string
  readonly movement: 'earned' | 'reversed'
  readonly amount: string
  readonly currency: string
  /** From when on it is payable, or no longer is. */
  readonly payableFrom: string | null
}

export interface PaymentOfMonth {
  readonly on: string
  readonly batchId: string
  readonly reference: string
  readonly outcome: 'settled' | 'failed' | 'returned'
  /** What the line of the batch pays. */
  readonly payment: string
  /** Zero for what was never paid. */
  readonly amount: string
  readonly currency: string
}

export interface OtherOfMonth {
  readonly on: string
  readonly movement: string
  readonly memo: string
  readonly amount: string
  readonly currency: string
}

export interface AdjustmentOfMonth extends OtherOfMonth {
  /** The day to which it belongs, in a month before. */
  readonly belongsOn: string
}

export interface StatementRows {
  readonly rewards: readonly RewardOfMonth[]
  readonly payments: readonly PaymentOfMonth[]
  readonly others: readonly OtherOfMonth[]
  readonly adjustments: readonly AdjustmentOfMonth[]
}

/** What a month did to what is owed to somebody, each in one of the lists, in the order of days, then of the log. */
export async function statementRows(warehouse: AskedTables, asked: RowsAsked): Promise<StatementRows> {
  const moved = await movedOf(warehouse, asked)
  const own = moved.filter(({ belongsOn }) => belongsOn >= asked.from)
  const adjusted = moved.filter(({ belongsOn }) => belongsOn < asked.from)
  return {
    rewards: await rewardsOf(warehouse, asked, own.filter(isReward)),
    payments: await paymentsOf(warehouse, asked, own.filter(isPayment)),
    others: own.filter((it) => isOwed(it) && !isReward(it) && !isPayment(it)).map(otherOf),
    adjustments: adjusted.filter(isOwed).map((it) => ({ belongsOn: it.belongsOn, ...otherOf(it) })),
  }
}

/** What a transaction does to what is owed to somebody in a role. */
interface Moved {
  readonly position: string
  readonly transactionId: string
  readonly movement: string
  readonly party: string
  readonly batchId: string
  readonly on: string
  readonly belongsOn: string
  readonly memo: string
  readonly owedMinor: bigint
  readonly currency: string
}

const isOwed = ({ owedMinor }: Moved): boolean => owedMinor !== 0n

const isReward = ({ movement }: Moved): boolean => movement === 'earned' || movement === 'reversed'
const isPayment = ({ movement }: Moved): boolean => ['settled', 'failed', 'returned'].includes(movement)

async function movedOf(warehouse: AskedTables, asked: RowsAsked): Promise<Moved[]> {
  const { programId, parties, from, until, position } = asked
  const rows = await warehouse.rows<
    Record<'at' | 'name' | 'does' | 'party' | 'batch' | 'day' | 'own' | 'says' | 'owed' | 'money', string>
  >(
    `SELECT toString(any(l.position)) AS at, transaction_id AS name, toString(any(movement)) AS does, party_id AS party,
       toString(any(batch_id)) AS batch, toString(any(effective_on)) AS day, toString(any(belongs_on)) AS own, any(memo) AS says,
       toString(-sum(amount)) AS owed, toString(currency) AS money
     FROM vouch.ledger AS l
     WHERE program_id = {programId:String} AND party_id IN {parties:Array(String)} AND startsWith(account, 'liability:')
       AND l.position <= {position:UInt64} AND effective_on BETWEEN {from:Date} AND {until:Date}
     GROUP BY transaction_id, party_id, currency
     ORDER BY any(effective_on), any(l.position), min(l.line)`,
    { programId, parties, from, until, position: position.toString() },
  )
  return rows.map(({ at, name, does, party, batch, day, own, says, owed, money }) => ({
    position: at,
    transactionId: name,
    movement: does,
    party,
    batchId: batch,
    on: day,
    belongsOn: own,
    memo: says,
    owedMinor: toMinor({ value: owed, currency: money }),
    currency: money,
  }))
}

const otherOf = ({ on, movement, memo, owedMinor, currency }: Moved): OtherOfMonth => ({
  on,
  movement,
  memo,
  amount: formatMinor(owedMinor, currency),
  currency,
})

/** Positions of the first and the last, so that a table in order of positions has little to read. */
function spanOf(moved: readonly Moved[]) {
  const positions = moved.map(({ position }) => BigInt(position))
  const [first = 0n] = positions
  const least = positions.reduce((a, b) => (a < b ? a : b), first)
  const most = positions.reduce((a, b) => (a > b ? a : b), first)
  return { least: least.toString(), most: most.toString() }
}

/** With what led to them. Transactions of rewards end with the reward's name, which has no slash in it, and maybe a number. */
async function rewardsOf(warehouse: AskedTables, asked: RowsAsked, moved: readonly Moved[]): Promise<RewardOfMonth[]> {
  const [{ party } = { party: '' }] = moved
  if (party === '') return []
  const rows = await warehouse.rows<Record<'at' | 'named' | 'rule' | 'conversion' | 'available', string>>(
    `SELECT DISTINCT toString(r.position) AS at, reward_id AS named, toString(rule_id) AS rule, conversion_id AS conversion,
       toString(available_on) AS available
     FROM vouch.rewards AS r
     WHERE program_id = {programId:String} AND beneficiary_id = {id:String} AND r.position BETWEEN {least:UInt64} AND {most:UInt64}`,
    { programId: asked.programId, id: partyOf(party).id, ...spanOf(moved) },
  )
  const causes = new Map(rows.map((row) => [`${row.at} ${row.named}`, row]))
  return moved.map((it) => {
    const [, rewardId = ''] = /\/([^/]*:[^/]*)(?:\/\d+)?$/.exec(it.transactionId) ?? []
    const cause = causes.get(`${it.position} ${rewardId}`)
    return {
      on: it.on,
      role: partyOf(it.party).role,
      rewardId: cause === undefined ? null : rewardId,
      ruleId: cause?.rule ?? null,
      conversionId: cause?.conversion || null,
      memo: it.memo,
      movement: it.movement as RewardOfMonth['movement'],
      amount: formatMinor(it.owedMinor, it.currency),
      currency: it.currency,
      payableFrom: cause === undefined ? null : later(cause.available, it.on),
    }
  })
}

/** A row for each line of a batch, whatever the roles that it pays. */
async function paymentsOf(
  warehouse: AskedTables,
  asked: RowsAsked,
  moved: readonly Moved[],
): Promise<PaymentOfMonth[]> {
  if (moved.length === 0) return []
  const rows = await warehouse.rows<Record<'named' | 'due', string>>(
    `SELECT DISTINCT reference AS named, toString(amount) AS due FROM vouch.payouts AS p
     WHERE program_id = {programId:String} AND entry IN ('settled', 'failed', 'returned')
       AND p.position BETWEEN {least:UInt64} AND {most:UInt64} AND has({batches:Array(String)}, batch_id)`,
    { programId: asked.programId, batches: [...new Set(moved.map(({ batchId }) => batchId))], ...spanOf(moved) },
  )
  const due = new Map(rows.map((row) => [row.named, row.due]))
  return [...Map.groupBy(moved, ({ transactionId, currency }) => `${transactionId} ${currency}`).values()].map(
    (own) => {
      const [{ on, batchId, movement, transactionId, currency }] = own as [Moved]
      const reference = referenceOf(transactionId)
      const minor = own.reduce((sum, { owedMinor }) => sum + owedMinor, 0n)
      const payment = due.get(reference)
      return {
        on,
        batchId,
        reference,
        outcome: movement as PaymentOfMonth['outcome'],
        payment: formatMinor(payment === undefined ? -minor : toMinor({ value: payment, currency }), currency),
        amount: formatMinor(minor, currency),
        currency,
      }
    },
  )
}

/** Transactions of payouts are payout/REFERENCE/OUTCOME. */
const referenceOf = (transactionId: string): string => transactionId.split('/').slice(1, -1).join('/')
