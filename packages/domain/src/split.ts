/**
 * Splits a whole by weights so that the parts sum to it exactly: each part is its exact share rounded down, and what is
 * left goes one unit each to the largest remainders, ties to the earlier part (Hamilton's method).
 * @param whole zero or above, in the smallest unit
 * @param weights zero or above; if all are zero, so are the parts
 */
export function split(whole: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  if (total === 0n) return weights.map(() => 0n)
  const parts: bigint[] = []
  const remainders: bigint[] = []
  let left = whole
  for (const weight of weights) {
    const part = (whole * weight) / total
    parts.push(part)
    remainders.push(whole * weight - part * total)
    left -= part
  }
  if (left === 0n) return parts
  const order = remainders.map((_, index) => index)
  order.sort((a, b) => {
    const x = remainders[a] as bigint
    const y = remainders[b] as bigint
    return x === y ? a - b : x > y ? -1 : 1
  })
  for (const index of order.slice(0, Number(left))) parts[index] = (parts[index] as bigint) + 1n
  return parts
}
