/** An exact fraction. `den` is above zero. */
export interface Ratio {
  readonly num: bigint
  readonly den: bigint
}

const pattern = /^(\d+)(?:\.(\d+))?$/

/** Reads an unsigned decimal string ('10', '0.045') as an exact fraction; undefined for anything else. */
export function parseRatio(text: string): Ratio | undefined {
  const match = pattern.exec(text)
  if (!match) return undefined
  const fraction = match[2] ?? ''
  return { num: BigInt(match[1] + fraction), den: 10n ** BigInt(fraction.length) }
}

export const times = (a: Ratio, b: Ratio): Ratio => ({ num: a.num * b.num, den: a.den * b.den })

/** Rounds to the nearest integer, halves away from zero. */
export function roundHalfAway({ num, den }: Ratio): bigint {
  const half = num < 0n ? -den : den
  return (2n * num + half) / (2n * den)
}

/** Below zero, zero or above zero, as a is less than, equal to or greater than b. */
export function compareRatio(a: Ratio, b: Ratio): number {
  const difference = a.num * b.den - b.num * a.den
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
