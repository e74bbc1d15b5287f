import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockBytes, bloomAdd, bloomBytes, bloomHas } from './bloom.ts'
import { mix, Probe } from './hash.ts'

const hash = fc.tuple(fc.nat(0xffff), fc.integer({ min: 0, max: 0xffff_ffff }))

describe('a Bloom filter', () => {
  it('has whatever was added, also among others', () => {
    fc.assert(
      fc.property(fc.array(hash), fc.nat(3), (hashes, from) => {
        const filter = new Uint8Array(bloomBytes(hashes.length))
        for (const [high, low] of hashes) bloomAdd(filter, new Probe().of(high, low))
        const filters = new Uint8Array(from * blockBytes + filter.length + blockBytes)
        filters.set(filter, from * blockBytes)
        for (const [high, low] of hashes)
          expect(bloomHas(filters, from, filter.length / blockBytes, new Probe().of(high, low))).toBe(true)
      }),
    )
  })

  it('has about one in a thousand of what was not added, for two bytes an entry', () => {
    const count = 12_800
    const random = (nth: number) => new Probe().of(mix(nth, 0, 5) & 0xffff, mix(0, nth, 6))
    const bloom = new Uint8Array(bloomBytes(count))
    expect(bloom.length).toBe(2 * count)
    for (let nth = 0; nth < count; nth += 1) bloomAdd(bloom, random(nth))
    let wrong = 0
    for (let nth = count; nth < 50 * count; nth += 1) if (bloomHas(bloom, 0, count / 32, random(nth))) wrong += 1
    expect(wrong / (49 * count)).toBeLessThan(0.002)
  })
})
