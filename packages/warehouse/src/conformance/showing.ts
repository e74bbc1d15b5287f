import { describe, expect, it } from 'vitest'
import { freshGeneration, mark, type OpenWarehouse, payment, shown, useWarehouse } from './harness.ts'

export const describeShowing = (open: OpenWarehouse): void => {
  describe('what readers see', () => {
    const warehouse = useWarehouse(open)

    it('is nothing before anything is published', async () => {
      await warehouse().insert('payments', freshGeneration(), [payment(1, 0, '1.00')])
      expect(await warehouse().published('live')).toBeUndefined()
      expect(await shown(warehouse())).toEqual([])
      expect(await warehouse().rows('SELECT * FROM vouch.progress')).toEqual([])
    })

    it('is what the pointer says, back to the millisecond', async () => {
      const published = {
        generation: freshGeneration(),
        position: 2n ** 63n,
        head: 2n ** 64n - 1n,
        lagMs: 12,
        publishedAt: 1_772_366_400_123,
      }
      await warehouse().publish('live', published)
      expect(await warehouse().published('live')).toEqual(published)
    })

    it('are rows up to the published position, and no others', async () => {
      const generation = freshGeneration()
      await warehouse().insert('payments', generation, [
        payment(1, 0, '1.0000'),
        payment(2, 0, '2.5'),
        payment(2, 1, '-0.5'),
      ])
      await warehouse().publish('live', mark(generation, 1))
      expect(await shown(warehouse())).toEqual(['1.0 1'])
      await warehouse().publish('live', mark(generation, 2))
      expect(await shown(warehouse())).toEqual(['1.0 1', '2.0 2.5', '2.1 -0.5'])
      await warehouse().insert('payments', generation, [payment(3, 0, '3')])
      expect(await shown(warehouse())).toEqual(['1.0 1', '2.0 2.5', '2.1 -0.5'])
    })

    it('has each row once, however often it was written', async () => {
      const generation = freshGeneration()
      const rows = [payment(1, 0, '1'), payment(1, 1, '2'), payment(2, 0, '3')]
      await warehouse().insert('payments', generation, rows)
      await warehouse().insert('payments', generation, rows)
      await warehouse().insert('payments', generation, rows.slice(1))
      await warehouse().publish('live', mark(generation, 9))
      expect(await shown(warehouse())).toEqual(['1.0 1', '1.1 2', '2.0 3'])
    })

    it('keeps two rows that differ in their line alone', async () => {
      const generation = freshGeneration()
      await warehouse().insert('payments', generation, [payment(1, 0, '1', { payment_id: 'x' })])
      await warehouse().insert('payments', generation, [payment(1, 1, '1', { payment_id: 'x' })])
      await warehouse().publish('live', mark(generation, 1))
      expect(await shown(warehouse())).toEqual(['1.0 1', '1.1 1'])
    })

    it('comes from one generation; another is written beside it and then shown at once, in every view', async () => {
      const [before, after] = [freshGeneration(), freshGeneration()]
      await warehouse().insert('payments', before, [payment(1, 0, '1')])
      await warehouse().insert('programs', before, [{ position: 1n, line: 0, program_id: 'spring' }])
      await warehouse().publish('live', mark(before, 1))
      await warehouse().insert('payments', after, [payment(1, 0, '10'), payment(2, 0, '20')])
      await warehouse().insert('programs', after, [{ position: 1n, line: 0, program_id: 'summer' }])
      expect(await shown(warehouse())).toEqual(['1.0 1'])
      await warehouse().publish('live', { ...mark(after, 2), head: 7n, lagMs: 3 })
      expect(await shown(warehouse())).toEqual(['1.0 10', '2.0 20'])
      expect(await warehouse().rows('SELECT slot, currency, amount FROM vouch.payment_totals')).toEqual([
        { slot: 'live', currency: 'EUR', amount: '30' },
      ])
      expect(await warehouse().rows('SELECT program_id, position, head, lag_ms FROM vouch.progress')).toEqual([
        { program_id: 'summer', position: '2', head: '7', lag_ms: '3' },
      ])
    })

    it('is the same all through one query, whatever is published meanwhile', async () => {
      const [before, after] = [freshGeneration(), freshGeneration()]
      await warehouse().insert('payments', before, [payment(1, 0, '1')])
      await warehouse().insert('payments', after, [payment(1, 0, '2')])
      await warehouse().publish('live', mark(before, 1))
      let ended = false
      let moves = 0
      const asking = (async () => {
        const seen: { first: string; second: string }[] = []
        for (let times = 0; times < 4 || moves <= 8; times++) {
          seen.push(
            ...(await warehouse().rows<{ first: string; second: string }>(
              `SELECT (SELECT max(amount) + sleep(0.3) FROM vouch.payments) AS first,
                 (SELECT max(amount) FROM (SELECT amount FROM vouch.payments UNION ALL SELECT amount FROM vouch.payment_totals)) AS second`,
            )),
          )
        }
        return seen
      })().finally(() => {
        ended = true
      })
      while (!ended) await warehouse().publish('live', moves++ % 2 === 0 ? mark(after, 1) : mark(before, 1))
      const seen = await asking
      expect(moves).toBeGreaterThan(8)
      expect(seen.length).toBeGreaterThanOrEqual(4)
      expect(seen.filter(({ first, second }) => first !== second)).toEqual([])
    })

    it('of the past is a slot of its own', async () => {
      const [live, past] = [freshGeneration(), freshGeneration()]
      await warehouse().insert('payments', live, [payment(1, 0, '1'), payment(2, 0, '2')])
      await warehouse().insert('payments', past, [payment(1, 0, '7')])
      await warehouse().publish('live', mark(live, 2))
      await warehouse().publish('asof', mark(past, 1))
      expect(await shown(warehouse(), 'live')).toEqual(['1.0 1', '2.0 2'])
      expect(await shown(warehouse(), 'asof')).toEqual(['1.0 7'])
      expect(await warehouse().rows('SELECT slot, amount FROM vouch_asof.payment_totals')).toEqual([
        { slot: 'asof', amount: '7' },
      ])
      expect(await warehouse().published('asof')).toEqual(mark(past, 1))
      expect(await warehouse().published('live')).toEqual(mark(live, 2))
    })

    it('has a comment on every table and column', async () => {
      const uncommented = await warehouse().rows(
        `SELECT table, name FROM system.columns WHERE database IN ('vouch', 'vouch_asof') AND comment = ''`,
      )
      expect(uncommented).toEqual([])
      const tables = await warehouse().rows<{ name: string; comment: string }>(
        `SELECT name, comment FROM system.tables WHERE database = 'vouch' ORDER BY name`,
      )
      expect(tables.map((table) => table.name)).toEqual(['payment_totals', 'payments', 'progress'])
      expect(tables.filter((table) => table.comment === '')).toEqual([])
    })
  })
}
