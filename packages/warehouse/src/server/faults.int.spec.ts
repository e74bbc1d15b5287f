import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answerText, fixtureTables, mark, payment, shown } from '../conformance/harness.ts'
import type { Warehouse } from '../port.ts'
import { type ClickHouseDouble, startClickHouseDouble } from '../testing/double/double.ts'
import type { Fault } from '../testing/double/faults.ts'
import { openServerWarehouse, type ServerWarehouseOptions } from './open.ts'
import { soon } from './testing/server.ts'

describe('a server that fails (a double of one)', () => {
  let double: ClickHouseDouble
  let warehouse: Warehouse
  const open = (more: Partial<ServerWarehouseOptions> = {}) =>
    openServerWarehouse({ url: double.url, tables: fixtureTables, clock: () => 0, patience: soon, ...more })

  beforeAll(async () => {
    double = await startClickHouseDouble()
    warehouse = await open()
    await warehouse.migrate()
  })
  beforeEach(() => {
    double.faults = undefined
  })
  afterAll(async () => {
    await warehouse.close()
    await double.stop()
  })

  /** The first so many requests whose statement has this in it fail so. @returns how many there were */
  function failing(part: string, fault: Fault, times = 1): () => number {
    let seen = 0
    double.faults = ({ statement }) => (statement.includes(part) && ++seen <= times ? fault : undefined)
    return () => seen
  }

  const sequences = async () =>
    (await warehouse.rows<{ n: string }>('SELECT uniqExact(sequence) AS n FROM vouch_store.published'))[0]?.n

  describe('after it has done what was asked', () => {
    it.each<Fault>(['drop-after', 'cut'])(
      'loses the answer to an insert (%s), and the rows are there once',
      async (fault) => {
        await warehouse.dropGeneration(1)
        const seen = failing('INSERT INTO vouch_store.payments', fault)
        await warehouse.insert('payments', 1, [payment(1, 0, '1'), payment(1, 1, '2')])
        expect(seen()).toBe(2)
        expect((await warehouse.digest('payments', 1, 9n)).rows).toBe(2n)
      },
    )

    it('loses the answer to a publication, which is then the same one', async () => {
      await warehouse.rows('SELECT 1')
      const before = Number(await sequences())
      const seen = failing('INSERT INTO vouch_store.published', 'drop-after', 3)
      await warehouse.publish('live', mark(1, 1))
      expect(seen()).toBe(4)
      expect(Number(await sequences())).toBeLessThanOrEqual(before + 1)
      expect(await warehouse.published('live')).toEqual(mark(1, 1))
    })

    it('loses the answer to a publication, and another one comes between: the repetition takes nothing back', async () => {
      const other = await open()
      let seen = 0
      double.faults = async ({ statement }) => {
        if (!statement.startsWith('INSERT INTO vouch_store.published')) return undefined
        seen++
        if (seen === 1) return 'drop-after'
        // The repetition waits until the other has published.
        if (seen === 2) await other.publish('live', mark(1, 8))
        return undefined
      }
      await warehouse.publish('live', mark(1, 7))
      await other.close()
      expect(seen).toBe(3)
      expect(await warehouse.published('live')).toEqual(mark(1, 8))
    })

    it('loses the answer to every statement of a migration, which is finished all the same', async () => {
      await double.clear()
      const met = new Set<string>()
      double.faults = ({ statement }) => {
        if (met.has(statement)) return undefined
        met.add(statement)
        return 'drop-after'
      }
      const { changed } = await warehouse.migrate()
      expect(changed).toHaveLength(8)
      expect(met.size).toBeGreaterThan(20)
      double.faults = undefined
      expect(await warehouse.migrate()).toEqual({ changed: [], needsRebuild: false })
      expect(
        await warehouse.rows(
          `SELECT id FROM vouch_store.migrations GROUP BY id HAVING uniqExact(sequence, checksum) > 1`,
        ),
      ).toEqual([])
    })

    it('loses the answer to the end of a generation', async () => {
      await warehouse.insert('payments', 3, [payment(1, 0, '1')])
      failing('DROP PARTITION 3', 'drop-after', 2)
      await warehouse.dropGeneration(3)
      expect(await warehouse.generations()).not.toContain(3)
    })
  })

  describe('late', () => {
    it('has done what it was asked for before anything else is asked of it', async () => {
      await warehouse.insert('payments', 6, [payment(1, 0, '1')])
      const lateMs = 300
      const seen = failing('payments DROP PARTITION 6', { lateMs })
      const began = performance.now()
      await warehouse.dropGeneration(6)
      expect(performance.now() - began).toBeGreaterThan(lateMs - 10)
      expect(seen()).toBeGreaterThan(2)
      await warehouse.insert('payments', 6, [payment(2, 0, '2')])
      expect((await warehouse.digest('payments', 6, 9n)).rows).toBe(1n)
    })
  })

  describe('before it does anything', () => {
    it.each<Fault>(['drop-before', 'unavailable', 'too-many', { delayMs: 20 }])('%j is waited for', async (fault) => {
      failing('', fault, 4)
      await warehouse.insert('payments', 4, [payment(1, 0, '1')])
      expect((await warehouse.digest('payments', 4, 9n)).rows).toBe(1n)
    })

    it('is not asked again where it has said no', async () => {
      const before = double.requests
      await expect(warehouse.rows('SELECT nothing')).rejects.toMatchObject({ fault: 'engine', code: 47 })
      expect(double.requests).toBe(before + 1)
    })
  })

  describe('for longer', () => {
    const impatient = { forMs: 300, firstMs: 20, mostMs: 100 }

    it('is said where it is, without its password, and what to look at', async () => {
      const other = await open({ patience: impatient })
      await double.vanish()
      try {
        const error = await other.insert('payments', 1, [payment(1, 0, '1')]).catch((it: unknown) => it)
        expect(error).toMatchObject({
          fault: 'unreachable',
          message: expect.stringMatching(
            /^ClickHouse at http:\/\/127\.0\.0\.1:\d+ does not answer \(.*ECONNREFUSED.*\): see whether it runs, and whether host, port and http or https in VOUCH_WAREHOUSE are right\.$/,
          ),
        })
        expect(String(error)).not.toContain('secret')
        await expect(other.ask({ query: 'SELECT 1' })).rejects.toMatchObject({ fault: 'unreachable' })
      } finally {
        await double.appear()
        await other.close()
      }
    })

    it('is waited for, and work goes on when it is there again', async () => {
      await double.vanish()
      const inserting = warehouse.insert('payments', 5, [payment(1, 0, '1')])
      await double.appear()
      await inserting
      expect((await warehouse.digest('payments', 5, 9n)).rows).toBe(1n)
    })

    it('is asked less and less often', async () => {
      const other = await open({ patience: { forMs: 1_000, firstMs: 50, mostMs: 5_000 } })
      const seen = failing('', 'too-many', 1_000)
      await expect(other.rows('SELECT 1')).rejects.toMatchObject({
        fault: 'unreachable',
        code: 202,
        message: expect.stringMatching(/takes no work.*see what it is busy with/),
      })
      expect(seen()).toBeGreaterThan(2)
      expect(seen()).toBeLessThan(9)
      await other.close()
    })

    it('is not waited for by whoever closes', async () => {
      const other = await open({ patience: { forMs: 60_000, firstMs: 20_000, mostMs: 20_000 } })
      failing('SELECT 77', 'unavailable', 1_000)
      const reading = other.rows('SELECT 77')
      const refused = expect(reading).rejects.toMatchObject({ fault: 'closed' })
      await expect.poll(() => double.requests, { timeout: 5_000 }).toBeGreaterThan(0)
      await other.close()
      await refused
    })

    it('tells a stranger that there are too many, and not that it is unreachable', async () => {
      const other = await open({ patience: impatient })
      failing('', 'too-many', 1_000)
      expect(await other.ask({ query: 'SELECT 1' })).toMatchObject({ tag: 'failed', code: 202 })
      await other.close()
    })
  })

  it('that knows another password says who was turned away', async () => {
    await expect(open({ url: double.url.replace('secret', 'wr0ng') })).rejects.toMatchObject({
      fault: 'denied',
      message: expect.not.stringContaining('wr0ng'),
    })
  })

  describe('within an answer', () => {
    const many = 'SELECT number FROM numbers(2000000) FORMAT TSV'

    it('is not taken for its end', async () => {
      failing('numbers(2000000)', 'cut', 99)
      double.faults = ({ statement, whole }) => (statement.includes('2000000') && !whole ? 'cut' : undefined)
      const answer = await warehouse.ask({ query: many })
      if (answer.tag !== 'answered') throw new Error(JSON.stringify(answer))
      await expect(text(answer.body)).rejects.toMatchObject({
        fault: 'engine',
        message: expect.stringMatching(/^The answer was cut off/),
      })
    })

    it('says what failed', async () => {
      const query = 'SELECT throwIf(number = 500000) FROM numbers(1000000) FORMAT TSV'
      const answer = await warehouse.ask({ query })
      if (answer.tag !== 'answered') throw new Error(JSON.stringify(answer))
      await expect(text(answer.body)).rejects.toMatchObject({ fault: 'engine', code: 395 })
    })

    it('has all of our own rows or is asked again', async () => {
      const seen = failing('numbers(3)', 'cut')
      expect(await warehouse.rows('SELECT number FROM numbers(3)')).toHaveLength(3)
      expect(seen()).toBe(2)
    })

    it('comes as it is read, and is whole at the end', async () => {
      const body = await answerText(await warehouse.ask({ query: many }))
      expect([body.length, body.endsWith('\n1999999\n')]).toEqual([14_888_890, true])
    })
  })

  describe('asked too much', () => {
    const endless = 'SELECT sum(sipHash64(number)) FROM numbers(10000000000000)'
    const running = async () =>
      Number(
        (
          await warehouse.rows<{ n: string }>(
            "SELECT count() AS n FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%system.processes%' AND NOT is_cancelled",
          )
        )[0]?.n,
      )

    it('ends a query that runs too long', async () => {
      const other = await open({ limits: { seconds: 1 } })
      expect(await other.ask({ query: endless })).toEqual({
        tag: 'failed',
        code: 159,
        message:
          'The query ran longer than 1 s and was stopped; ask for less at a time, such as fewer days or one program.',
      })
      await other.close()
    })

    it('ends a query whose asker goes away, in the engine too', async () => {
      for (const format of ['JSON', 'CSV']) {
        const leaving = new AbortController()
        const answer = warehouse.ask({ query: endless, format, signal: leaving.signal })
        await expect.poll(running, { timeout: 20_000 }).toBe(1)
        leaving.abort()
        expect(await answer).toEqual({
          tag: 'failed',
          code: 394,
          message: 'The query was stopped because its asker went away.',
        })
        await expect.poll(running, { timeout: 20_000 }).toBe(0)
      }
    })

    it('ends a query whose answer is given up', async () => {
      const answer = await warehouse.ask({ query: 'SELECT number, sipHash64(number) FROM numbers(1e12) FORMAT TSV' })
      if (answer.tag !== 'answered') throw new Error(JSON.stringify(answer))
      const [piece] = await answer.body.take(1).toArray()
      expect(String(piece).startsWith('0\t')).toBe(true)
      answer.body.destroy()
      await expect.poll(running, { timeout: 20_000 }).toBe(0)
    })

    it('sends no answer beyond what is whole, and says what it cost', async () => {
      const other = await open({ limits: { answerBytes: 1_000_000 } })
      const query = 'SELECT number, toString(number) AS text FROM numbers(300000)'
      expect(await other.ask({ query, format: 'JSONCompact' })).toMatchObject({ tag: 'failed', code: 396 })
      const small = await other.ask({ query: 'SELECT number FROM numbers(10)', format: 'JSONCompact' })
      expect(small).toMatchObject({ format: 'JSONCompact', cost: { rowsRead: 10, bytesRead: 80 } })
      if (small.tag === 'answered') await text(small.body)
      await other.close()
    })
  })

  it('still shows what was published', async () => {
    await warehouse.insert('payments', 9, [payment(1, 0, '9')])
    await warehouse.publish('live', mark(9, 1))
    expect(await shown(warehouse)).toEqual(['1.0 9'])
  })
})
