import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { openSqliteStore } from '@vouch/event-store'
import { createAdmission } from '@vouch/ingestion'
import { projections } from '@vouch/projections'
import { openChdbWarehouse } from '@vouch/warehouse'
import { isRight } from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, it } from 'vitest'
import { createArrivals } from '../arrivals.ts'
import { type Engine, openEngine } from '../engine.ts'
import { explain } from '../explanation.ts'
import { logFile } from '../log.ts'
import { eventually } from '../testing/eventually.ts'
import { everyRow, published, refund, story } from '../testing/samples.ts'
import { openFoldApart } from './fold.ts'
import type { FoldThreadData } from './fold-protocol.ts'

const close: (() => unknown)[] = []
afterEach(async () => {
  for (const one of close.splice(0).reverse()) await one()
})

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vouch-threads-'))
  close.push(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

async function append({ admission }: Pick<Engine, 'admission'>, ...events: readonly unknown[]): Promise<void> {
  const items = events.map((value) => ({ tag: 'value', value }) as const)
  const answer = await admission.admit(items, { scopes: new Set(['ingest', 'admin']) })()
  if (!isRight(answer) || answer.right.some(({ outcome }) => outcome !== 'appended'))
    throw new Error(`not all were appended: ${answer._tag}`)
}

async function ofEngine<T>(dataDir: string, inThreads: boolean, use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine({ dataDir, command: 'a spec', inThreads })
  try {
    return await use(engine)
  } finally {
    await engine.close()
  }
}

const rowsOf = async ({ warehouse }: Engine): Promise<string> => {
  const answer = await warehouse.ask({ query: everyRow, format: 'TSV' })
  if (answer.tag !== 'answered') throw new Error(JSON.stringify(answer))
  return (await answer.body.toArray()).join('')
}

describe('a fold in a thread of its own', () => {
  it('makes what a fold in the same thread makes: tables, knowledge, explanations and seals', async () => {
    const dataDir = folder()
    const known = async (engine: Engine) => {
      const programs = await engine.knowledge.programs()
      return {
        rows: await rowsOf(engine),
        clock: programs.clock('summer'),
        versions: programs.versions('summer'),
        others: [programs.clock('other'), programs.versions('other')],
        explanation: await explain(engine, 'summer', 'o-1'),
        unknown: await explain(engine, 'summer', 'o-2'),
        hash: (await engine.chain.catchUp()).hash,
      }
    }
    const apart = await ofEngine(dataDir, true, async (engine) => {
      await append(engine, published(), ...story)
      await engine.projector.catchUp()
      const seal = await engine.chain.seal('a payout')
      expect([...engine.seals.list()]).toMatchObject([seal])
      return known(engine)
    })
    expect(apart.rows).toContain('reward')
    expect(apart.explanation?.rows.length).toBeGreaterThan(0)
    await ofEngine(dataDir, false, async (engine) => {
      expect(await known(engine)).toEqual(apart)
      expect(await engine.projector.verify()).toMatchObject({ position: 11n, differences: [] })
    })
  })

  it('follows the log while it runs, and stops when it is told to', async () => {
    await ofEngine(folder(), true, async (engine) => {
      const stop = new AbortController()
      const running = engine.projector.run(stop.signal)
      for (const event of [published(), ...story]) await append(engine, event)
      await eventually('all is folded', async () => {
        const { position, head, lagMs } = await engine.projector.progress()
        return (position === 11n && head === 11n && lagMs === 0) || undefined
      })
      stop.abort()
      await running
      expect(engine.projector.failure).toBeUndefined()
      expect(await rowsOf(engine)).toContain('reward')
    })
  })

  it('is verified, made anew and asked for the past, with news of how far it is', async () => {
    await ofEngine(folder(), true, async (engine) => {
      const { projector } = engine
      await append(engine, published(), ...story)
      await projector.catchUp()
      const news: [bigint, bigint][] = []
      expect(await projector.rebuild((done, end) => news.push([done, end]))).toMatchObject({ position: 11n })
      expect(news.at(-1)).toEqual([11n, 11n])
      expect(await projector.rebuildTo(10n)).toBe(10n)
      expect(await projector.verify()).toMatchObject({ position: 11n, differences: [] })
      expect(await engine.warehouse.published('asof')).toMatchObject({ position: 10n })
    })
  })

  it('is interrupted with the reason of the signal, and can be used on', async () => {
    await ofEngine(folder(), true, async (engine) => {
      const { projector } = engine
      await append(engine, published(), ...story)
      const stop = new AbortController()
      const reason = new Error('Ctrl-C')
      const rebuilding = projector.rebuild(() => stop.abort(reason), stop.signal)
      await expect(rebuilding).rejects.toBe(reason)
      await projector.catchUp()
      expect(await projector.progress()).toMatchObject({ position: 11n, head: 11n, lagMs: 0 })
    })
  })

  it('is made anew when it is opened with tables that lack rows', async () => {
    const dataDir = folder()
    await ofEngine(dataDir, true, async (engine) => {
      await append(engine, published(), ...story)
      await engine.projector.catchUp()
    })
    rmSync(join(dataDir, 'state'), { recursive: true })
    const news: bigint[] = []
    const engine = await openEngine({
      dataDir,
      command: 'a spec',
      inThreads: true,
      onRebuild: (done) => news.push(done),
    })
    close.push(() => engine.close())
    expect(news.at(-1)).toBe(11n)
    expect(await rowsOf(engine)).toContain('reward')
  })

  it('does nothing more once it is closed', async () => {
    const engine = await openEngine({ dataDir: folder(), command: 'a spec', inThreads: true })
    const running = engine.projector.run(new AbortController().signal)
    await engine.projector.close()
    await running
    await expect(engine.projector.catchUp()).rejects.toThrow('the projector was closed')
    await engine.close()
  })
})

describe('a thread of the fold that ends by itself', () => {
  it('fails what it was doing, and another one takes up where it stood', async () => {
    const dataDir = folder()
    const opened = openSqliteStore({ path: logFile(dataDir), writesApart: true })
    if (!isRight(opened)) throw new Error(opened.left.message)
    const store = opened.right
    close.push(() => store.close())
    const tables = projections.map((projection) => projection.tables)
    const warehouse = await openChdbWarehouse({ path: join(dataDir, 'warehouse'), tables, clock: Date.now })
    close.push(() => warehouse.close())
    await warehouse.migrate()
    const threads: Worker[] = []
    const startWith = (workerData: FoldThreadData) => {
      const transferList = [workerData.clickhouse]
      const worker = new Worker(new URL('./fold-thread.ts', import.meta.url), { workerData, transferList })
      threads.push(worker)
      return worker
    }
    const { lent } = warehouse
    const { waiting } = createArrivals()
    const { whenAppended } = store
    const { projector } = await openFoldApart({ dataDir, store, warehouse, whenAppended, lent, waiting, startWith }, {})
    close.push(() => projector.close())
    const admission = createAdmission({ store, clock: Date.now })
    await append({ admission }, published(), ...story.slice(0, -1))
    await projector.catchUp()

    const running = projector.run(new AbortController().signal)
    const gone = /^The thread that folds is gone \(it ended with 1\); it is started anew\.$/
    const failed = expect(running).rejects.toThrow(gone)
    await threads[0]?.terminate()
    await failed
    expect(threads.length).toBe(1)
    await append({ admission }, refund('r-1', '2026-03-05T10:00:00Z', 'o-1', '35.00'))
    expect(await projector.progress()).toMatchObject({ position: 10n, head: 11n })
    expect(projector.failure).toMatchObject({ message: expect.stringMatching(gone) })

    const stop = new AbortController()
    const again = projector.run(stop.signal)
    await eventually('the rest is folded', async () => (await projector.progress()).position === 11n || undefined)
    expect(projector.failure).toBeUndefined()
    expect(threads.length).toBe(2)
    stop.abort()
    await again
    expect(await projector.verify()).toMatchObject({ position: 11n, differences: [] })
  })
})
