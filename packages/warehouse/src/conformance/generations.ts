import { describe, expect, it } from 'vitest'
import { freshGeneration, mark, type OpenWarehouse, payment, shown, useWarehouse } from './harness.ts'

export const describeGenerations = (open: OpenWarehouse): void => {
  describe('generations', () => {
    const warehouse = useWarehouse(open)

    it('are those with a row in some table; dropping one leaves the others as they were', async () => {
      const [first, second, third] = [freshGeneration(), freshGeneration(), freshGeneration()]
      await warehouse().insert('payments', second, [payment(1, 0, '2')])
      await warehouse().insert('payments', first, [payment(1, 0, '1')])
      await warehouse().insert('programs', first, [{ position: 1n, line: 0, program_id: 'summer' }])
      await warehouse().insert('programs', third, [{ position: 1n, line: 0, program_id: 'summer' }])
      expect(await warehouse().generations()).toEqual([first, second, third])
      await warehouse().publish('live', mark(second, 1))

      await warehouse().dropGeneration(first)
      expect(await warehouse().generations()).toEqual([second, third])
      expect(await warehouse().digest('payments', first, 10n)).toEqual({ rows: 0n, hash: '0'.repeat(32) })
      expect(await shown(warehouse())).toEqual(['1.0 2'])
    })

    it('can be dropped twice, or without having been there', async () => {
      const generation = freshGeneration()
      await warehouse().insert('payments', generation, [payment(1, 0, '1')])
      await warehouse().dropGeneration(generation)
      await warehouse().dropGeneration(generation)
      await warehouse().dropGeneration(freshGeneration())
      expect(await warehouse().generations()).not.toContain(generation)
    })

    it('can be written again after being dropped', async () => {
      const generation = freshGeneration()
      await warehouse().insert('payments', generation, [payment(1, 0, '1'), payment(2, 0, '1')])
      await warehouse().dropGeneration(generation)
      await warehouse().insert('payments', generation, [payment(1, 0, '5')])
      await warehouse().publish('live', mark(generation, 9))
      expect(await shown(warehouse())).toEqual(['1.0 5'])
    })

    it.each([0, -1, 1.5, 2 ** 32, Number.NaN])('are numbers from 1 on; %d is none', async (generation) => {
      const refusal = {
        fault: 'bad-row',
        message: expect.stringContaining('a generation is an integer from 1 to 4294967295'),
      }
      await expect(warehouse().insert('payments', generation, [payment(1, 0, '1')])).rejects.toMatchObject(refusal)
      await expect(warehouse().dropGeneration(generation)).rejects.toMatchObject(refusal)
      await expect(warehouse().digest('payments', generation, 1n)).rejects.toMatchObject(refusal)
      await expect(warehouse().publish('live', mark(generation, 1))).rejects.toMatchObject(refusal)
    })
  })
}
