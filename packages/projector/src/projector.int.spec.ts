import { setImmediate as nextTurn } from 'node:timers/promises'
import { type EventStore, openMemoryStore } from '@vouch/event-store'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Projector, type ProjectorParts } from './projector.ts'
import { useFolder } from './testing/folders.ts'
import { appendPoison, appendVisits, recordedFrom, visitLog } from './testing/log.ts'
import { expectedDigests, now, partsOf } from './testing/parts.ts'
import { entries, visits } from './testing/projections.ts'
import { shownDigests, useWarehouse } from './testing/warehouse.ts'

const warehouse = useWarehouse()
const folder = useFolder()
const opened: Projector[] = []
afterEach(async () => {
  for (const projector of opened.splice(0)) await projector.close()
})

async function open(store: EventStore, more: Partial<ProjectorParts> = {}): Promise<Projector> {
  const projector = await Projector.open(partsOf(warehouse(), store, folder(), more))
  opened.push(projector)
  return projector
}

const shownEvents = async (): Promise<number> =>
  Number((await warehouse().rows<{ n: string }>('SELECT count() AS n FROM vouch.entries'))[0]?.n)

describe('catching up', () => {
  it('shows what a plain fold of the log gives, whatever the sizes of batches and blocks', async () => {
    const store = await visitLog(23)
    const expected = await expectedDigests(warehouse(), store)
    for (const sizes of [
      { batchSize: 1, blockRows: 1, checkpointAfter: 1 },
      { batchSize: 7, blockRows: 2, checkpointAfter: 30, cacheBytes: 1 },
      { batchSize: 100, blockRows: 100, checkpointAfter: 1000 },
    ]) {
      const projector = await open(store, sizes)
      await projector.rebuild()
      expect(await shownDigests(warehouse())).toEqual(expected)
    }
  })

  it('shows nothing of an empty log, and says so', async () => {
    const projector = await open(openMemoryStore())
    await projector.catchUp()
    expect(await projector.progress()).toEqual({ position: 0n, head: 0n, lagMs: 0 })
    expect(await warehouse().published('live')).toMatchObject({ generation: 1, position: 0n, head: 0n, lagMs: 0 })
    expect(await shownEvents()).toBe(0)
  })

  it('tells its progress batch by batch, up to the end', async () => {
    const projector = await open(await visitLog(10))
    const seen: (readonly [bigint, bigint])[] = []
    await projector.catchUp((done, end) => seen.push([done, end]))
    expect(seen).toEqual([
      [4n, 10n],
      [8n, 10n],
      [10n, 10n],
    ])
  })

  it('moves the pointer only when something has changed', async () => {
    const store = await visitLog(3)
    const projector = await open(store)
    const publish = vi.spyOn(warehouse(), 'publish')
    await projector.catchUp()
    expect(publish).toHaveBeenCalledTimes(1)
    await projector.catchUp()
    await projector.catchUp()
    expect(publish).toHaveBeenCalledTimes(1)
    await appendVisits(store, 1)
    await projector.catchUp()
    expect(publish).toHaveBeenCalledTimes(2)
    publish.mockRestore()
  })

  it('goes to the head that it found, not after one that runs away', async () => {
    const store = await visitLog(10)
    let appended = 0
    const busy = { ...visits, fold: (...args: Parameters<typeof visits.fold>) => visits.fold(...args) }
    const projector = await open(store, { projections: [entries, busy] })
    await projector.catchUp(() => {
      appended += 5
      void appendVisits(store, 5)
    })
    expect(appended).toBeGreaterThan(0)
    expect((await projector.progress()).position).toBe(10n)
  })

  it('stopped by a signal, writes what was folded, and says that it is not done', async () => {
    const store = await visitLog(20)
    const projector = await open(store, { checkpointAfter: 1000 })
    const controller = new AbortController()
    const stopped = projector.catchUp((done) => {
      if (done === 8n) controller.abort(new Error('stop'))
    }, controller.signal)
    await expect(stopped).rejects.toThrow('stop')
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store, 8n))
    await projector.catchUp()
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })
})

describe('what it says of itself', () => {
  it('is how long the oldest event that is not in the tables has been waiting', async () => {
    const store = await visitLog(5)
    const projector = await open(store)
    expect(await projector.progress()).toEqual({ position: 0n, head: 5n, lagMs: now - (recordedFrom + 1000) })
    await projector.catchUp()
    expect(await projector.progress()).toEqual({ position: 5n, head: 5n, lagMs: 0 })
    await appendVisits(store, 2)
    expect(await projector.progress()).toEqual({ position: 5n, head: 7n, lagMs: now - (recordedFrom + 6000) })
  })

  it('is the same in what it publishes on the way', async () => {
    const store = await visitLog(9)
    const projector = await open(store, { checkpointAfter: 8 })
    const published = vi.spyOn(warehouse(), 'publish')
    await projector.catchUp()
    expect(published.mock.calls).toEqual([
      ['live', { generation: 1, position: 4n, head: 9n, lagMs: now - (recordedFrom + 5000), publishedAt: now }],
      ['live', { generation: 1, position: 8n, head: 9n, lagMs: now - (recordedFrom + 9000), publishedAt: now }],
      ['live', { generation: 1, position: 9n, head: 9n, lagMs: 0, publishedAt: now }],
    ])
    published.mockRestore()
  })

  it('is never below zero, when clocks differ', async () => {
    const projector = await open(await visitLog(5), { clock: () => 0 })
    expect((await projector.progress()).lagMs).toBe(0)
  })

  it('lets the state of each projection be read', async () => {
    const projector = await open(await visitLog(6))
    await projector.catchUp()
    const state = projector.state('visits')
    expect(state.get('visitor', 'v-3')).toEqual({ visits: 2 })
    expect(state.get('total', '')).toMatchObject({ visits: 6 })
    expect(state.keys('visitor', 'v-')).toEqual(['v-2', 'v-3', 'v-6', 'v-7'])
    expect(state.members('on-code', 'CODE1')).toEqual(['v-2', 'v-7'])
    expect(projector.state('entries').get('total', '')).toBeUndefined()
  })
})

describe('following the log', () => {
  it('shows each event soon after it was appended, until the signal', async () => {
    const store = await visitLog(3)
    const projector = await open(store)
    const controller = new AbortController()
    const running = projector.run(controller.signal)
    await projector.reached(3n)
    for (const head of [4, 5, 9]) {
      await appendVisits(store, head - Number(await store.head()))
      await projector.reached(BigInt(head))
      expect(await shownEvents()).toBe(head)
    }
    controller.abort()
    await running
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    await appendVisits(store, 1)
    await nextTurn()
    expect(await shownEvents()).toBe(9)
  })

  it('gathers what comes in quick succession into fewer writes', async () => {
    const store = await visitLog(1)
    const projector = await open(store, { minFlushMs: 100_000, batchSize: 1000, clock: () => now })
    const controller = new AbortController()
    const running = projector.run(controller.signal)
    await projector.reached(1n)
    await appendVisits(store, 1)
    await appendVisits(store, 5)
    await nextTurn()
    expect((await projector.progress()).position).toBe(1n)
    controller.abort()
    await running
    expect((await projector.progress()).position).toBe(1n)
  })

  it('stops when the signal was aborted before it began', async () => {
    const store = await visitLog(3)
    const projector = await open(store)
    await projector.run(AbortSignal.abort())
    expect((await projector.progress()).position).toBe(0n)
  })

  it('stops in the midst of a long way, and goes on from there', async () => {
    const store = await visitLog(30)
    const controller = new AbortController()
    let folded = 0
    const counted = {
      ...entries,
      fold: (...args: Parameters<typeof entries.fold>) => {
        folded++
        if (folded === 10) controller.abort()
        return entries.fold(...args)
      },
    }
    const projector = await open(store, { projections: [counted, visits], checkpointAfter: 8 })
    await projector.run(controller.signal)
    expect(folded).toBe(12)
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store, 12n))
    await projector.catchUp()
    expect(folded).toBe(30)
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })
})

describe('waiting for a position', () => {
  it('is over at once when it is shown already', async () => {
    const projector = await open(await visitLog(3))
    await projector.catchUp()
    await projector.reached(3n)
  })

  it('ends with an error when the projection is stopped before', async () => {
    const projector = await open(await visitLog(3))
    const controller = new AbortController()
    const running = projector.run(controller.signal)
    const waiting = projector.reached(4n)
    await projector.reached(3n)
    controller.abort()
    await expect(waiting).rejects.toThrow('the projection was stopped before it came so far')
    await running
    expect(projector.failure).toBeUndefined()
  })

  it('ends with the error that the projection fails with', async () => {
    const store = await visitLog(3)
    const projector = await open(store)
    const running = projector.run(new AbortController().signal)
    const waiting = projector.reached(5n)
    waiting.catch(() => undefined)
    await projector.reached(3n)
    await appendPoison(store)
    await expect(running).rejects.toThrow('projection "visits" cannot fold position 4')
    await expect(waiting).rejects.toThrow('projection "visits" cannot fold position 4')
    await expect(projector.reached(4n)).rejects.toThrow('projection "visits" cannot fold position 4')
  })

  it('ends with an error when the projector is closed', async () => {
    const projector = await open(await visitLog(3))
    const waiting = projector.reached(4n)
    waiting.catch(() => undefined)
    await projector.close()
    await expect(waiting).rejects.toThrow('the projector was closed')
    await expect(projector.reached(1n)).rejects.toThrow('the projector was closed')
  })
})

describe('closing', () => {
  it('stops what is running, and nothing can be begun afterwards', async () => {
    const store = await visitLog(40)
    const projector = await open(store, { checkpointAfter: 8 })
    const running = projector.run(new AbortController().signal)
    await projector.reached(4n)
    await projector.close()
    await running
    const { position } = (await warehouse().published('live')) ?? { position: -1n }
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store, position))
    await expect(projector.catchUp()).rejects.toThrow('the projector was closed')
    await expect(projector.run(new AbortController().signal)).rejects.toThrow('the projector was closed')
    await expect(projector.rebuild()).rejects.toThrow('the projector was closed')
    await expect(projector.rebuildTo(1n)).rejects.toThrow('the projector was closed')
    await expect(projector.verify()).rejects.toThrow('the projector was closed')
    expect(() => projector.state('visits').get('total', '')).toThrow('the projector was closed')
    await projector.close()
  })
})

describe('the rest of the process', () => {
  it('has its turn again and again while a long log is folded', async () => {
    const store = await visitLog(30)
    const slow = {
      ...entries,
      fold: (...args: Parameters<typeof entries.fold>) => {
        const until = performance.now() + 5
        while (performance.now() < until);
        return entries.fold(...args)
      },
    }
    const projector = await open(store, { projections: [slow, visits], batchSize: 30, blockRows: 1000, sliceMs: 10 })
    let turns = 0
    let done = false
    const count = () => {
      turns++
      if (!done) setImmediate(count)
    }
    setImmediate(count)
    await projector.catchUp(() => {
      done = true
    })
    expect(turns).toBeGreaterThanOrEqual(10)
  })
})
