import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { EventStore } from '@vouch/event-store'
import { openEventStoreDb } from '@vouch/event-store/eventstoredb'
import { createLogger, readSettings } from '@vouch/observability'
import { projections } from '@vouch/projections'
import { Projector } from '@vouch/projector'
import { type EventStoreDbDouble, startEventStoreDbDouble } from '@vouch/testing/eventstoredb'
import { openChdbWarehouse, type Warehouse, WarehouseError } from '@vouch/warehouse'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '../context.ts'
import { explain } from '../explanation.ts'
import { knowledgeOf } from '../own-fold.ts'
import { forgetAgain } from '../personal.ts'
import { serve } from '../serve.ts'
import { type Bench, memory, noon, openBench } from '../testing/bench.ts'
import { eventually } from '../testing/eventually.ts'
import { type HttpBench, openHttpBench } from '../testing/http-bench.ts'
import { click, conversion, event, ndjson, published, refund, story } from '../testing/samples.ts'
import { createKnowledge, type KnowledgeLimits } from './knowledge.ts'
import { openLate } from './late-warehouse.ts'
import { createPointer } from './pointer.ts'

// A log in EventStoreDB (a DOUBLE of it), tables in chDB that a projector folds as it would in a process of its own, and a
// front that only asks them.

let dir: string
let double: EventStoreDbDouble
let store: EventStore
let warehouse: Warehouse
let projector: Projector
let bench: Bench

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'vouch-group-'))
  double = await startEventStoreDbDouble()
  store = openEventStoreDb({ connectionString: double.connectionString })
  const tables = projections.map((projection) => projection.tables)
  warehouse = await openChdbWarehouse({ path: join(dir, 'warehouse'), tables, clock: () => noon })
  const folder = join(dir, 'state')
  mkdirSync(folder)
  const { eventStore } = readSettings({ VOUCH_EVENT_STORE: double.connectionString })
  // The front comes first: it has to do with tables that nobody has made yet.
  bench = await openBench({
    eventStore,
    projection: 'group',
    openGroupWarehouse: async () => ({ ...warehouse, close: async () => undefined }),
  })
  await warehouse.migrate()
  projector = await Projector.open({ store, warehouse, projections, folder, clock: () => noon })
})
afterAll(async () => {
  await bench.close()
  await projector.close()
  await warehouse.close()
  await store.close()
  await double.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** Lets the projector run beside something. */
async function projecting<T>(task: () => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const running = projector.run(stop.signal)
  try {
    return await task()
  } finally {
    stop.abort()
    await running
  }
}

async function having<T>(part: object, name: string, value: unknown, task: () => Promise<T>): Promise<T> {
  const before = Reflect.get(part, name)
  Reflect.set(part, name, value)
  try {
    return await task()
  } finally {
    Reflect.set(part, name, before)
  }
}

const gone = () => Promise.reject(new WarehouseError('engine', 'ClickHouse does not answer.'))

describe('a warehouse that is opened when it can be', () => {
  it('says why it is not there, and is there as soon as it can be', async () => {
    let tries = 0
    const late = openLate(async () => {
      if (++tries < 3) throw new WarehouseError('engine', `try ${tries} failed`)
      return { ...warehouse, close: async () => undefined }
    })
    await expect(late.published('live')).rejects.toThrow('try 1 failed')
    // The second try is made behind, and the third as well.
    await expect(late.published('live')).rejects.toThrow('try 1 failed')
    await eventually('it is open', () => late.rows<{ one: number }>('SELECT 1 AS one'))
    expect(tries).toBe(3)
    expect(late.tables().length).toBeGreaterThan(10)
    await late.close()
    let closed = 0
    const never = openLate(async () => ({ ...warehouse, close: async () => void closed++ }))
    await never.published('live')
    await never.close()
    expect(closed).toBe(1)
  })
})

describe('a front', () => {
  it('imports, and waits for the tables that others fold', async () => {
    writeFileSync(join(bench.dir, 'story.ndjson'), ndjson([published(), ...story]))
    const told = await projecting(() => bench.run(['import', 'story.ndjson', '--json']))
    expect({ ...told, out: JSON.parse(told.out) }).toMatchObject({ code: 0, err: '', out: { appended: 11 } })
    const { out } = await bench.run(['sql', 'SELECT count() FROM events FORMAT TSV'])
    expect(out).toBe('11\n')
  })

  it('waits no longer where tables stand still, and says so', async () => {
    const { store, warehouse, clock } = bench.engine
    await admit(conversion('o-2', '2026-05-06T10:00:00Z', 'k-1', '10.00'))
    const pointer = createPointer({ store, warehouse, clock, pause: (ms) => pause(ms), patienceMs: 300 })
    const { signal } = new AbortController()
    await expect(pointer.reachHead(signal)).rejects.toThrow(
      /^The tables stand still at position \d+ of \d+; see that vouch-relay and vouch-projector run\. What was appended is in the log/,
    )
    await having(warehouse, 'published', gone, () =>
      expect(pointer.reachHead(signal)).rejects.toThrow(/ \(ClickHouse does not answer\.\); see that/),
    )
    await expect(pointer.reachHead(AbortSignal.abort(new Error('Ctrl-C')))).rejects.toThrow('Ctrl-C')
    await projector.catchUp()
    await pointer.reachHead(signal)
  })

  it('knows the horizon of a program, as a folder that folds by itself does', async () => {
    const late = [click('late', '2026-01-10T10:00:00Z', 'v-9')]
    writeFileSync(join(bench.dir, 'late.ndjson'), ndjson(late))
    const told = await bench.run(['import', 'late.ndjson'])
    expect(told).toMatchObject({ code: 1, out: '' })
    expect(told.err).toMatch(
      /^1 fact would come too late .*late\.ndjson:1 late: .* behind the clock of summer, whose horizon is 90d/s,
    )
    const programs = await bench.engine.knowledge.programs()
    const ofItsOwn = await knowledgeOf(projector).programs()
    expect(programs.versions('summer')).toEqual(ofItsOwn.versions('summer'))
    expect(programs.versions('other')).toEqual([])
    expect(programs.clock('summer')).toBe(ofItsOwn.clock('summer'))
    expect(programs.clock('summer')).toBe(Date.UTC(2026, 4, 6, 10))
  })
})

describe('an explanation from a front', () => {
  /** As a folder that folds by itself would explain it. */
  const byItself = (id: string) => explain({ ...bench.engine, knowledge: knowledgeOf(projector) }, 'summer', id)
  const explained = (id: string) => explain(bench.engine, 'summer', id)

  it('is that of a folder that folds by itself', async () => {
    for (const id of ['o-1', 'o-2']) {
      const explanation = await explained(id)
      expect(explanation?.rows.length).toBeGreaterThan(0)
      expect(explanation).toEqual(await byItself(id))
      const { code, out } = await bench.run(['explain', 'conversion', id, '--program', 'summer', '--json'])
      expect({ code, out: JSON.parse(out) }).toEqual({ code: 0, out: JSON.parse(JSON.stringify(explanation)) })
    }
    expect(await explained('o-3')).toBeUndefined()
  })

  it('goes on from what was folded for the one before, as far as the tables show and no further', async () => {
    const { warehouse: tables, knowledge } = bench.engine
    const rows = tables.rows
    const asked: string[] = []
    const counting = (query: string, params?: Record<string, unknown>) => {
      if (query.includes('vouch_store.events')) asked.push(query)
      return rows(query, params)
    }
    await having(tables, 'rows', counting, async () => {
      const { position } = await knowledge.explain('summer', 'o-1')
      expect(asked).toEqual([])
      await admit(refund('r-2', '2026-03-07T10:00:00Z', 'o-1', '65.00'))
      expect((await knowledge.explain('summer', 'o-1')).position).toBe(position)
      expect(await explained('o-1')).toMatchObject({ amount: { net: '65.00' } })
      await projector.catchUp()
      expect(await explained('o-1')).toMatchObject({ amount: { net: '0.00' } })
      expect(asked).toHaveLength(1)
      expect(asked[0]).toContain(`position > ${position} `)
    })
    expect(await explained('o-1')).toEqual(await byItself('o-1'))
  })

  const limited = (limits: Partial<KnowledgeLimits>) =>
    createKnowledge({ warehouse: bench.engine.warehouse, breathe: () => undefined, limits })

  it('is given up where it takes too long, and goes on when it is asked again', async () => {
    const knowledge = limited({ maxMs: 0 })
    await expect(knowledge.of('summer')).rejects.toThrow(
      'Program summer has more events than can be folded at once for an explanation; 1 are done, and it goes on there when it is asked again within five minutes.',
    )
    await expect(knowledge.of('summer')).rejects.toThrow('2 are done')
    await expect(knowledge.of('summer', AbortSignal.abort(new Error('Ctrl-C')))).rejects.toThrow('Ctrl-C')
    await expect(knowledge.of('summer')).rejects.toThrow('1 are done')
  })

  it('is refused for a program of more events than fit, with what to do', async () => {
    await expect(limited({ maxEvents: 3 }).of('summer')).rejects.toThrow(
      'Program summer has more than 3 events, and is not folded in memory for an explanation: with VOUCH_PROJECTION=own, VOUCH_WAREHOUSE=chdb and --data NEWFOLDER the same command folds the log into tables of its own and answers from these.',
    )
    expect((await limited({ maxEvents: 1_000 }).of('summer')).position).toBe(
      (await warehouse.published('live'))?.position,
    )
  })
})

describe('finance over HTTP, at a front', () => {
  let http: HttpBench
  beforeAll(async () => {
    http = await openHttpBench({ bench })
  })
  afterAll(() => http.close())
  const csv = { 'content-type': 'text/csv' }

  it('waits for the tables that others fold, and says what the commands say', async () => {
    const amount = { value: '12.00', currency: 'EUR' }
    await admit(event('reward.granted', 'g-1', '2026-03-01T00:00:00Z', { advocateId: 'ben', reason: 'thanks', amount }))
    await projecting(async () => {
      const opened = await http.post('/v1/payouts', { programId: 'summer', asOf: '2026-04-30', by: 'fay' })
      expect([opened.statusCode, opened.json()]).toMatchObject([201, { batchId: 'summer-1', totals: { EUR: '12.00' } }])
      expect((await http.get('/v1/payouts')).json()).toMatchObject([{ batchId: 'summer-1', status: 'open' }])
      expect((await http.post('/v1/payouts/summer-1/approve', { by: 'gil' })).json()).toMatchObject({ changed: true })
      const exported = await http.post('/v1/payouts/summer-1/export', { format: 'csv' })
      expect(exported.body).toBe((await bench.run(['payouts', 'export', 'summer-1', '--format', 'csv'])).out)
      const { reference } = opened.json().lines[0]
      const file = `reference,amount,currency,status,date\n${reference},12.00,EUR,settled,2026-05-04\n`
      expect((await http.post('/v1/statements', file, csv)).json()).toMatchObject({
        appended: 1,
        booked: { settled: 1 },
      })
      const { needsPerson, ...told } = (await http.post('/v1/reconciliation', {})).json()
      expect([needsPerson, told]).toStrictEqual([0, JSON.parse((await bench.run(['reconcile', '--json'])).out)])
      const journal = await http.get('/v1/ledger?format=hledger')
      expect(journal.body).toBe((await bench.run(['ledger', 'export', '--format', 'hledger'])).out)
      expect(journal.body).toContain('asset:cash:bank')
    })
  })

  it('is to be asked again while the tables cannot be asked', async () => {
    await having(bench.engine.warehouse, 'published', gone, async () => {
      const answer = await http.get('/v1/payouts')
      expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toStrictEqual([
        503,
        '5',
        { error: { message: 'ClickHouse does not answer.' } },
      ])
    })
  })
})

describe('what a front leaves to others', () => {
  it('says how tables are made anew', async () => {
    const rebuild = await bench.run(['rebuild'])
    expect(rebuild).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/the next VOUCH_GENERATION/) })
    const asof = await bench.run(['rebuild', '--to-position', '5'])
    expect(asof).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/VOUCH_WAREHOUSE=chdb/) })
  })

  it('checks laws and seals, and says that tables are not compared', async () => {
    const { code, out, err } = await bench.run(['verify'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(
      /^\d+ laws hold up to position \d+\. The tables are folded by vouch-projector and were not compared: .*\nThe log is as it was sealed/,
    )
    expect(out).toContain(`up to position ${(await warehouse.published('live'))?.position}.`)
    const json = JSON.parse((await bench.run(['verify', '--json'])).out)
    expect(json).toMatchObject({ tables: 0, differences: [], tampered: null })
  })

  it('is examined', async () => {
    const { code, out } = await bench.run(['doctor'])
    expect(code).toBe(0)
    expect(out).toMatch(
      /^ok {3}projection: at the head of the log \(\d+\), by projectors that are processes of their own$/m,
    )
    const bad = await having(bench.engine.warehouse, 'published', gone, () => bench.run(['doctor']))
    expect(bad.code).toBe(1)
    expect(bad.out).toMatch(/^BAD {2}projection: ClickHouse does not answer\.$/m)
  })
})

describe('a front that serves', () => {
  const stops: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
  })

  async function start(): Promise<string> {
    const err = memory()
    const stop = new AbortController()
    const context = { out: memory().output, err: err.output, signal: stop.signal } as unknown as Context
    const logger = createLogger('silent', { write: () => undefined })
    const ended = serve(context, bench.engine, { dataDir: undefined, host: undefined, port: 0, graceMs: 300 }, logger)
    stops.push(async () => {
      stop.abort()
      await ended
    })
    return eventually('it listens', () => /vouch listens on (http:\S+);/.exec(err.text())?.[1])
  }

  const ready = async (url: string) => {
    const answer = await fetch(`${url}/readyz`)
    const body = (await answer.json()) as Record<string, unknown>
    return { ...body, status: answer.status } as Record<string, unknown>
  }
  const metric = async (url: string, name: string) => {
    const text = await (await fetch(`${url}/metrics`)).text()
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
  }
  const post = (url: string, body: unknown) =>
    fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  it('takes events, and is as far as the tables are', async () => {
    const url = await start()
    const before = await ready(url)
    expect(before).toMatchObject({ status: 200, ready: true, lagMs: 0, position: before.head })
    expect((await post(url, click('c-20', '2026-03-08T10:00:00Z', 'v-20'))).status).toBe(200)
    const behind = await ready(url)
    expect(behind.position).toBe(before.position)
    expect(Number(behind.head)).toBeGreaterThan(Number(before.head))
    expect(await metric(url, 'vouch_projection_position')).toBe(behind.position)
    expect(await metric(url, 'vouch_log_head_position')).toBe(behind.head)
    await projector.catchUp()
    expect(await ready(url)).toMatchObject({ status: 200, position: behind.head })
    expect(await metric(url, 'vouch_projection_position')).toBe(behind.head)
  })

  it('goes on taking events while the tables cannot be asked, says so, and keeps its metrics', async () => {
    const url = await start()
    const { position } = await ready(url)
    await having(bench.engine.warehouse, 'published', gone, async () => {
      expect((await post(url, click('c-21', '2026-03-08T11:00:00Z', 'v-20'))).status).toBe(200)
      expect(await ready(url)).toMatchObject({
        status: 503,
        position,
        reason: 'the tables cannot be asked how far they are (ClickHouse does not answer.)',
      })
      expect(await metric(url, 'vouch_projection_position')).toBe(position)
    })
    await projector.catchUp()
    expect(await ready(url)).toMatchObject({ status: 200 })
    const away = Promise.withResolvers<never>()
    await having(
      bench.engine.warehouse,
      'published',
      () => away.promise,
      async () => {
        const begun = performance.now()
        expect(await ready(url)).toMatchObject({ status: 503, reason: expect.stringContaining('for 2 s') })
        expect(performance.now() - begun).toBeGreaterThan(1_900)
        away.reject(new Error('given up'))
      },
    )
    await projector.catchUp()
    expect(await ready(url)).toMatchObject({ status: 200 })
  })

  it('seals the log as it goes by', async () => {
    const url = await start()
    const clicks = Array.from({ length: 1_000 }, (_, index) =>
      click(`many-${index}`, '2026-03-09T10:00:00Z', `v-${index}`),
    )
    expect((await post(url, clicks)).status).toBe(200)
    const sealed = await eventually('a stretch is sealed', () => {
      const newest = bench.engine.seals.newest()
      return newest.position > 0n ? newest : undefined
    })
    expect(sealed.count).toBe(1_000)
    await projector.catchUp()
    const own = await bench.engine.chain.catchUp()
    expect(own.count).toBeGreaterThan(1_000)
  })
})

describe('a log that has less than the tables know', () => {
  it('is not written to', async () => {
    const empty = await startEventStoreDbDouble()
    const { eventStore } = readSettings({ VOUCH_EVENT_STORE: empty.connectionString })
    const openGroupWarehouse = async () => ({ ...warehouse, close: async () => undefined })
    await expect(openBench({ eventStore, projection: 'group', openGroupWarehouse })).rejects.toThrow(
      /^The log ends at position 0, but the tables know it up to [1-9]\d*: .*; if this one is it, drop the databases vouch, vouch_asof and vouch_store and the topics/,
    )
    await empty.stop()
  })
})

describe('somebody who is forgotten', () => {
  it('is so at once, and again by a start with older keys, also while the tables cannot be asked', async () => {
    const { engine } = bench
    const personal = { email: 'nobody@example.com' }
    await admit(event('signup', 's-9', '2026-03-09T12:00:00Z', { customerId: 'k-9', personal }))
    await projector.catchUp()
    expect((await bench.run(['personal', 'customer', 'k-9'])).out).toContain('nobody@example.com')
    const told = await projecting(() => bench.run(['forget', 'customer', 'k-9']))
    expect(told).toMatchObject({ code: 0, err: '' })
    expect(engine.personal.keys.count()).toEqual({ keys: 0, forgotten: 1 })
    expect((await bench.run(['personal', 'customer', 'k-9'])).code).toBe(1)
    const forgotten: string[] = []
    const sealer = { ...engine.personal.sealer, forget: ({ id }: { id: string }) => forgotten.push(id) > 0 }
    const keys = { ...engine.personal.keys, count: () => ({ keys: 1, forgotten: 0 }) }
    const before = { keys, sealer }
    await forgetAgain(before, engine.store, { ...engine.warehouse, published: gone }, noon)
    expect(forgotten).toEqual(['k-9'])
  })
})

describe('another generation', () => {
  /** As a group of projectors would make it, of one partition. */
  async function makeGeneration(generation: number, position: bigint, without?: string): Promise<void> {
    await warehouse.shared.found(generation, { madeBy: 'events 1', partitions: 1 })
    for (const table of warehouse.tables()) {
      const rows = await warehouse.rows<Record<string, unknown>>(
        `SELECT * EXCEPT (generation) FROM vouch_store.${table} FINAL WHERE generation = 1`,
      )
      if (table !== without) await warehouse.insert(table, generation, rows)
    }
    await warehouse.shared.mark(generation, new Map([[0, position]]))
  }
  const run = async (...words: string[]) => {
    const { code, out, err } = await bench.run(['generation', ...words])
    return { code, out, err }
  }

  it('is compared with what readers see, as far as both are', async () => {
    const { position = 0n } = (await warehouse.published('live')) ?? {}
    expect(await run('compare', '2')).toEqual({
      code: 1,
      out: '',
      err: 'There is no generation 2; vouch-projector makes it, with VOUCH_GENERATION=2.\n',
    })
    await makeGeneration(2, position - 1n)
    expect(await run('list')).toEqual({
      code: 0,
      out: `1  not complete yet  by no group  shown\n2  complete up to ${position - 1n}  events 1\n`,
      err: '',
    })
    expect(await run('compare', '2')).toEqual({
      code: 0,
      out: `Generation 2 equals what readers see, up to position ${position - 1n}.\n`,
      err: '',
    })
    expect(await run('compare', '1')).toMatchObject({ code: 1, err: 'Generation 1 is what readers see already.\n' })
  })

  it('that differs is said to, with the table and where', async () => {
    const { position = 0n } = (await warehouse.published('live')) ?? {}
    await makeGeneration(3, position, 'rewards')
    const told = await run('compare', '3')
    expect(told.code).toBe(1)
    expect(told.out).toMatch(/^rewards: readers see \d+ rows, generation 3 has 0; they differ from position \d+ on\n$/)
    expect(told.err).toContain(`Generation 3 is not what readers see up to position ${position}.`)
  })
})

async function admit(...events: readonly unknown[]): Promise<void> {
  const items = events.map((value) => ({ tag: 'value', value }) as const)
  await bench.engine.admission.admit(items, { scopes: new Set(['ingest', 'admin']) })()
}
