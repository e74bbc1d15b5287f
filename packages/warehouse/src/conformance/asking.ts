import { describe, expect, it } from 'vitest'
import { ask, freshGeneration, mark, type OpenWarehouse, payment, useWarehouse } from './harness.ts'

export const describeAsking = (open: OpenWarehouse): void => {
  describe('asking', () => {
    const warehouse = useWarehouse(open)

    it('is answered from what is published, and names without a database are those of vouch', async () => {
      const generation = freshGeneration()
      await warehouse().insert('payments', generation, [payment(1, 0, '1.5'), payment(2, 0, '2')])
      await warehouse().publish('live', mark(generation, 1))
      expect(await ask(warehouse(), 'SELECT payment_id, amount FROM payments')).toBe('p-1-0\t1.5\n')
    })

    it('keeps every digit in JSON', async () => {
      const body = await ask(warehouse(), "SELECT toDecimal64('0.10', 4) AS amount, 18446744073709551615 AS position", {
        format: 'JSON',
      })
      expect(JSON.parse(body).data).toEqual([{ amount: '0.1', position: '18446744073709551615' }])
    })

    it('takes parameters as values, whatever they hold', async () => {
      const params = {
        text: "'; DROP TABLE x; --\t\\",
        many: ['a', "b'"],
        number: 2n ** 64n - 1n,
        nothing: null,
        yes: true,
      }
      expect(
        await ask(
          warehouse(),
          'SELECT {text:String} AS t, {many:Array(String)} AS m, {number:UInt64} AS n, {nothing:Nullable(String)} AS o, {yes:Bool} AS y',
          { params, format: 'JSONEachRow' },
        ),
      ).toBe(`${JSON.stringify({ t: params.text, m: params.many, n: '18446744073709551615', o: null, y: true })}\n`)
    })

    it('says what it answers with: the FORMAT of the query, else the one asked for, else JSON', async () => {
      const types = await Promise.all([
        warehouse().ask({ query: 'SELECT 1 FORMAT CSV', format: 'JSON' }),
        warehouse().ask({ query: 'SELECT 1', format: 'jsoneachrow' }),
        warehouse().ask({ query: 'SELECT 1' }),
      ])
      expect(types.map((answer) => answer.tag === 'answered' && answer.contentType)).toEqual([
        'text/csv; charset=UTF-8; header=absent',
        'application/x-ndjson; charset=UTF-8',
        'application/json; charset=UTF-8',
      ])
      for (const answer of types) if (answer.tag === 'answered') answer.body.destroy()
    })

    it('is refused with a reason when it would write', async () => {
      expect(await warehouse().ask({ query: 'DROP TABLE vouch.payments' })).toEqual({
        tag: 'refused',
        rule: 'statement',
        reason: expect.stringMatching(/^Only reading is allowed; ask with SELECT/),
      })
    })

    it('fails with the code of ClickHouse when that says no', async () => {
      expect(await warehouse().ask({ query: 'SELECT nothing FROM payments' })).toEqual({
        tag: 'failed',
        code: 47,
        message: expect.stringContaining('nothing'),
      })
      expect(await warehouse().ask({ query: 'SELECT (' })).toEqual({
        tag: 'failed',
        code: 62,
        message: expect.stringMatching(/^Syntax error/),
      })
      expect(await warehouse().ask({ query: 'SELECT {x:String}' })).toEqual({
        tag: 'failed',
        code: 456,
        message: expect.stringContaining('`x`'),
      })
    })

    it('fails before it starts for one who has gone away', async () => {
      expect(await warehouse().ask({ query: 'SELECT 1', signal: AbortSignal.abort() })).toEqual({
        tag: 'failed',
        code: 394,
        message: 'The query was stopped because its asker went away.',
      })
    })
  })
}
