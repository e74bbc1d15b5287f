import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grant, type Standing } from './room.ts'

const standing = (rawMinor: bigint, grantedMinor = rawMinor): Standing => ({ rawMinor, grantedMinor })

describe('what is granted', () => {
  it.each<[string, Standing, bigint, bigint | undefined, bigint]>([
    ['at first is what the rule gives', standing(0n), 500n, undefined, 500n],
    ['at first is cut to the room', standing(0n), 500n, 300n, 300n],
    ['at first may fill the room exactly', standing(0n), 500n, 500n, 500n],
    ['at first is nothing without room', standing(0n), 500n, 0n, 0n],
    ['at first is nothing where less than none is left', standing(0n), 500n, -100n, 0n],
    ['shrinks with the rule', standing(500n), 200n, undefined, 200n],
    ['shrinks with the rule whatever the room', standing(500n), 200n, 0n, 200n],
    ['does not shrink while the rule gives as much as was granted', standing(500n, 300n), 400n, 1000n, 300n],
    ['shrinks once the rule gives less than was granted', standing(500n, 300n), 200n, 1000n, 200n],
    ['never grows when the rule gives less, even with room', standing(500n, 300n), 450n, 1000n, 300n],
    ['goes to nothing', standing(500n, 300n), 0n, 0n, 0n],
    ['is left alone when the rule gives the same, even with room', standing(500n, 300n), 500n, 1000n, 300n],
    ['grows with the rule', standing(500n), 700n, undefined, 700n],
    ['grows within the room', standing(500n), 700n, 100n, 600n],
    ['takes up room that has come free when it grows', standing(500n, 300n), 501n, 1000n, 501n],
    ['keeps what it has when there is no room to grow', standing(500n), 700n, 0n, 500n],
    ['keeps what it has when less than no room is left', standing(500n), 700n, -100n, 500n],
  ])('%s', (_, before, rawMinor, room, after) => {
    expect(grant(before, rawMinor, room)).toBe(after)
  })

  it('is never more than the rule gives, nor takes more than the room', () => {
    const minor = fc.bigInt({ min: 0n, max: 1000n })
    const state = fc.tuple(minor, minor).map(([a, b]) => (a > b ? standing(a, b) : standing(b, a)))
    fc.assert(
      fc.property(state, minor, fc.bigInt({ min: -100n, max: 1000n }), (before, raw, room) => {
        const after = grant(before, raw, room)
        const free = room > 0n ? room : 0n
        expect(after >= 0n && after <= raw).toBe(true)
        expect(after - before.grantedMinor <= free).toBe(true)
      }),
    )
  })
})
