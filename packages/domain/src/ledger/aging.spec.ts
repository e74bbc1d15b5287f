import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agedFifo } from './aging.ts'

describe('what is left of a balance', () => {
  it.each<[string, bigint[], bigint, bigint[], bigint]>([
    ['is all of it where nothing went out', [5n, 4n, 3n], 0n, [5n, 4n, 3n], 0n],
    ['has lost its oldest first', [5n, 4n, 3n], 2n, [5n, 4n, 1n], 0n],
    ['has lost what is younger only once the oldest is gone', [5n, 4n, 3n], 8n, [4n, 0n, 0n], 0n],
    ['is nothing where as much went out', [5n, 4n, 3n], 12n, [0n, 0n, 0n], 0n],
    ['is below zero where more went out', [5n, 4n, 3n], 13n, [0n, 0n, 0n], -1n],
    ['is below zero where nothing came in', [0n, 0n], 7n, [0n, 0n], -7n],
    ['has more of what is young where more came back than went', [5n, 4n], -2n, [7n, 4n], 0n],
  ])('%s', (_says, cameIn, wentOut, left, below) => {
    expect(agedFifo(cameIn, wentOut)).toStrictEqual({ left, below })
  })
})

const amount = fc.bigInt({ min: 0n, max: 10n ** 12n })
const amounts = fc.array(fc.oneof(fc.constant(0n), amount), { minLength: 1, maxLength: 8 })
const gone = fc.oneof(amount, fc.bigInt({ min: -20n, max: 20n }))
const sum = (list: readonly bigint[]): bigint => list.reduce((total, it) => total + it, 0n)

describe('ages', () => {
  it('sum to the balance, and none is below zero; what is below zero stands alone', () => {
    fc.assert(
      fc.property(amounts, gone, (cameIn, wentOut) => {
        const { left, below } = agedFifo(cameIn, wentOut)
        expect(sum(left) + below).toBe(sum(cameIn) - wentOut)
        expect(left.length).toBe(cameIn.length)
        expect(left.every((it) => it >= 0n) && below <= 0n).toBe(true)
        if (below < 0n) expect(sum(left)).toBe(0n)
      }),
    )
  })

  it('of a span are those of its days together', () => {
    const days = fc.array(fc.tuple(amount, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(days, fc.bigInt({ min: 0n, max: 10n ** 13n }), (entries, wentOut) => {
        const inOrder = [...entries].sort(([, a], [, b]) => a - b)
        const spans = (list: readonly bigint[]) =>
          [0, 1, 2, 3].map((span) => sum(list.filter((_it, index) => inOrder[index]?.[1] === span)))
        const cameIn = inOrder.map(([minor]) => minor)
        const exact = agedFifo(cameIn, wentOut)
        expect(agedFifo(spans(cameIn), wentOut)).toStrictEqual({ left: spans(exact.left), below: exact.below })
      }),
    )
  })

  it('do not depend on when something went out, as oldest first has it', () => {
    fc.assert(
      fc.property(amounts, fc.array(amount, { maxLength: 5 }), (cameIn, payments) => {
        const once = agedFifo(cameIn, sum(payments))
        const oneByOne = payments.reduce(
          ({ left, below }, payment) => {
            const next = agedFifo(left, payment)
            return { left: next.left, below: below + next.below }
          },
          { left: cameIn as readonly bigint[], below: 0n },
        )
        expect(oneByOne).toStrictEqual(once)
      }),
    )
  })
})
