import { split } from '../split.ts'
import { type CompiledTerms, weightScale } from '../terms/compiled.ts'
import { type Model, models } from '../terms/schema.ts'

/** One touch's part of a conversion under one model. */
export interface Part {
  readonly model: Model
  /** Index into the path. */
  readonly touch: number
  /** Share of the whole in units of 1e-9; the parts of a model sum to 1e9. */
  readonly credit: bigint
  /** Minor units; the parts of a model sum to the net amount. */
  readonly amountMinor: bigint
}

type Parameters = Pick<CompiledTerms, 'positionBased' | 'halfLifeMs'>

/**
 * What each touch of a path weighs under a model.
 * @param times of the touches in path order, ms; not empty
 */
export function weightsOf(model: Model, times: readonly number[], terms: Parameters): bigint[] {
  const last = times.length - 1
  switch (model) {
    case 'first-touch':
      return times.map((_, index) => (index === 0 ? 1n : 0n))
    case 'last-touch':
      return times.map((_, index) => (index === last ? 1n : 0n))
    case 'linear':
      return times.map(() => 1n)
    case 'position-based':
      return positionWeights(times.length, terms.positionBased)
    case 'time-decay': {
      const newest = times[last] as number
      return times.map((time) => decayWeight(newest - time, terms.halfLifeMs))
    }
  }
}

/** Two touches share evenly and one takes all; from three on, the middle ones share what first and last leave. */
function positionWeights(count: number, { first, last }: Parameters['positionBased']): bigint[] {
  if (count <= 2) return Array.from({ length: count }, () => 1n)
  const middles = BigInt(count - 2)
  const middle = weightScale - first - last
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? first * middles : index === count - 1 ? last * middles : middle,
  )
}

/**
 * Halves with every half-life of age, relative to the newest touch, and is rounded to 1e-9 so that the last bit of one
 * engine's power function cannot move a cent.
 */
function decayWeight(ageMs: number, halfLifeMs: number): bigint {
  return BigInt(Math.round(2 ** (-ageMs / halfLifeMs) * Number(weightScale)))
}

/** All models' parts of a net amount, models in their fixed order, touches in path order; parts of nothing are left out. */
export function partsOf(netMinor: bigint, times: readonly number[], terms: Parameters): Part[] {
  const parts: Part[] = []
  if (times.length === 0) return parts
  for (const model of models) {
    const weights = weightsOf(model, times, terms)
    const credits = split(weightScale, weights)
    const amounts = split(netMinor, weights)
    credits.forEach((credit, touch) => {
      const amountMinor = amounts[touch] as bigint
      if (credit !== 0n || amountMinor !== 0n) parts.push({ model, touch, credit, amountMinor })
    })
  }
  return parts
}
