import { describe, expect, it } from 'vitest'
import { fixtureTables, mark, type OpenWarehouse, payment } from './harness.ts'

export const describeClosing = (open: OpenWarehouse): void => {
  describe('lifetime', () => {
    it('begins with migrate(), which says what it made, and the second time that there was nothing to do', async () => {
      const { warehouse, dispose } = await open(fixtureTables)
      try {
        await expect(warehouse.insert('payments', 1, [payment(1, 0, '1')])).rejects.toMatchObject({
          fault: 'unknown-table',
          message: 'The table "payments" is not made yet; migrate() makes it.',
        })
        expect(await warehouse.migrate()).toEqual({
          changed: [
            'vouch_store.programs',
            'vouch_store.payments',
            'vouch.payments',
            'vouch_asof.payments',
            'vouch.payment_totals',
            'vouch_asof.payment_totals',
            'vouch.progress',
            'vouch_asof.progress',
          ],
          needsRebuild: false,
        })
        await warehouse.insert('payments', 1, [payment(1, 0, '1')])
        await warehouse.publish('live', mark(1, 1))
        expect(await warehouse.migrate()).toEqual({ changed: [], needsRebuild: false })
        expect((await warehouse.digest('payments', 1, 9n)).rows).toBe(1n)
      } finally {
        await dispose()
      }
    })

    it('ends with close(), after which everything says so', async () => {
      const { warehouse, dispose } = await open(fixtureTables)
      await warehouse.migrate()
      await warehouse.close()
      await warehouse.close()
      const closed = { fault: 'closed', message: 'The warehouse is closed.' }
      await expect(warehouse.migrate()).rejects.toMatchObject(closed)
      await expect(warehouse.publish('live', mark(1, 1))).rejects.toMatchObject(closed)
      await expect(warehouse.published('live')).rejects.toMatchObject(closed)
      await expect(warehouse.rows('SELECT 1')).rejects.toMatchObject(closed)
      await expect(warehouse.ask({ query: 'SELECT 1' })).rejects.toMatchObject(closed)
      await dispose()
    })
  })
}
