import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameHash } from './identity-hash.ts'

describe('the hash of a name', () => {
  it('is the first six bytes of its SHA-256, as a signed number: what logs of all versions are written with', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(nameHash(name)).toBe(createHash('sha256').update(name).digest().readIntBE(0, 6))
      }),
    )
  })
})
