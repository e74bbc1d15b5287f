import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Codec, compare, createSorter, type Sortable, type Sorted } from './sorter.ts'
import { openSpool } from './spool.ts'

let tmpDir: string
beforeAll(async () => {
  tmpDir = await mkdtemp(join(tmpdir(), 'vouch-sorter-'))
})
afterAll(() => rm(tmpDir, { recursive: true }))

interface Item extends Sortable {
  readonly text: string
}

const codec: Codec<Item> = {
  encode: (item) => JSON.stringify(item),
  decode: (line) => JSON.parse(line) as Item,
}

async function sort<T>(
  items: readonly Item[],
  budgetBytes: number,
  use: (sorted: Sorted<Item>) => Promise<T>,
): Promise<T> {
  const sorter = createSorter({ codec, budgetBytes, tmpDir })
  try {
    for (const item of items) await sorter.add(item)
    return await use(await sorter.finish())
  } finally {
    await sorter.close()
  }
}

async function collect(sorted: Sorted<Item>, batchSize: number): Promise<Item[]> {
  const items: Item[] = []
  for await (const batch of sorted.scan(batchSize)) {
    expect(batch.length).toBeGreaterThan(0)
    expect(batch.length).toBeLessThanOrEqual(batchSize)
    items.push(...batch)
  }
  return items
}

const numbered = (entries: readonly (readonly [number, string])[]): Item[] =>
  entries.map(([key, text], seq) => ({ key, seq, text }))

describe('createSorter', () => {
  it('sorts as memory does, for any budget, as often as asked', async () => {
    const entries = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.string({ unit: 'binary' })), {
      maxLength: 300,
    })
    await fc.assert(
      fc.asyncProperty(
        entries,
        fc.constantFrom(0, 1, 50, 300, 1e6),
        fc.integer({ min: 1, max: 40 }),
        async (all, budget, batchSize) => {
          const items = numbered(all)
          const expected = [...items].sort(compare)
          await sort(items, budget, async (sorted) => {
            expect(sorted.count).toBe(items.length)
            expect(await collect(sorted, batchSize)).toEqual(expected)
            expect(await collect(sorted, 1000)).toEqual(expected)
          })
        },
      ),
      { numRuns: 60 },
    )
  })

  it('merges more runs than it reads at once', async () => {
    const items = numbered(Array.from({ length: 5000 }, (_, index) => [(index * 7919) % 5000, 'x'] as const))
    await sort(items, 11, async (sorted) => {
      expect(await collect(sorted, 100)).toEqual([...items].sort(compare))
    })
  })

  it('keeps items longer than what it reads at once', async () => {
    const items = numbered([5, 3, 4, 1, 2].map((key) => [key, String(key).repeat(100_000)] as const))
    await sort(items, 1, async (sorted) => {
      expect(await collect(sorted, 2)).toEqual([...items].sort(compare))
    })
  })

  it('spills more than it copies at once', async () => {
    const items = numbered(
      Array.from({ length: 70 }, (_, index) => [100 - index, String(index).repeat(25_000)] as const),
    )
    await sort(items, 2_500_000, async (sorted) => {
      expect(await collect(sorted, 7)).toEqual(items.toReversed())
    })
  })

  it('leaves no file behind, not even while it works', async () => {
    const items = numbered([
      [2, 'a'],
      [1, 'b'],
      [0, 'c'],
    ])
    await sort(items, 0, async (sorted) => {
      expect(await readdir(tmpDir)).toEqual([])
      await collect(sorted, 1)
    })
    expect(await readdir(tmpDir)).toEqual([])
  })

  it('touches no disk while all fits', async () => {
    const sorter = createSorter({ codec, budgetBytes: 1000, tmpDir: join(tmpDir, 'missing') })
    await sorter.add({ key: 1, seq: 0, text: 'a' })
    expect((await sorter.finish()).count).toBe(1)
    await sorter.close()
  })

  it('says that it has nowhere to go', async () => {
    const missing = join(tmpDir, 'missing')
    const sorter = createSorter({ codec, budgetBytes: 0, tmpDir: missing })
    await sorter.add({ key: 1, seq: 0, text: 'a' })
    await expect(sorter.add({ key: 1, seq: 1, text: 'b' })).rejects.toMatchObject({
      name: 'SpoolError',
      message: expect.stringContaining(`Cannot keep temporary data in ${missing}: ENOENT`),
    })
    await sorter.close()
  })
})

describe('openSpool', () => {
  it('gives back what was written, from where it was written', async () => {
    const spool = await openSpool(tmpDir)
    expect([await spool.write(Buffer.from('abc')), await spool.write(Buffer.from('defg'))]).toEqual([0, 3])
    const into = Buffer.alloc(3)
    expect(await spool.read(into, 2)).toBe(3)
    expect(into.toString()).toBe('cde')
    expect(await spool.read(into, 6)).toBe(1)
    await spool.close()
  })
})
