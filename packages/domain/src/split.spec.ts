import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { split } from './split.ts'

describe('a split by weights', () => {
  it.each<[bigint, bigint[], bigint[]]>([
    [100n, [1n], [100n]],
    [100n, [1n, 1n], [50n, 50n]],
    [1n, [1n, 1n], [1n, 0n]],
    [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    [101n, [1n, 1n, 1n], [34n, 34n, 33n]],
    [0n, [1n, 2n], [0n, 0n]],
    [100n, [0n, 1n], [0n, 100n]],
    [100n, [0n, 0n], [0n, 0n]],
    [100n, [], []],
    // 14.28, 28.57 and 57.14: the one unit left goes to the remainder of .57.
    [100n, [1n, 2n, 4n], [14n, 29n, 57n]],
    // 3.6, 3.6 and 2.8: two left, for .8 and for the earlier .6.
    [10n, [9n, 9n, 7n], [4n, 3n, 3n]],
    [10n ** 30n + 1n, [1n, 1n], [5n * 10n ** 29n + 1n, 5n * 10n ** 29n]],
  ])('%s by %s is %s', (whole, weights, parts) => {
    expect(split(whole, weights)).toStrictEqual(parts)
  })

  const whole = fc.oneof(fc.bigInt({ min: 0n, max: 200n }), fc.bigInt({ min: 0n, max: 10n ** 20n }))
  const weight = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 10n ** 12n }))
  const weights = fc.array(weight, { minLength: 1, maxLength: 12 }).filter((list) => list.some((it) => it > 0n))
  const sum = (list: readonly bigint[]) => list.reduce((total, it) => total + it, 0n)

  it('sums to the whole', () => {
    fc.assert(fc.property(whole, weights, (amount, list) => sum(split(amount, list)) === amount))
  })

  it('is within one unit of each exact share', () => {
    fc.assert(
      fc.property(whole, weights, (amount, list) => {
        const total = sum(list)
        split(amount, list).forEach((part, index) => {
          const difference = part * total - amount * (list[index] as bigint)
          expect(difference > -total && difference < total).toBe(true)
        })
      }),
    )
  })

  it('gives no less to a greater weight, and no less to the earlier of equals', () => {
    fc.assert(
      fc.property(whole, weights, (amount, list) => {
        const parts = split(amount, list)
        for (let i = 0; i < list.length; i++) {
          for (let j = 0; j < list.length; j++) {
            const [a, b] = [list[i] as bigint, list[j] as bigint]
            if (a > b || (a === b && i < j)) expect(parts[i] as bigint).toBeGreaterThanOrEqual(parts[j] as bigint)
          }
        }
      }),
    )
  })

  it('gives nothing for no weight', () => {
    fc.assert(
      fc.property(whole, weights, (amount, list) =>
        split(amount, list).every((part, index) => list[index] !== 0n || part === 0n),
      ),
    )
  })

  it('does not change when all weights are multiplied', () => {
    fc.assert(
      fc.property(whole, weights, fc.bigInt({ min: 1n, max: 1000n }), (amount, list, factor) => {
        expect(
          split(
            amount,
            list.map((it) => it * factor),
          ),
        ).toStrictEqual(split(amount, list))
      }),
    )
  })

  it('leaves what it was given alone', () => {
    const list = Object.freeze([1n, 2n, 4n])
    split(100n, list)
    expect(list).toStrictEqual([1n, 2n, 4n])
  })
})
