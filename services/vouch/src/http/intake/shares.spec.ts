import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createShares } from './shares.ts'

describe('shares', () => {
  it('end where all is held, or where one sender holds its part', () => {
    const shares = createShares({ all: 10, each: 6 })
    expect([shares.take('a', 6), shares.take('a', 1), shares.take('b', 5), shares.take('b', 4)]).toEqual([
      true,
      false,
      false,
      true,
    ])
    expect([shares.held(), shares.heldBy('a'), shares.heldBy('c'), shares.senders()]).toEqual([10, 6, 0, 2])
    shares.give('a', 6)
    expect([shares.held(), shares.senders(), shares.take('b', 2)]).toEqual([4, 1, true])
  })

  it('never hold more than there is, and remember nobody who holds nothing', () => {
    const step = fc.record({ sender: fc.constantFrom('a', 'b', 'c'), amount: fc.integer({ min: 1, max: 9 }) })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const shares = createShares({ all: 20, each: 12 })
        const taken = steps.filter(({ sender, amount }) => shares.take(sender, amount))
        const held = taken.reduce((sum, { amount }) => sum + amount, 0)
        expect(shares.held()).toBe(held)
        expect(held).toBeLessThanOrEqual(20)
        for (const sender of ['a', 'b', 'c']) expect(shares.heldBy(sender)).toBeLessThanOrEqual(12)
        for (const { sender, amount } of taken) shares.give(sender, amount)
        expect([shares.held(), shares.senders()]).toEqual([0, 0])
      }),
    )
  })
})
