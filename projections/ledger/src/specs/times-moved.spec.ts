import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TimesMoved } from '../times-moved.ts'

/** Each name with what was counted for it. */
function counted(names: readonly string[], moved: TimesMoved): string[] {
  return names.map((name) => `${name}/${moved.next(name)}`)
}

it('counts the movements of each reward from nothing', () => {
  expect(counted(['a', 'b', 'a', 'a', 'b'], new TimesMoved())).toEqual(['a/0', 'b/0', 'a/1', 'a/2', 'b/1'])
})

it('gives no reward a number twice, whichever share a hash', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 })), fc.integer({ min: 1, max: 4 }), (names, hashes) => {
      const given = counted(names, new TimesMoved((name) => name.length % hashes))
      expect(new Set(given).size).toBe(given.length)
    }),
  )
})

it('counts a hundred thousand rewards apart', () => {
  const moved = new TimesMoved()
  const names = Array.from({ length: 100_000 }, (_, nth) => `ten:conversion:o-${nth}:advocate:a-${nth % 7}`)
  expect(names.filter((name) => moved.next(name) !== 0)).toEqual([])
})
