import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RowValues } from '../port.ts'
import { freshGeneration, type OpenWarehouse, payment, useWarehouse } from './harness.ts'

/** Any characters, and often those that formats give a meaning. */
const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom(...'\\\'\t\n\r\0"N[],'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })),
})

export const describeInserting = (open: OpenWarehouse): void => {
  describe('inserting', () => {
    const warehouse = useWarehouse(open)
    const stored = (generation: number, columns: string) =>
      warehouse().rows<RowValues>(
        `SELECT ${columns} FROM vouch_store.payments FINAL WHERE generation = ${generation} ORDER BY position, line`,
      )

    it('takes several sets together as it takes them one by one', async () => {
      const [one, other] = [freshGeneration(), freshGeneration()]
      const sets = [0, 1, 2].map((nth) => {
        const set = warehouse().rowSet('payments')
        for (let at = 0; at < nth * 40; at++) set.push(payment(1 + at * 3 + nth, 0, `${at}.25`, { note: `n${nth}` }))
        return set
      })
      await warehouse().insertAll('payments', one, [])
      await warehouse().insertAll('payments', one, [...sets, [payment(999, 0, '1')]])
      for (const set of sets) await warehouse().insert('payments', other, set)
      await warehouse().insert('payments', other, [payment(999, 0, '1')])
      const digests = [one, other].map((generation) => warehouse().digest('payments', generation, 9999n))
      const [together, apart] = await Promise.all(digests)
      expect(together).toEqual(apart)
      expect(together?.rows).toBe(121n)
    })

    it('takes a set of rows as it takes an array of them', async () => {
      const rows = Array.from({ length: 300 }, (_, nth) => payment(1 + nth, nth % 3, `${nth}.25`, { note: `n${nth}` }))
      const [one, other] = [freshGeneration(), freshGeneration()]
      const set = warehouse().rowSet('payments')
      expect(set.length).toBe(0)
      expect(rows.map((row) => set.push(row))).toEqual(rows.map((_, nth) => nth + 1))
      expect(set.length).toBe(300)
      await warehouse().insert('payments', one, set)
      await warehouse().insert('payments', other, rows)
      const [mine, others] = await Promise.all(
        [one, other].map((generation) => warehouse().digest('payments', generation, 400n)),
      )
      expect(mine).toEqual(others)
      expect(mine?.rows).toBe(300n)
    })

    it('takes a set again after an insert of it failed, and an empty one for nothing', async () => {
      const generation = freshGeneration()
      const set = warehouse().rowSet('payments')
      await warehouse().insert('payments', generation, set)
      set.push(payment(1, 0, '1'))
      await expect(warehouse().insert('payments', 0, set)).rejects.toMatchObject({ fault: 'bad-row' })
      await warehouse().insert('payments', generation, set)
      expect((await warehouse().digest('payments', generation, 1n)).rows).toBe(1n)
    })

    it('refuses a row that does not fit when it is put into a set, or when the set is inserted', async () => {
      const set = warehouse().rowSet('payments')
      const inserted = async () => {
        set.push(payment(1, 0, '1', { noet: 'x' }))
        await warehouse().insert('payments', freshGeneration(), set)
      }
      await expect(inserted()).rejects.toMatchObject({ fault: 'bad-row', message: expect.stringContaining('noet') })
    })

    it('refuses a set of a table that there is not', async () => {
      const set = warehouse().rowSet('paymens')
      set.push(payment(1, 0, '1'))
      await expect(warehouse().insert('paymens', freshGeneration(), set)).rejects.toMatchObject({
        fault: 'unknown-table',
      })
    })

    it('keeps every value as it was given', async () => {
      const generation = freshGeneration()
      await warehouse().insert('payments', generation, [
        payment(1, 0, '-12345678901234.5678', {
          position: 2n ** 64n - 1n,
          note: null,
          tags: ['a', "it's", 'b\\c\td\n'],
          paid_at: '1999-12-31 23:59:59.999',
        }),
        payment(2, 1, '0', {
          note: '',
          tags: [],
          data: {
            code: 'ANNA10',
            seen: '2026-03-01T12:00:00Z',
            at: '2026-03-01 12:00:00.0',
            deep: { n: 1, list: [1, { x: 'y' }] },
          },
        }),
        payment(3, 0, '1', { note: '\\N', data: '{"code":"tab\\t","n":1.5,"big":"9007199254740993"}' }),
      ])
      expect(await stored(generation, 'position, line, amount, note, tags, paid_at, data')).toEqual([
        {
          position: '2',
          line: 1,
          amount: '0',
          note: '',
          tags: [],
          paid_at: '2026-03-01 12:00:00.000',
          data: {
            code: 'ANNA10',
            seen: '2026-03-01T12:00:00Z',
            at: '2026-03-01 12:00:00.0',
            deep: { n: '1', list: ['1', { x: 'y' }] },
          },
        },
        {
          position: '3',
          line: 0,
          amount: '1',
          note: '\\N',
          tags: [],
          paid_at: '2026-03-01 12:00:00.000',
          data: { code: 'tab\t', n: 1.5, big: '9007199254740993' },
        },
        {
          position: String(2n ** 64n - 1n),
          line: 0,
          amount: '-12345678901234.5678',
          note: null,
          tags: ['a', "it's", 'b\\c\td\n'],
          paid_at: '1999-12-31 23:59:59.999',
          data: {},
        },
      ])
    })

    it('keeps any text', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 40 }), async (texts) => {
          const generation = freshGeneration()
          const rows = texts.map((text, index) =>
            payment(index + 1, 0, '1', { payment_id: text, note: text, tags: [text, text] }),
          )
          await warehouse().insert('payments', generation, rows)
          const read = await stored(generation, 'payment_id, note, tags')
          expect(read).toEqual(texts.map((text) => ({ payment_id: text, note: text, tags: [text, text] })))
        }),
        { numRuns: 25 },
      )
    })

    it('of no rows does nothing', async () => {
      const generation = freshGeneration()
      await warehouse().insert('payments', generation, [])
      expect(await warehouse().generations()).not.toContain(generation)
    })

    it('is one block: all rows of it or none', async () => {
      const generation = freshGeneration()
      const rows = Array.from({ length: 2_000 }, (_, index) => payment(index + 1, 0, '1'))
      rows.push(payment(2_001, 0, '1', { data: '{"a":' }))
      await expect(warehouse().insert('payments', generation, rows)).rejects.toMatchObject({
        fault: 'engine',
        code: 117,
      })
      expect(await warehouse().generations()).not.toContain(generation)
    })

    it.each<[string, RowValues, string]>([
      ['a column that is not there', payment(1, 0, '1', { amuont: '1' }), 'amuont is no column'],
      ['a row without its position', { line: 0 }, 'position is missing'],
      ['a row without its line', { position: '1', line: null }, 'line is missing'],
      ['a generation in a row', payment(1, 0, '1', { generation: 4 }), 'generation is no column'],
      ['text for money', payment(1, 0, 'twelve'), 'amount is "twelve", which Decimal(18, 4) cannot hold'],
      ['more digits than money has', payment(1, 0, '1.00001'), 'which Decimal(18, 4) cannot hold'],
      ['a day that is none', payment(1, 0, '1', { paid_at: '2026-02-30 00:00:00.000' }), 'cannot hold'],
      ['a float for money', { ...payment(1, 0, '1'), amount: 0.1 }, 'a Decimal is given as a string'],
      ['an integer that a float cannot hold', payment(1, 0, '1', { line: 2 ** 53 }), 'given as a string or a bigint'],
      ['no number', payment(1, 0, '1', { line: Number.NaN }), 'line is NaN, which no column can hold'],
      [
        'an object where text goes',
        payment(1, 0, '1', { note: { a: 1 } }),
        'note is an object, which Nullable(String) cannot hold',
      ],
    ])('refuses %s', async (_, row, problem) => {
      const generation = freshGeneration()
      await expect(warehouse().insert('payments', generation, [payment(9, 9, '1'), row])).rejects.toMatchObject({
        fault: 'bad-row',
        message: expect.stringContaining(problem),
      })
      expect(await warehouse().generations()).not.toContain(generation)
    })

    it('refuses a table that no file names', async () => {
      await expect(warehouse().insert('published', 1, [])).rejects.toMatchObject({
        fault: 'unknown-table',
        message: 'There is no table "published"; there are programs, payments.',
      })
      expect(warehouse().tables()).toEqual(['programs', 'payments'])
    })
  })
}
