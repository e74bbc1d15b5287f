import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EventStore, openMemoryStore } from '@vouch/event-store'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Projector, type ProjectorParts } from './projector.ts'
import { memoryState } from './state/memory-state.ts'
import { useFolder } from './testing/folders.ts'
import { appendPoison, appendVisits, visitLog } from './testing/log.ts'
import { expectedDigests, loggedEventsOf, now, partsOf } from './testing/parts.ts'
import { entries, fixtureProjections, foldAll, visits } from './testing/projections.ts'
import { shownDigests, useWarehouse } from './testing/warehouse.ts'

const warehouse = useWarehouse()
const folder = useFolder()
const opened: { projector: Projector; states: string }[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const { projector } of opened.splice(0)) await projector.close()
})

async function open(store: EventStore, more: Partial<ProjectorParts> = {}) {
  const states = folder()
  const projector = await Projector.open(partsOf(warehouse(), store, states, more))
  opened.push({ projector, states })
  return projector
}

/** Numbers of the generations that have rows, and of those that have a state. */
async function leftOver() {
  const states = opened.at(-1)?.states ?? ''
  const files = readdirSync(states).flatMap((name) => /^state-(\d+)\.db$/.exec(name)?.[1] ?? [])
  return { tables: await warehouse().generations(), states: files.map(Number) }
}

const caughtUp = async (store: EventStore, more: Partial<ProjectorParts> = {}) => {
  const projector = await open(store, more)
  await projector.catchUp()
  return projector
}

/** Calls `then` when the log is folded for the `time`th time from here, at a position. */
function whenFolding(position: bigint, time: number, then: () => void) {
  let times = 0
  const watching = {
    ...visits,
    fold: (...args: Parameters<typeof visits.fold>) => {
      if (args[1].position === position && ++times === time) then()
      return visits.fold(...args)
    },
  }
  return [entries, watching]
}

describe('rebuilding', () => {
  it('makes the same tables in a new generation, and leaves nothing of the old one', async () => {
    const store = await visitLog(21)
    const projector = await caughtUp(store)
    const expected = await expectedDigests(warehouse(), store)
    expect(await warehouse().published('live')).toMatchObject({ generation: 1 })
    expect(await projector.rebuild()).toEqual({ generation: 2, position: 21n })
    expect(await warehouse().published('live')).toMatchObject({ generation: 2, position: 21n, head: 21n, lagMs: 0 })
    expect(await shownDigests(warehouse())).toEqual(expected)
    expect(await leftOver()).toEqual({ tables: [2], states: [2] })
    await appendVisits(store, 5)
    await projector.catchUp()
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })

  it('takes a number that nothing ever had, so that what comes late under an old one is never taken for its own', async () => {
    const store = await visitLog(5)
    const projector = await caughtUp(store)
    await projector.verify()
    expect(await leftOver()).toEqual({ tables: [1], states: [1] })
    await projector.close()
    const states = opened.at(-1)?.states ?? ''
    const restarted = await Projector.open(partsOf(warehouse(), store, states))
    opened.push({ projector: restarted, states })
    expect(await restarted.rebuild()).toEqual({ generation: 3, position: 5n })
    writeFileSync(join(states, 'newest-generation'), 'nonsense')
    expect(await restarted.rebuild()).toEqual({ generation: 4, position: 5n })
  })

  it('of an empty log shows nothing, as before', async () => {
    const projector = await caughtUp(openMemoryStore())
    expect(await projector.rebuild()).toEqual({ generation: 2, position: 0n })
    expect(await warehouse().published('live')).toMatchObject({ generation: 2, position: 0n })
  })

  it('mends what is wrong in the tables', async () => {
    const store = await visitLog(9)
    const projector = await caughtUp(store)
    await warehouse().insert('visits', 1, [{ position: '3', line: 9, visitor_id: 'made up' }])
    expect(await shownDigests(warehouse())).not.toEqual(await expectedDigests(warehouse(), store))
    await projector.rebuild()
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })

  it('keeps the old generation for queries that have read the pointer and not yet the tables', async () => {
    const projector = await caughtUp(await visitLog(5), { graceMs: 150 })
    let publishedAt = Number.POSITIVE_INFINITY
    let droppedAt = 0
    const { publish, dropGeneration } = warehouse()
    vi.spyOn(warehouse(), 'publish').mockImplementation(async (...args) => {
      await publish(...args)
      publishedAt = performance.now()
    })
    vi.spyOn(warehouse(), 'dropGeneration').mockImplementation(async (generation) => {
      droppedAt = performance.now()
      await dropGeneration(generation)
    })
    await projector.rebuild()
    expect(droppedAt - publishedAt).toBeGreaterThanOrEqual(149)
  })

  it('goes one after the other, when two are asked for at once', async () => {
    const store = await visitLog(10)
    const projector = await caughtUp(store)
    const [first, second, asof] = await Promise.all([projector.rebuild(), projector.rebuild(), projector.rebuildTo(4n)])
    expect(first).toEqual({ generation: 2, position: 10n })
    expect(second).toEqual({ generation: 3, position: 10n })
    expect(asof).toBe(4n)
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    expect(await leftOver()).toEqual({ tables: [3, 4], states: [3] })
  })

  it('holds no more rows in memory than a block of each table, and one that is being inserted', async () => {
    const store = await visitLog(60)
    const projector = await caughtUp(store, { checkpointAfter: 100_000, blockRows: 5 })
    const sizes: number[] = []
    const { insert } = warehouse()
    vi.spyOn(warehouse(), 'insert').mockImplementation(async (table, generation, rows) => {
      sizes.push(rows.length)
      await insert(table, generation, rows)
    })
    await projector.rebuild()
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(120)
  })
})

describe('rebuilding while events keep coming', () => {
  it('lets readers see whole prefixes of the log only, without a gap or a step back', async () => {
    const store = await visitLog(40)
    const projector = await caughtUp(store, { batchSize: 20, blockRows: 50, checkpointAfter: 60, graceMs: 20 })
    const running = new AbortController()
    const following = projector.run(running.signal)
    let done = false
    const appending = (async () => {
      while (!done && (await store.head()) < 500n) {
        await appendVisits(store, 3)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    })()
    const seen: Prefix[] = []
    const asking = (async () => {
      while (!done) {
        const [answer] = await warehouse().rows<Prefix>(
          `SELECT (SELECT count() FROM vouch.entries) AS entries, (SELECT max(position) FROM vouch.visits) AS last,
             (SELECT count() FROM vouch.visits) AS visits, (SELECT sum(chain) FROM vouch.visits) AS chain,
             (SELECT sum(total * (line + 1) + nth) FROM vouch.visits) AS weighed,
             (SELECT count() FROM vouch.entries AS e INNER JOIN vouch.visits AS v ON e.position = v.position) AS joined`,
        )
        if (answer) seen.push(answer)
      }
    })()
    for (let time = 0; time < 3; time++) await projector.rebuild()
    done = true
    await Promise.all([appending, asking])
    running.abort()
    await following
    await projector.catchUp()

    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    expect(await warehouse().published('live')).toMatchObject({ generation: 4 })
    const prefixes = await prefixesOf(store)
    expect(seen.length).toBeGreaterThan(5)
    for (const answer of seen) expect(answer).toEqual(prefixes[Number(answer.entries)])
    const entriesSeen = seen.map(({ entries }) => Number(entries))
    expect(new Set(entriesSeen).size).toBeGreaterThan(1)
    expect(entriesSeen).toEqual([...entriesSeen].sort((a, b) => a - b))
  })

  type Prefix = Record<'entries' | 'last' | 'visits' | 'chain' | 'weighed' | 'joined', string>

  /** What the query above gives for each prefix of a log. */
  async function prefixesOf(store: EventStore): Promise<Prefix[]> {
    const rows = foldAll(memoryState(), fixtureProjections, await loggedEventsOf(store))
    const sums = { entries: 0, last: 0, visits: 0, chain: 0, weighed: 0, joined: 0 }
    const prefixes: Prefix[] = []
    for (let position = 0; position <= Number(await store.head()); position++) {
      for (const row of rows.filter((it) => it.position === String(position))) {
        if (row.table === 'entries') sums.entries++
        if (row.table !== 'visits') continue
        const { line, chain, total, nth } = row as unknown as Record<string, number> & { line: number }
        sums.last = position
        sums.visits++
        sums.joined++
        sums.chain += Number(chain)
        sums.weighed += Number(total) * (line + 1) + Number(nth)
      }
      prefixes.push(Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, String(sum)])) as Prefix)
    }
    return prefixes
  }

  it('takes in at the end what live has shown already', async () => {
    const store = await visitLog(12)
    const projector = await caughtUp(store)
    const shown: string[] = []
    const { insert, publish } = warehouse()
    let first = true
    vi.spyOn(warehouse(), 'insert').mockImplementation(async (table, generation, rows) => {
      await insert(table, generation, rows)
      if (generation !== 2 || !first) return
      first = false
      await appendVisits(store, 9)
      await projector.catchUp()
    })
    vi.spyOn(warehouse(), 'publish').mockImplementation(async (slot, mark) => {
      shown.push(`${mark.generation}: ${mark.position}`)
      await publish(slot, mark)
    })
    expect(await projector.rebuild()).toEqual({ generation: 2, position: 21n })
    expect(shown).toEqual(['1: 21', '2: 21'])
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })

  it('takes in at the end what came meanwhile', async () => {
    const store = await visitLog(12)
    let during: Promise<void> | undefined
    const projections = whenFolding(6n, 2, () => {
      during = appendVisits(store, 9)
    })
    const projector = await caughtUp(store, { projections })
    expect(await projector.rebuild()).toEqual({ generation: 2, position: 21n })
    await during
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })
})

describe('the past', () => {
  it('shows in vouch_asof exactly what was known at a position, and leaves the live tables alone', async () => {
    const store = await visitLog(20)
    const projector = await caughtUp(store)
    const live = await shownDigests(warehouse())
    expect(await projector.rebuildTo(7n)).toBe(7n)
    expect(await shownDigests(warehouse(), 'asof')).toEqual(await expectedDigests(warehouse(), store, 7n))
    expect(await shownDigests(warehouse())).toEqual(live)
    expect(await warehouse().rows('SELECT max(position) AS last FROM vouch_asof.visits')).toEqual([{ last: '7' }])
    expect(await leftOver()).toEqual({ tables: [1, 2], states: [1] })
    await projector.catchUp()
    expect(await warehouse().published('live')).toMatchObject({ generation: 1, position: 20n })
  })

  it('is replaced by another past', async () => {
    const store = await visitLog(20)
    const projector = await caughtUp(store)
    await projector.rebuildTo(7n)
    await projector.rebuildTo(15n)
    expect(await shownDigests(warehouse(), 'asof')).toEqual(await expectedDigests(warehouse(), store, 15n))
    expect(await projector.rebuildTo(3n)).toBe(3n)
    expect(await shownDigests(warehouse(), 'asof')).toEqual(await expectedDigests(warehouse(), store, 3n))
    expect((await leftOver()).tables).toHaveLength(2)
  })

  it('stays when the live tables are rebuilt', async () => {
    const store = await visitLog(20)
    const projector = await caughtUp(store)
    await projector.rebuildTo(7n)
    await projector.rebuild()
    expect(await shownDigests(warehouse(), 'asof')).toEqual(await expectedDigests(warehouse(), store, 7n))
    expect(await leftOver()).toEqual({ tables: [2, 3], states: [3] })
  })

  it('beyond the head is all that there is, and before the first event nothing', async () => {
    const store = await visitLog(5)
    const projector = await caughtUp(store)
    expect(await projector.rebuildTo(1000n)).toBe(5n)
    expect(await warehouse().published('asof')).toMatchObject({ position: 5n, head: 5n, publishedAt: now })
    expect(await projector.rebuildTo(0n)).toBe(0n)
    expect(await warehouse().rows('SELECT count() AS n FROM vouch_asof.entries')).toEqual([{ n: '0' }])
  })
})

describe('verifying', () => {
  it('finds no difference where there is none, and leaves nothing behind', async () => {
    const store = await visitLog(20)
    const projector = await caughtUp(store)
    expect(await projector.verify()).toEqual({ position: 20n, tables: 3, differences: [] })
    expect(await leftOver()).toEqual({ tables: [1], states: [1] })
  })

  it('takes in first what was not projected yet', async () => {
    const projector = await open(await visitLog(20))
    expect(await projector.verify()).toEqual({ position: 20n, tables: 3, differences: [] })
  })

  it('is not put off by events that come meanwhile', async () => {
    const store = await visitLog(12)
    const projections = whenFolding(6n, 2, () => void appendVisits(store, 9).then(() => projector.catchUp()))
    const projector = await caughtUp(store, { projections })
    expect(await projector.verify()).toEqual({ position: 12n, tables: 3, differences: [] })
    await projector.catchUp()
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })

  const altered = (statement: string) => warehouse().rows(`ALTER TABLE ${statement} SETTINGS mutations_sync = 1`)

  it.each([
    ['a row that is missing', () => altered('vouch_store.entries DELETE WHERE position = 13'), 'entries', 19n, 13n],
    [
      'a row that was altered',
      () => altered("vouch_store.entries UPDATE event_id = 'e' WHERE position = 5"),
      'entries',
      20n,
      5n,
    ],
    [
      'a row too many',
      () => warehouse().insert('entries', 1, [{ position: '20', line: 1, event_id: 'e-20' }]),
      'entries',
      21n,
      20n,
    ],
    ['all of it', () => altered('vouch_store.entries DELETE WHERE generation = 1'), 'entries', 0n, 1n],
  ] as const)('names the table and the first position of %s', async (_what, tamper, table, liveRows, firstPosition) => {
    const projector = await caughtUp(await visitLog(20))
    await tamper()
    const { differences } = await projector.verify()
    expect(differences).toEqual([
      {
        table,
        liveRows,
        rebuiltRows: 20n,
        firstPosition,
        liveHash: expect.stringMatching(/^[0-9a-f]{32}$/),
        rebuiltHash: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ])
    expect(differences[0]?.liveHash).not.toBe(differences[0]?.rebuiltHash)
    expect(await leftOver()).toEqual({ tables: [1], states: [1] })
  })

  it('does not mind rows beyond the pointer, which nobody sees', async () => {
    const projector = await caughtUp(await visitLog(20))
    await warehouse().insert('entries', 1, [{ position: '21', line: 0, event_id: 'from a crash' }])
    expect((await projector.verify()).differences).toEqual([])
  })
})

describe('interrupted', () => {
  const works = {
    rebuild: (projector: Projector, signal: AbortSignal) => projector.rebuild(undefined, signal),
    rebuildTo: (projector: Projector, signal: AbortSignal) => projector.rebuildTo(18n, undefined, signal),
    verify: (projector: Projector, signal: AbortSignal) => projector.verify(undefined, signal),
  }

  it.each(Object.keys(works) as (keyof typeof works)[])('%s at any event leaves all as it was', async (name) => {
    const store = await visitLog(20)
    const expected = await expectedDigests(warehouse(), store)
    for (const position of [1n, 4n, 12n, 18n]) {
      const controller = new AbortController()
      const projections = whenFolding(position, 2, () => controller.abort(new Error(`stop at ${position}`)))
      const projector = await caughtUp(store, { projections })
      const before = await warehouse().published('live')
      await expect(works[name](projector, controller.signal)).rejects.toThrow(`stop at ${position}`)
      expect(await warehouse().published('live')).toEqual(before)
      expect(await warehouse().published('asof')).toBeUndefined()
      expect(await shownDigests(warehouse())).toEqual(expected)
      const own = before?.generation ?? 0
      expect(await leftOver()).toEqual({ tables: [own], states: [own] })
      await appendAndCatchUp(projector)
    }

    async function appendAndCatchUp(projector: Projector) {
      await projector.catchUp()
      expect(await shownDigests(warehouse())).toEqual(expected)
      await projector.close()
    }
  })

  it.each(Object.keys(works) as (keyof typeof works)[])('%s before it begins does nothing', async (name) => {
    const projector = await caughtUp(await visitLog(20))
    const insert = vi.spyOn(warehouse(), 'insert')
    await expect(works[name](projector, AbortSignal.abort(new Error('no')))).rejects.toThrow('no')
    expect(insert).not.toHaveBeenCalled()
  })

  it.each(Object.keys(works) as (keyof typeof works)[])('%s by closing ends at once', async (name) => {
    const store = await visitLog(40)
    let closing: Promise<void> | undefined
    const projections = whenFolding(6n, 2, () => {
      closing = projector.close()
    })
    const projector = await caughtUp(store, { projections })
    await expect(works[name](projector, new AbortController().signal)).rejects.toThrow('the projector was closed')
    await closing
    expect(await leftOver()).toEqual({ tables: [1], states: [1] })
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })
})

describe('a rebuild that fails', () => {
  it('says why, leaves the live tables as they were, and nothing else', async () => {
    const store = await visitLog(20)
    let broken = false
    const sometimes = {
      ...visits,
      fold: (...args: Parameters<typeof visits.fold>) => {
        if (broken && args[1].position === 9n) throw new Error('no such rate')
        return visits.fold(...args)
      },
    }
    const projector = await caughtUp(store, { projections: [entries, sometimes] })
    const live = await warehouse().published('live')
    broken = true
    await expect(projector.rebuild()).rejects.toThrow('projection "visits" cannot fold position 9')
    expect(await warehouse().published('live')).toEqual(live)
    expect(await leftOver()).toEqual({ tables: [1], states: [1] })
    await appendVisits(store, 3)
    await projector.catchUp()
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    broken = false
    expect(await projector.rebuild()).toMatchObject({ position: 23n })
  })

  it('stops at an event that cannot be folded even when live does too', async () => {
    const store = await visitLog(6)
    await appendPoison(store)
    const projector = await open(store, { projections: fixtureProjections })
    await expect(projector.rebuild()).rejects.toThrow('only clicks are visits')
    expect(await leftOver()).toEqual({ tables: [], states: [1] })
  })

  it('is done all the same when the old tables cannot be removed; the next one removes them', async () => {
    const store = await visitLog(10)
    const projector = await caughtUp(store)
    const drop = vi.spyOn(warehouse(), 'dropGeneration').mockRejectedValue(new Error('busy'))
    expect(await projector.rebuild()).toEqual({ generation: 2, position: 10n })
    expect(await leftOver()).toEqual({ tables: [1, 2], states: [1, 2] })
    await expect(projector.rebuild()).rejects.toThrow('busy')
    drop.mockRestore()
    expect(await projector.rebuild()).toEqual({ generation: 3, position: 10n })
    expect(await leftOver()).toEqual({ tables: [3], states: [3] })
  })
})
