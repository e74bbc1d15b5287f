import { digitsOf } from '../currency.ts'
import { parseRatio, roundHalfAway } from '../decimal.ts'
import type { LineOutcome } from '../payouts/batch.ts'
import type { StatementStatus } from '../reconciliation/statement-line.ts'
import type { ResolutionWay } from './ways.ts'

/** What left an account for a line of a batch; below zero, what came back to it. */
export interface Paid {
  readonly provider: string
  readonly amountMinor: bigint
  readonly currency: string
  /** What it counts for, in the currency of the line: converted by a recorded rate, or the same. */
  readonly countedMinor: bigint
}

/**
 * Where the money of a line is, once it is no longer in transit. accept: what was paid counts, and the rest is owed. write-off: what
 * was paid counts, and the rest is given up. retry: all of it is owed, and what was paid is lost.
 */
export interface LineStanding {
  readonly as: Exclude<ResolutionWay, 'disregard'>
  readonly paid: readonly Paid[]
}

/** What a standing is about: a line of a batch. */
export interface Due {
  readonly amountMinor: bigint
  readonly currency: string
}

/** What a line of a statement says of money. */
export interface Said extends Due {
  readonly provider: string
  readonly status: StatementStatus
}

/** The standing after a statement that agrees with the instruction. */
export function afterReport(
  before: LineStanding | undefined,
  outcome: LineOutcome,
  provider: string,
  { amountMinor, currency }: Due,
): LineStanding {
  const gone = { provider, amountMinor, currency, countedMinor: amountMinor }
  if (outcome === 'settled') return { as: 'accept', paid: [gone] }
  const back = { ...gone, amountMinor: -amountMinor, countedMinor: -amountMinor }
  return { as: 'accept', paid: before === undefined || before.paid.length === 0 ? [] : [...before.paid, back] }
}

export interface Decided {
  readonly as: LineStanding['as']
  /** In the order in which it happened. */
  readonly said: readonly Said[]
  readonly rate?: string | undefined
  /** Whose account paid what no statement names. */
  readonly provider?: string | undefined
}

/** The standing that somebody decided on. */
export function standingOf({ as, said, rate, provider }: Decided, due: Due): LineStanding {
  if (said.length > 0) return { as, paid: moved(said).map((it) => counted(it, due, as === 'retry' ? undefined : rate)) }
  const { amountMinor, currency } = due
  if (as !== 'accept' || provider === undefined) return { as, paid: [] }
  return { as, paid: [{ provider, amountMinor, currency, countedMinor: amountMinor }] }
}

/** What left an account, and what came back of it. Of what nobody said was settled, the way there and back are one. */
export function moved(said: readonly Said[]): readonly Omit<Paid, 'countedMinor'>[] {
  return said.flatMap(({ status, provider, amountMinor, currency }, index) => {
    if (status === 'settled') return [{ provider, currency, amountMinor }]
    const isBack = status === 'returned' && said.slice(0, index).some((it) => it.status === 'settled')
    return isBack ? [{ provider, currency, amountMinor: -amountMinor }] : []
  })
}

function counted(it: Omit<Paid, 'countedMinor'>, due: Due, rate: string | undefined): Paid {
  if (it.currency === due.currency) return { ...it, countedMinor: it.amountMinor }
  // Without a rate it counts for nothing: all of it is owed.
  return { ...it, countedMinor: rate === undefined ? 0n : converted(it.amountMinor, it.currency, due.currency, rate) }
}

/**
 * An amount in another currency, rounded once, halves away from zero.
 * @param rate units of `to` for one unit of `from`, a decimal
 */
export function converted(amountMinor: bigint, from: string, to: string, rate: string): bigint {
  const ratio = parseRatio(rate)
  const [own, other] = [digitsOf(from), digitsOf(to)]
  if (ratio === undefined || own === undefined || other === undefined)
    throw new RangeError(`${rate} is no rate from ${from} to ${to}.`)
  return roundHalfAway({
    num: amountMinor * ratio.num * 10n ** BigInt(other),
    den: ratio.den * 10n ** BigInt(own),
  })
}
