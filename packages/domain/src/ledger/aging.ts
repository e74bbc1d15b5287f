/** What is left of a balance, by how old it is. */
export interface Aged {
  /** As what came in was given: of each age, zero or above. */
  readonly left: readonly bigint[]
  /** Zero, or below it where more went out than ever came in; then nothing is left of any age. */
  readonly below: bigint
}

/**
 * What is left where whatever went out is taken from the oldest that came in. Ages may be single days or spans of them: within a
 * span nothing tells one day from another.
 * @param cameIn by age, youngest first; each zero or above
 * @param wentOut what came back of it is taken off before, so that it is as old as it was. Below zero, more came back than ever
 *   went, and the rest of it is young.
 */
export function agedFifo(cameIn: readonly bigint[], wentOut: bigint): Aged {
  const left = [...cameIn]
  let rest = wentOut
  for (let age = left.length - 1; age >= 0 && rest > 0n; age--) {
    const taken = least(left[age] as bigint, rest)
    left[age] = (left[age] as bigint) - taken
    rest -= taken
  }
  if (rest < 0n) left[0] = (left[0] ?? 0n) - rest
  return { left, below: rest > 0n ? -rest : 0n }
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
