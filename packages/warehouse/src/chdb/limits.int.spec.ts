import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ask, fixtureTables, mark, payment } from '../conformance/harness.ts'
import type { OpenedWarehouse } from '../conformance.ts'
import type { Answer, Warehouse } from '../port.ts'
import { openTemporary } from './temporary.ts'

const endless = 'SELECT sum(sipHash64(number)) FROM numbers(10000000000000)'
const withdrawn = { tag: 'failed', code: 394, message: 'The query was stopped because its asker went away.' }

describe('the limit of time', () => {
  let opened: OpenedWarehouse
  let warehouse: Warehouse

  beforeAll(async () => {
    opened = await openTemporary(fixtureTables, { seconds: 1 })
    warehouse = opened.warehouse
    await warehouse.migrate()
  })
  afterAll(() => opened.dispose())

  it('ends a query that runs too long', async () => {
    const tooLong = {
      tag: 'failed',
      code: 159,
      message:
        'The query ran longer than 1 s and was stopped; ask for less at a time, such as fewer days or one program.',
    }
    expect(await warehouse.ask({ query: endless })).toEqual(tooLong)
    expect(await warehouse.ask({ query: `${endless} FORMAT CSV` })).toEqual(tooLong)
    expect(await warehouse.ask({ query: 'SELECT count() FROM numbers(10000000000000)' })).toEqual(tooLong)
  })

  it('is kept towards the asker even where the engine does not look at its clock', async () => {
    const began = performance.now()
    const deaf = "SELECT editDistance(repeat('a', 60000), repeat('b', 60000))"
    expect(await warehouse.ask({ query: deaf })).toMatchObject({ tag: 'failed', code: 159 })
    expect(performance.now() - began).toBeLessThan(7_000)
  })
})

describe('limits', () => {
  let opened: OpenedWarehouse
  let warehouse: Warehouse

  beforeAll(async () => {
    opened = await openTemporary(fixtureTables, {
      seconds: 60,
      memoryBytes: 100_000_000,
      answerBytes: 1_000_000,
      unreadBytes: 500_000,
      atOnce: 2,
      waiting: 2,
    })
    warehouse = opened.warehouse
    await warehouse.migrate()
    await warehouse.publish('live', mark(1, 10))
  })
  afterAll(() => opened.dispose())

  it('end a query that takes too much memory', async () => {
    expect(await warehouse.ask({ query: 'SELECT groupArray(number) FROM numbers(100000000)' })).toEqual({
      tag: 'failed',
      code: 241,
      message:
        'The query needed more than 100000000 bytes of memory and was stopped; group by less, or ask for less at a time.',
    })
  })

  it('end an answer that is too large to be given whole, not one that is given in pieces', async () => {
    const query = 'SELECT number, toString(number) AS text FROM numbers(300000)'
    expect(await warehouse.ask({ query, format: 'JSONCompact' })).toEqual({
      tag: 'failed',
      code: 396,
      message:
        'The answer is larger than 1000000 bytes; ask for less, or for a format of one line a row such as JSONEachRow, TSV or CSV.',
    })
    const lines = (await ask(warehouse, query, { format: 'JSONEachRow' })).split('\n')
    expect(lines.length).toBe(300_001)
    expect(lines[299_999]).toBe('{"number":"299999","text":"299999"}')
  })

  it('let so much of whole answers be unread, and make no further ones until it is less', async () => {
    const query = 'SELECT number FROM numbers(30000)'
    const whole = { query, format: 'TSV', whole: true }
    const given: Answer[] = []
    for (let answer = await warehouse.ask(whole); answer.tag === 'answered'; answer = await warehouse.ask(whole))
      given.push(answer)
    // Of 168,890 bytes each.
    expect(given).toHaveLength(3)
    const message =
      'Answers are waiting to be read; ask again in a while, or for a format of one line a row such as JSONEachRow.'
    const tooMuch = { tag: 'failed', code: 202, message }
    expect(await warehouse.ask({ query, format: 'JSONCompact' })).toEqual(tooMuch)
    expect((await ask(warehouse, query)).length).toBe(168_890)
    const [first, second, third] = given
    if (first?.tag !== 'answered' || second?.tag !== 'answered' || third?.tag !== 'answered')
      throw new Error('not answered')
    first.body.destroy()
    await text(second.body)
    expect((await ask(warehouse, query, { whole: true })).length).toBe(168_890)
    await text(third.body)
  })

  it('end a query whose asker goes away, in the engine too', async () => {
    for (const format of ['JSON', 'CSV']) {
      const leaving = new AbortController()
      const answer = warehouse.ask({ query: endless, format, signal: leaving.signal })
      await untilRunning(warehouse, 1)
      leaving.abort()
      expect(await answer).toEqual(withdrawn)
      await untilRunning(warehouse, 0)
    }
  })

  it('are held by the engine, which is read-only besides', async () => {
    for (const format of ['JSON', 'CSV']) {
      const leaving = new AbortController()
      const named = endless.replace(' FROM', ` AS as_${format} FROM`)
      const answer = warehouse.ask({ query: named, format, signal: leaving.signal })
      const names = ['readonly', 'max_execution_time', 'max_memory_usage', 'max_result_bytes', 'session_timezone']
      // The guard's own look at the question comes first, under the same name.
      const held = await vi.waitFor(
        async () => {
          const [row] = await warehouse.rows<{ held: Record<string, string> }>(
            `SELECT mapFilter((name, value) -> has({names:Array(String)}, name), Settings) AS held
             FROM system.processes WHERE startsWith(query, '/* question') AND query LIKE {named:String} AND query NOT LIKE '%EXPLAIN%' AND query NOT LIKE '%format%'`,
            { names, named: `%SELECT sum%AS as_${format}%` },
          )
          if (!row) throw new Error('the question does not run yet')
          return row.held
        },
        { timeout: 30_000, interval: 10 },
      )
      expect(held).toEqual({
        readonly: '1',
        max_execution_time: '60',
        max_memory_usage: '100000000',
        session_timezone: 'UTC',
        max_result_bytes: format === 'JSON' ? '1000000' : '0',
      })
      leaving.abort()
      await answer
      await untilRunning(warehouse, 0)
    }
  })

  it('let so many run and so many wait, and turn away the rest', async () => {
    const leaving = new AbortController()
    const asked: Promise<Answer>[] = [1, 2, 3, 4].map(() => warehouse.ask({ query: endless, signal: leaving.signal }))
    expect(await warehouse.ask({ query: 'SELECT 1' })).toEqual({
      tag: 'failed',
      code: 202,
      message: 'Too many queries are waiting; ask again in a while.',
    })
    await untilRunning(warehouse, 2)
    leaving.abort()
    expect(await Promise.all(asked)).toEqual([withdrawn, withdrawn, withdrawn, withdrawn])
    expect(await ask(warehouse, 'SELECT 1')).toBe('1\n')
  })

  it('leave writing and our own reading undisturbed', async () => {
    const leaving = new AbortController()
    const asked = [1, 2].map(() => warehouse.ask({ query: endless, signal: leaving.signal }))
    await untilRunning(warehouse, 2)
    for (let position = 1; position <= 5; position++) {
      await warehouse.insert('payments', 1, [payment(position, 0, '1')])
      await warehouse.publish('live', mark(1, position))
      expect(await warehouse.rows('SELECT count() AS n FROM vouch.payments')).toEqual([{ n: String(position) }])
    }
    leaving.abort()
    expect(await Promise.all(asked)).toEqual([withdrawn, withdrawn])
  })
})

describe('an answer in pieces', () => {
  let opened: OpenedWarehouse
  let warehouse: Warehouse
  const many = 'SELECT number FROM numbers(2000000) FORMAT TSV'

  beforeAll(async () => {
    opened = await openTemporary(fixtureTables, { atOnce: 1, waiting: 1 })
    warehouse = opened.warehouse
    await warehouse.migrate()
  })
  afterAll(() => opened.dispose())

  it('is whole when it is read to its end', async () => {
    const body = await ask(warehouse, many)
    expect(body.length).toBe(14_888_890)
    expect(body.startsWith('0\n1\n')).toBe(true)
    expect(body.endsWith('\n1999999\n')).toBe(true)
  })

  it('is computed as it is read, and gives its place to the next when it is given up', async () => {
    const answer = await warehouse.ask({ query: 'SELECT number FROM numbers(1000000000000) FORMAT TSV' })
    if (answer.tag !== 'answered') throw new Error(JSON.stringify(answer))
    const [piece] = await answer.body.take(1).toArray()
    expect(String(piece).startsWith('0\n1\n2\n')).toBe(true)
    const next = ask(warehouse, 'SELECT 1')
    answer.body.destroy()
    expect(await next).toBe('1\n')
  })

  it('breaks off with an error when the engine does', async () => {
    const answer = await warehouse.ask({ query: 'SELECT throwIf(number = 500000) FROM numbers(1000000) FORMAT TSV' })
    if (answer.tag !== 'answered') throw new Error(JSON.stringify(answer))
    await expect(text(answer.body)).rejects.toMatchObject({ fault: 'engine', code: 395 })
    expect(await ask(warehouse, 'SELECT 1')).toBe('1\n')
  })

  it('breaks off when its asker goes away', async () => {
    const leaving = new AbortController()
    const answer = await warehouse.ask({ query: many, signal: leaving.signal })
    if (answer.tag !== 'answered') throw new Error(JSON.stringify(answer))
    leaving.abort()
    await expect(text(answer.body)).rejects.toMatchObject({ fault: 'engine', code: 394 })
    expect(await ask(warehouse, 'SELECT 1')).toBe('1\n')
  })

  it('breaks off when the warehouse is closed, which waits for nobody who does not read', async () => {
    const other = await openAnother(opened)
    const answer = await other.warehouse.ask({ query: many })
    if (answer.tag !== 'answered') throw new Error(JSON.stringify(answer))
    await other.dispose()
    await expect(text(answer.body)).rejects.toMatchObject({ fault: 'closed' })
  })
})

/** chDB holds one folder at a time, so the suite's own has to go first. */
async function openAnother(opened: OpenedWarehouse): Promise<OpenedWarehouse> {
  await opened.dispose()
  const another = await openTemporary(fixtureTables)
  await another.warehouse.migrate()
  return another
}

async function runningQuestions(warehouse: Warehouse): Promise<number> {
  const [row] = await warehouse.rows<{ n: string }>(
    `SELECT count() AS n FROM system.processes WHERE startsWith(query, '/* question') AND query LIKE '%SELECT sum%' AND NOT is_cancelled`,
  )
  return Number(row?.n)
}

async function untilRunning(warehouse: Warehouse, expected: number): Promise<void> {
  await expect.poll(() => runningQuestions(warehouse), { timeout: 5_000, interval: 10 }).toBe(expected)
}
