import { formatMinor, type MoneyRole, partyOf, toMinor } from '@vouch/domain'
import type { AskedTables } from '../folds.ts'
import type { TotalsAsked } from './party-totals.ts'

/** What the rows of a statement are about: a month of somebody, in all their roles. */
export type RowsAsked = TotalsAsked & { readonly parties: readonly string[] }

/** In each, `amount` is a decimal: what the row adds to what is owed. */
export interface RewardOfMonth {
  readonly on: string
  readonly role: MoneyRole
  readonly ruleId: string
  /** null for what no conversion led to. */
  readonly conversionId: string | null
  readonly rewardId: string
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

interface MovementRow extends Record<'on' | 'belongs' | 'does' | 'says' | 'party' | 'owed' | 'money', string> {
  readonly name: string
}

/** Whatever moved what is owed, a row each for each party, in the order of days, then of the log. */
const moved = (more: string) => `
  SELECT transaction_id AS name, party_id AS party, toString(currency) AS money, toString(any(effective_on)) AS on,
    toString(any(belongs_on)) AS belongs, toString(any(movement)) AS does, any(memo) AS says, toString(-sum(amount)) AS owed,
    any(l.position) AS at
  FROM vouch.ledger AS l
  WHERE program_id = {programId:String} AND party_id IN {parties:Array(String)} AND startsWith(account, 'liability:')
    AND l.position <= {position:UInt64} AND effective_on BETWEEN {from:Date} AND {until:Date} AND ${more}
  GROUP BY transaction_id, party_id, currency HAVING sum(amount) != 0
  ORDER BY any(effective_on), at, min(l.line)`

const isOwn = 'belongs_on >= {from:Date}'

const params = ({ programId, parties, from, until, position }: RowsAsked) => ({
  programId,
  parties,
  from,
  until,
  position: position.toString(),
})

/** What was earned and taken back in the month, with what led to it; names of rewards have no slash in them. */
export async function rewardsOf(warehouse: AskedTables, asked: RowsAsked): Promise<RewardOfMonth[]> {
  const rows = await warehouse.rows<MovementRow & Record<'reward' | 'rule' | 'conversion' | 'payable', string>>(
    `WITH moved AS (
       SELECT *, rowNumberInAllBlocks() AS place, extract(name, '/([^/]*:[^/]*)(?:/[0-9]+)?$') AS reward,
         replaceOne(name, 'earned/', 'available/') AS release
       FROM (${moved(`${isOwn} AND movement IN ('earned', 'reversed')`)})
     ), led AS (
       SELECT r.position AS led_at, reward_id, any(rule_id) AS led_by, any(conversion_id) AS led_for FROM vouch.rewards AS r
       WHERE program_id = {programId:String} AND r.position IN (SELECT at FROM moved) GROUP BY r.position, reward_id
     ), released AS (
       SELECT transaction_id AS released_by, toString(any(effective_on)) AS released_on FROM vouch.ledger AS l
       WHERE l.position IN (SELECT at FROM moved) AND transaction_id IN (SELECT release FROM moved) GROUP BY transaction_id
     )
     SELECT on, does, party, owed, money, reward, led_by AS rule, led_for AS conversion, released_on AS payable
     FROM moved LEFT JOIN led ON led_at = at AND reward_id = reward LEFT JOIN released ON released_by = release
     ORDER BY place`,
    params(asked),
  )
  return rows.map(({ on, does, party, owed, money, reward, rule, conversion, payable }) => ({
    on,
    role: partyOf(party).role,
    ruleId: rule,
    conversionId: conversion === '' ? null : conversion,
    rewardId: reward,
    movement: does as RewardOfMonth['movement'],
    amount: exact(owed, money),
    currency: money,
    payableFrom: payable === '' ? null : payable,
  }))
}

/** What was paid in the month, came back, or failed: a row for each line of a batch, whatever the roles it pays. */
export async function paymentsOf(warehouse: AskedTables, asked: RowsAsked): Promise<PaymentOfMonth[]> {
  const rows = await warehouse.rows<Record<'on' | 'batch' | 'ref' | 'does' | 'due' | 'owed' | 'money', string>>(
    `WITH said AS (
       SELECT l.position AS at, toString(l.batch_id) AS batch, toString(l.currency) AS money, toString(any(movement)) AS does,
         toString(any(effective_on)) AS on, any(transaction_id) AS name, toString(-sumIf(amount, startsWith(account, 'liability:'))) AS owed
       FROM vouch.ledger AS l
       WHERE program_id = {programId:String} AND party_id IN {parties:Array(String)} AND batch_id != ''
         AND movement IN ('settled', 'failed', 'returned')
         AND l.position <= {position:UInt64} AND effective_on BETWEEN {from:Date} AND {until:Date} AND ${isOwn}
       GROUP BY l.position, l.batch_id, l.currency
     ), lines AS (
       SELECT p.position AS stated_at, toString(p.batch_id) AS of_batch, reference, toString(amount) AS due FROM vouch.payouts AS p
       WHERE program_id = {programId:String} AND p.position IN (SELECT at FROM said) AND entry IN ('settled', 'failed', 'returned')
     )
     SELECT on, batch, reference AS ref, does, due, owed, money FROM said JOIN lines ON stated_at = at AND of_batch = batch
     WHERE position(name, reference) > 0
     ORDER BY on, at, ref`,
    params(asked),
  )
  return rows.map(({ on, batch, ref, does, due, owed, money }) => ({
    on,
    batchId: batch,
    reference: ref,
    outcome: does as PaymentOfMonth['outcome'],
    payment: exact(due, money),
    amount: exact(owed, money),
    currency: money,
  }))
}

/** What was written off and converted in the month. */
export async function othersOf(warehouse: AskedTables, asked: RowsAsked): Promise<OtherOfMonth[]> {
  const query = moved(`${isOwn} AND movement NOT IN ('earned', 'reversed', 'settled', 'returned')`)
  return (await warehouse.rows<MovementRow>(query, params(asked))).map(otherOf)
}

/** What came to the month that belongs to months before. */
export async function adjustmentsOf(warehouse: AskedTables, asked: RowsAsked): Promise<AdjustmentOfMonth[]> {
  const rows = await warehouse.rows<MovementRow>(moved(`NOT (${isOwn})`), params(asked))
  return rows.map((row) => ({ belongsOn: row.belongs, ...otherOf(row) }))
}

const otherOf = ({ on, does, says, owed, money }: MovementRow): OtherOfMonth => ({
  on,
  movement: does,
  memo: says,
  amount: exact(owed, money),
  currency: money,
})

/** With the digits of the currency. */
const exact = (amount: string, currency: string): string => formatMinor(toMinor({ value: amount, currency }), currency)
