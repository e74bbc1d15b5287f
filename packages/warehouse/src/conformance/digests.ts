import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RowValues, Warehouse } from '../port.ts'
import { freshGeneration, type OpenWarehouse, payment, useWarehouse } from './harness.ts'

const rows: readonly RowValues[] = [
  payment(1, 0, '1', { note: 'a', tags: ['x', 'y'], data: { code: 'A', n: 1 } }),
  payment(1, 1, '2', { note: null }),
  payment(2, 0, '3', { note: '', data: { n: 1, code: 'A' } }),
  payment(3, 0, '-3', { currency: 'USD' }),
]

export const describeDigests = (open: OpenWarehouse): void => {
  describe('digest', () => {
    const warehouse = useWarehouse(open)

    it('counts and hashes what is there, up to a position', async () => {
      const generation = freshGeneration()
      await warehouse().insert('payments', generation, rows)
      const whole = await warehouse().digest('payments', generation, 3n)
      expect(whole.rows).toBe(4n)
      expect(whole.hash).toMatch(/^[0-9a-f]{32}$/)
      expect(await warehouse().digest('payments', generation, 99n)).toEqual(whole)
      expect((await warehouse().digest('payments', generation, 1n)).rows).toBe(2n)
      expect(await warehouse().digest('payments', generation, 0n)).toEqual({ rows: 0n, hash: '0'.repeat(32) })
    })

    it('does not depend on order, on batches or on repetition', async () => {
      const expected = await digestOf(warehouse(), [rows])
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray([...rows], { minLength: rows.length }),
          fc.nat(rows.length),
          fc.subarray([...rows]),
          async (shuffled, cut, repeated) => {
            expect(await digestOf(warehouse(), [shuffled.slice(0, cut), shuffled.slice(cut), repeated])).toEqual(
              expected,
            )
          },
        ),
        { numRuns: 10 },
      )
    })

    it.each<[string, RowValues]>([
      ['position', { position: '4' }],
      ['line', { line: 1 }],
      ['text', { payment_id: 'p-3-1' }],
      ['sign', { amount: '3' }],
      ['amount', { amount: '-3.0001' }],
      ['currency', { currency: 'EUR' }],
      ['null to empty', { note: '' }],
      ['list', { tags: [''] }],
      ['time', { paid_at: '2026-03-01 12:00:00.001' }],
      ['document', { data: { a: null, b: 0 } }],
    ])('changes with any change: %s', async (_, change) => {
      const changed = [...rows.slice(0, 3), { ...rows[3], ...change }]
      const before = await digestOf(warehouse(), [rows])
      const after = await digestOf(warehouse(), [changed])
      expect(after.rows).toBe(4n)
      expect(after.hash).not.toBe(before.hash)
    })

    it('changes when values move from one column or row to another', async () => {
      const digests = await Promise.all(
        [
          [payment(1, 0, '1', { payment_id: 'ab', note: 'c' }), payment(2, 0, '2', { payment_id: 'd', note: 'e' })],
          [payment(1, 0, '1', { payment_id: 'a', note: 'bc' }), payment(2, 0, '2', { payment_id: 'd', note: 'e' })],
          [payment(1, 0, '2', { payment_id: 'ab', note: 'c' }), payment(2, 0, '1', { payment_id: 'd', note: 'e' })],
        ].map((batch) => digestOf(warehouse(), [batch])),
      )
      expect(new Set(digests.map((digest) => digest.hash)).size).toBe(3)
    })

    it('is of a table that there is', async () => {
      await expect(warehouse().digest('nothing', 1, 1n)).rejects.toMatchObject({ fault: 'unknown-table' })
    })
  })
}

async function digestOf(warehouse: Warehouse, batches: readonly (readonly RowValues[])[]) {
  const generation = freshGeneration()
  for (const batch of batches) await warehouse.insert('payments', generation, batch)
  return warehouse.digest('payments', generation, 1_000n)
}
