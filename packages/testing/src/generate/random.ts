/** A small seeded source of choices (mulberry32): the same seed gives the same choices on every machine. */
export interface Random {
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly [T, ...T[]]): T
  /** An element, or undefined of an empty list. */
  any<T>(from: readonly T[]): T | undefined
  /** An element; those at the front more often. */
  early<T>(from: readonly [T, ...T[]]): T
  shuffled<T>(from: readonly T[]): T[]
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => next() < probability,
    pick: (from) => from[below(from.length)] ?? from[0],
    any: (from) => from[below(from.length)],
    early: (from) => from[below(1 + below(from.length))] ?? from[0],
    shuffled: (from) => {
      const order = from.map((value) => ({ value, rank: next() }))
      return order.sort((a, b) => a.rank - b.rank).map(({ value }) => value)
    },
  }
}
