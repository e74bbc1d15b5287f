import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { DataOf, EventOf, VouchEvent } from '../events/types.ts'
import { formatMinor, toMinor } from '../money.ts'
import { daysOf, monthForm, nextMonth } from './month.ts'
import type { PartyTotals } from './totals.ts'
import { type PeriodType, periodTypes } from './types.ts'

export type PeriodEvent = { [T in PeriodType]: EventOf<T> }[PeriodType]

const known: ReadonlySet<string> = new Set(periodTypes)
export const isPeriodEvent = (event: VouchEvent): event is PeriodEvent => known.has(event.type)

/** A month of a program that nothing is dated in any more. */
export interface Period {
  readonly period: string
  /** Who closes it. */
  readonly by: string
  /** Log position from which on nothing is dated in it. */
  readonly from: bigint
  /** What was declared, once it is. */
  readonly declared?: DeclaredPeriod | undefined
}

export interface DeclaredPeriod {
  /** Log position of the declaration. */
  readonly position: bigint
  /** When, ms since the epoch, UTC. */
  readonly at: number
  readonly totals: readonly PartyTotals[]
}

/** All periods of a program that are closed or being closed, oldest first. */
export type Periods = readonly Period[]

/** The state after an event that the log has at a position. */
export function evolvePeriods(periods: Periods, event: PeriodEvent, position: bigint): Periods {
  const { period, by } = event.data
  if (event.type === 'vouch.period.closing.v1') return [...periods, { period, by, from: position }]
  return periods.map((it) =>
    it.period === period ? { ...it, declared: { position, at: event.time, totals: declaredTotals(event) } } : it,
  )
}

export interface ClosePeriod {
  readonly programId: string
  /** 'YYYY-MM' */
  readonly period: string
  readonly by: string
  /** The UTC day on which it is asked for. */
  readonly today: string
}

/** Why a period is not closed; `says` is a sentence for people. */
export interface PeriodRejection {
  readonly tag: 'no-month' | 'not-over' | 'closed-before' | 'not-next'
  readonly says: string
}

export interface DecidedClosing {
  readonly type: 'vouch.period.closing.v1'
  readonly id: string
  readonly data: DataOf<'vouch.period.closing.v1'>
}

/**
 * Whether a month can be closed: the event from which on nothing is dated in it; none where that is so already. In order of
 * precedence: no-month, done already, closed-before, not-next, not-over.
 */
export function decideClosing(
  command: ClosePeriod,
  periods: Periods,
): Either<PeriodRejection, readonly DecidedClosing[]> {
  const { programId, period, by, today } = command
  const no = (tag: PeriodRejection['tag'], says: string) => left({ tag, says })
  if (!monthForm.test(period)) return no('no-month', `${period} is not a month; write one such as 2026-03.`)
  if (periods.some((it) => it.period === period)) return right([])
  const [first, last] = [periods[0]?.period, periods.at(-1)?.period]
  if (first !== undefined && last !== undefined) {
    if (period < first)
      return no('closed-before', `${period} was closed with ${first}, the first month of ${programId} to be closed.`)
    const next = nextMonth(last)
    if (period !== next)
      return no('not-next', `${next} is the next month of ${programId} to be closed; close it before ${period}.`)
  }
  const end = daysOf(period).last
  if (today <= end) return no('not-over', `${period} ends on ${end}; close it when that day is over.`)
  return right([
    { type: 'vouch.period.closing.v1', id: `${programId}/${period}/closing`, data: { programId, period, by } },
  ])
}

export interface DecidedClosed {
  readonly type: 'vouch.period.closed.v1'
  readonly id: string
  readonly data: DataOf<'vouch.period.closed.v1'>
}

/** What is declared of a period that is being closed. @param totals as the books have them at `period.from` */
export function declare(
  programId: string,
  { period, by, from }: Period,
  totals: readonly PartyTotals[],
): DecidedClosed {
  const data = { programId, period, by, position: Number(from), totals: totals.map(totalsJson) }
  return { type: 'vouch.period.closed.v1', id: `${programId}/${period}/closed`, data }
}

/** What a period may do to what is owed, in the order in which it is told. */
export const changes = ['earned', 'reversed', 'paid', 'writtenOff', 'converted', 'adjusted'] as const
/** What the closing balance consists of. */
export const shares = ['pending', 'payable', 'inTransit'] as const
/** All amounts of `PartyTotals`. */
export const totalsAmounts = ['opening', ...changes, 'closing', ...shares] as const

type TotalsJson = DataOf<'vouch.period.closed.v1'>['totals'][number]

/** What is zero is left out: there may be a hundred thousand parties, and most do little in a month. */
function totalsJson(totals: PartyTotals): TotalsJson {
  const { role, beneficiaryId, currency } = totals
  const told = totalsAmounts
    .filter((name) => totals[name] !== 0n)
    .map((name) => [name, formatMinor(totals[name], currency)])
  return { role, beneficiaryId, currency, ...Object.fromEntries(told) }
}

export function declaredTotals({ data }: Pick<EventOf<'vouch.period.closed.v1'>, 'data'>): PartyTotals[] {
  return data.totals.map((json) => {
    const { role, beneficiaryId, currency } = json
    const read = totalsAmounts.map((name) => [
      name,
      json[name] === undefined ? 0n : toMinor({ value: json[name], currency }),
    ])
    return { role, beneficiaryId, currency, ...Object.fromEntries(read) } as PartyTotals
  })
}
