import { digitsOf } from '../currency.ts'
import { parseRatio, roundHalfAway, times } from '../decimal.ts'

/** Digits of a recorded rate. More than 8 before the point no currency needs, and the tables hold 18 in all. */
export const exchangeRateDigits = { before: 8, after: 10 } as const

/** From one currency to another, at a rate that is written down. */
export interface Exchange {
  readonly from: string
  readonly to: string
  /** Units of `to` for one unit of `from`: a decimal above zero. */
  readonly rate: string
}

/**
 * What an amount comes to in the other currency: rounded once, to its minor unit, halves away from zero. So an amount and its
 * opposite come to opposites.
 * @param amountMinor in minor units of `from`
 * @returns minor units of `to`
 * @throws RangeError for an unknown currency, or a rate that is none
 */
export function exchanged(amountMinor: bigint, { from, to, rate }: Exchange): bigint {
  const ratio = parseRatio(rate)
  const [digits, toDigits] = [digitsOf(from), digitsOf(to)]
  if (ratio === undefined || digits === undefined || toDigits === undefined)
    throw new RangeError(`Nothing is exchanged from ${from} to ${to} at ${rate}.`)
  const scale = { num: 10n ** BigInt(toDigits), den: 10n ** BigInt(digits) }
  return roundHalfAway(times({ num: amountMinor, den: 1n }, times(ratio, scale)))
}

/** An amount, and what it came to. */
export interface Exchanged {
  readonly fromMinor: bigint
  readonly toMinor: bigint
}

/** The sum of amounts that were exchanged one by one, and what the rate makes of that sum. */
export interface ExchangeTotals extends Exchanged {
  readonly atRateMinor: bigint
  /** What rounding each by itself added, or below zero took away: `toMinor` less `atRateMinor`. */
  readonly differenceMinor: bigint
}

export function exchangeTotals(exchange: Exchange, lines: readonly Exchanged[]): ExchangeTotals {
  const fromMinor = lines.reduce((sum, line) => sum + line.fromMinor, 0n)
  const toMinor = lines.reduce((sum, line) => sum + line.toMinor, 0n)
  const atRateMinor = exchanged(fromMinor, exchange)
  return { fromMinor, toMinor, atRateMinor, differenceMinor: toMinor - atRateMinor }
}
