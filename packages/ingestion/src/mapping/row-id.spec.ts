import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRowIds } from './row-id.ts'

const ids = (columns: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.map(createRowIds(columns))

describe('createRowIds', () => {
  it('is the hash of the columns and values, the same for ever', () => {
    expect(ids(['b', 'a'], [['2', '1']])).toEqual(['56a6364a5ca996285fcc902a1ad1ce0d'])
  })

  it('tells identical rows apart by their number', () => {
    const [first, second, third, fourth] = ids(['a'], [['x'], ['x'], ['y'], ['x']])
    expect([second, fourth]).toEqual([`${first}-2`, `${first}-3`])
    expect(third).not.toBe(first)
  })

  it('does not mistake where one value ends and the next begins', () => {
    expect(
      new Set(
        ids(
          ['a', 'b'],
          [
            ['x', 'yz'],
            ['xy', 'z'],
            ['"x', 'yz'],
            ['', 'xyz'],
          ],
        ),
      ).size,
    ).toBe(4)
  })

  const rows = fc.array(fc.tuple(fc.constantFrom('x', 'y', ''), fc.constantFrom('1', '2')))

  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat()), (all, random) => {
        const order = all.map((it) => [random.next().value as number, it] as const).sort((a, b) => a[0] - b[0])
        const shuffled = order.map(([, it]) => it)
        const pairs = (them: readonly (readonly string[])[]) =>
          ids(['a', 'b'], them)
            .map((id, index) => `${them[index]} ${id}`)
            .sort()
        expect(pairs(shuffled)).toEqual(pairs(all))
      }),
    )
  })

  it('does not depend on the order of columns', () => {
    fc.assert(
      fc.property(rows, (all) => {
        expect(
          ids(
            ['b', 'a'],
            all.map(([a, b]) => [b, a]),
          ),
        ).toEqual(ids(['a', 'b'], all))
      }),
    )
  })

  it('gives no id twice, in a table that grows', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => [String(index % 15_000)])
    const made = ids(['a'], many)
    expect(new Set(made).size).toBe(20_000)
    expect(made.filter((id) => id.endsWith('-2')).length).toBe(5_000)
  })
})
