import {
  type ClosePeriod,
  daysOf,
  decideClosing,
  declare,
  decodeEvent,
  evolvePeriods,
  formatMinor,
  isPeriodEvent,
  type PartyTotals,
  type Period,
  type PeriodRejection,
  type Periods,
  toMinor,
} from '@vouch/domain'
import type { EventStore } from '@vouch/event-store'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { catchUp } from '../catch-up.ts'
import type { Engine } from '../engine.ts'
import type { AskedTables } from '../folds.ts'
import { type AskingKey, appendDecidedTo } from './append-decided.ts'
import { partyTotals } from './party-totals.ts'
import { maxTries } from './payouts.ts'

const source = 'vouch/periods'
const periodStream = (programId: string): string => `periods:${programId}`

interface KnownPeriods {
  readonly periods: Periods
  /** -1n before the first event. */
  readonly revision: bigint
}

/** @throws StoreError */
export async function readPeriods(store: EventStore, programId: string): Promise<KnownPeriods> {
  let periods: Periods = []
  let revision = -1n
  for await (const recorded of store.readStream(periodStream(programId))) {
    const event = decodeEvent(recorded)
    if (!isPeriodEvent(event)) throw new Error(`The periods of ${programId} hold ${event.type} (id ${event.id}).`)
    periods = evolvePeriods(periods, event, recorded.position)
    revision = recorded.revision
  }
  return { periods, revision }
}

/** Why a month is not closed. */
export type NotClosed = PeriodRejection | { readonly tag: 'unknown-program' | 'outrun'; readonly says: string }

/** A month that is closed, with what it was declared to have come to. */
export type ClosedPeriod = Period & { readonly declared: NonNullable<Period['declared']> }

export interface Closing {
  readonly closed: ClosedPeriod
  /** False where it was closed before. */
  readonly changed: boolean
}

/**
 * Closes a month: first nothing is dated in it any more, then what it has come to by then is declared. If that was broken off,
 * the same command goes on.
 */
export async function closePeriod(
  engine: Engine,
  command: Omit<ClosePeriod, 'today'>,
  signal: AbortSignal,
  key?: AskingKey,
): Promise<Either<NotClosed, Closing>> {
  const { store, warehouse, clock } = engine
  const { programId, period } = command
  await catchUp(engine, signal)
  if (!(await isKnown(warehouse, programId))) return left(unknownProgram(programId))
  let changed = false
  for (let tries = 0; tries < maxTries; tries++) {
    const { periods, revision } = await readPeriods(store, programId)
    const now = clock()
    const appending = { stream: periodStream(programId), source, revision, now, key }
    const decision = decideClosing({ ...command, today: new Date(now).toISOString().slice(0, 10) }, periods)
    if (isLeft(decision)) return decision
    if (decision.right.length > 0) {
      await appendDecidedTo(store, appending, decision.right)
      changed = true
      continue
    }
    const own = periods.find((it) => it.period === period) as Period
    if (own.declared !== undefined) {
      await catchUp(engine, signal)
      return right({ closed: own as ClosedPeriod, changed })
    }
    await catchUp(engine, signal)
    const { first, last } = daysOf(period)
    const totals = await partyTotals(warehouse, { programId, from: first, until: last, position: own.from })
    await appendDecidedTo(store, appending, [declare(programId, own, totals)])
    changed = true
  }
  return left({
    tag: 'outrun',
    says: `Others closed months of ${programId} ${maxTries} times while this was tried; try again.`,
  })
}

const unknownProgram = (programId: string): NotClosed => ({
  tag: 'unknown-program',
  says: `There is no program ${programId}; vouch sql "SELECT program_id FROM progress" shows those there are.`,
})

async function isKnown(warehouse: AskedTables, programId: string): Promise<boolean> {
  const rows = await warehouse.rows<{ one: number }>(
    'SELECT 1 AS one FROM vouch.progress WHERE program_id = {programId:String} LIMIT 1',
    { programId },
  )
  return rows.length > 0
}

export interface ShownPeriod {
  readonly totals: readonly PartyTotals[]
  /** Undefined for a month that is open: then the totals are as they stand. */
  readonly closed: ClosedPeriod | undefined
}

export async function showPeriod(
  engine: Engine,
  { programId, period }: Pick<ClosePeriod, 'programId' | 'period'>,
  signal: AbortSignal,
): Promise<Either<NotClosed, ShownPeriod>> {
  const { periods } = await readPeriods(engine.store, programId)
  const closed = periods.find((it): it is ClosedPeriod => it.period === period && it.declared !== undefined)
  if (closed !== undefined) return right({ totals: closed.declared.totals, closed })
  await catchUp(engine, signal)
  if (!(await isKnown(engine.warehouse, programId))) return left(unknownProgram(programId))
  const { position } = await engine.projector.progress()
  const { first, last } = daysOf(period)
  const totals = await partyTotals(engine.warehouse, { programId, from: first, until: last, position })
  return right({ totals, closed: undefined })
}

export interface ListedPeriod {
  readonly programId: string
  readonly period: string
  readonly by: string
  /** Null where closing was begun and broken off. */
  readonly closedAt: string | null
}

/** Months that are closed or being closed, by program, oldest first. */
export async function listPeriods(
  engine: Engine,
  programId: string | undefined,
  signal: AbortSignal,
): Promise<ListedPeriod[]> {
  await catchUp(engine, signal)
  const rows = await engine.warehouse.rows<Record<'program' | 'month' | 'who' | 'done', string>>(
    `SELECT toString(program_id) AS program, toString(period) AS month, toString(any(actor)) AS who,
       if(countIf(entry = 'closed') = 0, '', formatDateTime(maxIf(occurred_at, entry = 'closed'), '%Y-%m-%dT%H:%i:%SZ', 'UTC')) AS done
     FROM vouch.periods WHERE {programId:String} IN ('', program_id)
     GROUP BY program, month ORDER BY program, month`,
    { programId: programId ?? '' },
  )
  return rows.map(({ program, month, who, done }) => ({
    programId: program,
    period: month,
    by: who,
    closedAt: done || null,
  }))
}

/** A month that the books make something else of than was declared, in one currency. */
export interface RestatedPeriod {
  readonly programId: string
  readonly period: string
  readonly currency: string
  /** How many parties it differs for. */
  readonly parties: number
  /** What they are owed more, or less, in all: a decimal. */
  readonly more: string
  /** The day on which that is booked. */
  readonly on: string
}

/** Closed months that the folds no longer reproduce; what differs is booked on the first day that was open. */
export async function restatedPeriods(warehouse: AskedTables, programId = ''): Promise<RestatedPeriod[]> {
  const rows = await warehouse.rows<Record<'program' | 'month' | 'money' | 'who' | 'owed' | 'day', string>>(
    `SELECT toString(program_id) AS program, splitByChar('/', transaction_id)[2] AS month, toString(currency) AS money,
       toString(uniqExact(party_id)) AS who, toString(sumIf(amount, startsWith(account, 'expense:rewards:'))) AS owed,
       toString(min(effective_on)) AS day
     FROM vouch.ledger
     WHERE {programId:String} IN ('', program_id) AND startsWith(transaction_id, 'period/') AND match(transaction_id, '/now(-released)?$')
     GROUP BY program, month, money ORDER BY program, month, money`,
    { programId },
  )
  return rows.map(({ program, month, money, who, owed, day }) => ({
    programId: program,
    period: month,
    currency: money,
    parties: Number(who),
    more: formatMinor(toMinor({ value: owed, currency: money }), money),
    on: day,
  }))
}

/** For people. */
export const restatedText = ({ programId, period, currency, parties, more, on }: RestatedPeriod): string =>
  `${period} of ${programId} is kept as it was declared, and the books now make something else of it: ${parties === 1 ? '1 party' : `${parties} parties`}, ${more} ${currency} in all; the difference is booked on ${on}.`
