import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A seeded source of choices in whole numbers alone: the same seed gives the same choices on every machine. */
export interface Random {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  chance(percent: number): boolean
  pick<T>(from: readonly [T, ...T[]]): T
  /** One of them, each as often as its weight says. */
  weighted<T extends { readonly weight: number }>(from: readonly [T, ...T[]]): T
}

export function randomFrom(seed: number): Random {
  const source = xoroshiro128plus(seed)
  const between = (low: number, high: number) => uniformInt(source, low, high)
  return {
    between,
    chance: (percent) => between(1, 100) <= percent,
    pick: (from) => from[between(0, from.length - 1)] ?? from[0],
    weighted: (from) => {
      let left = between(
        1,
        from.reduce((sum, { weight }) => sum + weight, 0),
      )
      for (const it of from) {
        left -= it.weight
        if (left <= 0) return it
      }
      return from[0]
    },
  }
}
