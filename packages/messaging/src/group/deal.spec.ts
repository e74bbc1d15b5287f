import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Candidate, deal } from './deal.ts'

const some = fc.uniqueArray(fc.nat(14))
const candidates = fc.uniqueArray(fc.record({ id: fc.uuid(), owned: some, held: some }), {
  minLength: 1,
  maxLength: 5,
  selector: ({ id }) => id,
})

it('gives each partition to one member, and to all as many, whatever they wish', () => {
  fc.assert(
    fc.property(fc.nat(14), candidates, (partitions, members) => {
      const dealt = deal(partitions, members)
      const all = Array.from({ length: partitions }, (_, index) => index)
      expect([...dealt.values()].flat().sort((a, b) => a - b)).toEqual(all)
      const sizes = members.map(({ id }) => dealt.get(id)?.length ?? -1)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      expect(deal(partitions, members.toReversed())).toEqual(dealt)
    }),
  )
})

it('leaves everything where it is while the members are the same, and moves no more than it must', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 14 }), candidates, (partitions, members) => {
      const before = deal(partitions, members)
      const owning = (it: Candidate) => ({ ...it, owned: before.get(it.id) ?? [] })
      expect(deal(partitions, members.map(owning))).toEqual(before)
      const more = deal(partitions, [...members.map(owning), { id: 'zz', owned: [], held: [] }])
      const moved = members.flatMap(({ id }) => (before.get(id) ?? []).filter((it) => !more.get(id)?.includes(it)))
      expect(moved.sort()).toEqual([...(more.get('zz') ?? [])].sort())
    }),
  )
})

it('gives what nobody has to who has a state of it', () => {
  const members = [
    { id: 'a', owned: [0], held: [0, 2] },
    { id: 'b', owned: [], held: [3] },
  ]
  expect(deal(4, members)).toEqual(
    new Map([
      ['a', [0, 2]],
      ['b', [1, 3]],
    ]),
  )
  expect(deal(3, [])).toEqual(new Map())
})
