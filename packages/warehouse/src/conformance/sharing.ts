import { describe, expect, it } from 'vitest'
import { freshGeneration, mark, type OpenWarehouse, payment, shown, useWarehouse } from './harness.ts'

export const describeSharing = (open: OpenWarehouse): void => {
  describe('several writers', () => {
    const warehouse = useWarehouse(open)
    const at = async () => {
      const published = await warehouse().published('live')
      return published && [published.generation, published.position]
    }

    it('move the pointer forward alone, whoever is late', async () => {
      const { shared } = warehouse()
      const [before, after] = [freshGeneration(), freshGeneration()]
      await warehouse().insert('payments', before, [payment(1, 0, '1'), payment(2, 0, '2')])
      await warehouse().insert('payments', after, [payment(1, 0, '10')])
      await warehouse().publish('live', mark(before, 1))
      await shared.raise('live', mark(before, 2))
      expect(await shown(warehouse())).toEqual(['1.0 1', '2.0 2'])
      await shared.raise('live', mark(before, 1))
      expect(await at()).toEqual([before, 2n])
      await shared.raise('live', mark(after, 1))
      expect(await shown(warehouse())).toEqual(['1.0 10'])
      await shared.raise('live', mark(before, 2 ** 40))
      expect(await at()).toEqual([after, 1n])
      expect(await warehouse().published('asof')).toBeUndefined()
      await shared.raise('asof', mark(before, 1))
      expect(await shown(warehouse(), 'asof')).toEqual(['1.0 1'])
    })

    it('at once leave the farthest, and a merge keeps it', async () => {
      const { shared } = warehouse()
      const generation = freshGeneration()
      const positions = [3, 9, 1, 7, 2, 8, 5]
      await Promise.all(positions.map((position) => shared.raise('live', mark(generation, position))))
      expect(await at()).toEqual([generation, 9n])
      await warehouse().rows('OPTIMIZE TABLE vouch_store.published FINAL')
      expect(await at()).toEqual([generation, 9n])
    })

    it('are shown how far the log is by the newest of those who say the same position', async () => {
      const { shared } = warehouse()
      const generation = freshGeneration()
      await warehouse().insert('programs', generation, [{ position: 1n, line: 0, program_id: 'summer' }])
      for (const [head, publishedAt] of [
        [5n, 1_000],
        [7n, 3_000],
        [6n, 2_000],
      ] as const)
        await shared.raise('live', { ...mark(generation, 4), head, publishedAt, lagMs: Number(head) })
      expect(await warehouse().rows('SELECT program_id, position, head, lag_ms FROM vouch.progress')).toEqual([
        { program_id: 'summer', position: '4', head: '7', lag_ms: '7' },
      ])
      expect(await warehouse().published('live')).toMatchObject({ position: 4n, head: 7n, publishedAt: 3_000 })
    })

    it('are refused positions and generations that have no room in a pointer that only grows', async () => {
      const { shared } = warehouse()
      const refusal = { fault: 'bad-row', message: expect.stringContaining('cannot be shown where several write') }
      const last = { ...mark(freshGeneration(), 0), position: 2n ** 44n - 1n }
      await expect(shared.raise('live', { ...last, position: 2n ** 44n })).rejects.toMatchObject(refusal)
      await expect(shared.raise('live', { ...last, generation: 2 ** 20 })).rejects.toMatchObject(refusal)
      await shared.raise('live', last)
      expect(await at()).toEqual([last.generation, last.position])
    })

    it('state how far partitions are, and the greatest statement counts', async () => {
      const { shared } = warehouse()
      const [one, other] = [freshGeneration(), freshGeneration()]
      expect(await shared.marks(one)).toEqual(new Map())
      await shared.mark(one, new Map())
      await shared.mark(
        one,
        new Map([
          [0, 5n],
          [11, 2n ** 63n],
        ]),
      )
      await shared.mark(one, new Map([[0, 4n]]))
      await shared.mark(other, new Map([[0, 9n]]))
      const expected = new Map([
        [0, 5n],
        [11, 2n ** 63n],
      ])
      expect(await shared.marks(one)).toEqual(expected)
      await warehouse().rows('OPTIMIZE TABLE vouch_store.marks FINAL')
      expect(await shared.marks(one)).toEqual(expected)
    })

    it('begin a generation by the same code and partitions, or not at all', async () => {
      const { shared } = warehouse()
      const [one, other] = [freshGeneration(), freshGeneration()]
      const founding = { madeBy: "fold 1, it's", partitions: 12 }
      expect(await shared.founding(one)).toBeUndefined()
      await shared.found(one, founding)
      await shared.found(one, founding)
      expect(await shared.founding(one)).toEqual(founding)
      const refusal = { fault: 'other-generation', message: expect.stringContaining(`Generation ${one} is made by`) }
      await expect(shared.found(one, { ...founding, madeBy: 'fold 2' })).rejects.toMatchObject(refusal)
      await expect(shared.found(one, { ...founding, partitions: 6 })).rejects.toMatchObject(refusal)
      await shared.found(other, { ...founding, madeBy: 'fold 2' })
      await shared.bury(one)
      expect(await shared.founding(one)).toBeUndefined()
      await expect(shared.found(one, founding)).rejects.toMatchObject({
        fault: 'other-generation',
        message: `Generation ${one} was dropped, and its number is not used again: set VOUCH_GENERATION to a higher one.`,
      })
    })

    it('make what is missing, and nothing anew', async () => {
      const generation = freshGeneration()
      await warehouse().insert('payments', generation, [payment(1, 0, '1')])
      expect(await warehouse().migrate({ keep: true })).toEqual({ changed: [], needsRebuild: false })
      expect((await warehouse().digest('payments', generation, 9n)).rows).toBe(1n)
    })
  })
}
