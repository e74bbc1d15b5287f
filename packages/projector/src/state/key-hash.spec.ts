import fc from 'fast-check'
import { expect, it } from 'vitest'
import { saltedHash } from './key-hash.ts'

it('is a whole number of 48 bits, and the same again for the same salt', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(1000), fc.string({ unit: 'binary' }), (salt, space, key) => {
      const hash = saltedHash(salt)(space, key)
      expect(Number.isSafeInteger(hash) && hash >= 0 && hash < 2 ** 48).toBe(true)
      expect(saltedHash(salt)(space, key)).toBe(hash)
    }),
  )
})

it('spreads keys that differ little, and those of different names', () => {
  const hash = saltedHash(1234567890123)
  const hashes = new Set<number>()
  for (let number = 0; number < 100_000; number += 1)
    for (const space of [1, 2]) hashes.add(hash(space, `bench\nv-${number}`))
  // Of 200,000 among 2 ** 48, two are alike once in fourteen thousand times.
  expect(hashes.size).toBe(200_000)
  const lower = new Set([...hashes].map((it) => it % 65_536))
  expect(lower.size).toBeGreaterThan(60_000)
  const upper = new Set([...hashes].map((it) => Math.floor(it / 2 ** 32)))
  expect(upper.size).toBeGreaterThan(60_000)
})

it('files keys elsewhere with another salt, so that nobody knows which share a place', () => {
  const [one, other] = [saltedHash(1), saltedHash(2)]
  const same = Array.from({ length: 1000 }, (_, number) => `${number}`).filter((key) => one(1, key) === other(1, key))
  expect(same).toEqual([])
})
