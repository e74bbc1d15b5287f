import { durationMs, fraction } from './exact.ts'
import type { Model, Terms } from './log.ts'

/** Integer weights of touches at `times` (ms, in order) under a model; only their proportions mean anything. */
export function weightsOf(model: Model, times: readonly number[], terms: Terms): bigint[] {
  const last = times.length - 1
  switch (model) {
    case 'first-touch':
      return times.map((_, index) => (index === 0 ? 1n : 0n))
    case 'last-touch':
      return times.map((_, index) => (index === last ? 1n : 0n))
    case 'linear':
      return times.map(() => 1n)
    case 'position-based':
      return positionBased(times.length, terms.attribution.positionBased)
    case 'time-decay': {
      const halfLife = durationMs(terms.attribution.timeDecay.halfLife)
      const newest = times[last] ?? 0
      return times.map((time) => BigInt(Math.round(1e9 * 2 ** (-(newest - time) / halfLife))))
    }
  }
}

function positionBased(count: number, shares: { first: number; last: number }): bigint[] {
  if (count <= 2) return Array.from({ length: count }, () => 1n)
  const first = fraction(shares.first)
  const last = fraction(shares.last)
  const middles = BigInt(count - 2)
  const whole = first.denominator * last.denominator
  const ends = { first: first.numerator * last.denominator, last: last.numerator * first.denominator }
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? ends.first * middles : index === count - 1 ? ends.last * middles : whole - ends.first - ends.last,
  )
}
