import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { EventStore } from '@vouch/event-store'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Projector, type ProjectorParts } from './projector.ts'
import { Fault, Faults } from './testing/faults.ts'
import { useFolder } from './testing/folders.ts'
import { appendPoison, appendVisits, visitLog } from './testing/log.ts'
import { expectedDigests, partsOf } from './testing/parts.ts'
import { entries, visits } from './testing/projections.ts'
import { empty, shownDigests, useWarehouse } from './testing/warehouse.ts'

const warehouse = useWarehouse()
const folder = useFolder()
const opened: Projector[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const projector of opened.splice(0)) await projector.close()
})

async function open(store: EventStore, more: Partial<ProjectorParts> = {}, states = folder()): Promise<Projector> {
  const projector = await Projector.open(partsOf(warehouse(), store, states, more))
  opened.push(projector)
  return projector
}

/** Visits whose fold fails half-way, after the state was changed, whenever `fails` says so. */
const failing = (fails: (position: bigint) => boolean) => ({
  ...visits,
  fold: (...args: Parameters<typeof visits.fold>) => {
    const rows = visits.fold(...args)
    if (fails(args[1].position)) throw new Error('no such rate')
    return rows
  },
})

describe('one step that fails', () => {
  it('whichever it is, loses and repeats nothing when the same projector is run again', {
    timeout: 300_000,
  }, async () => {
    const sizes = { batchSize: 3, blockRows: 3, checkpointAfter: 8 }
    const store = await visitLog(6)
    const expected = await expectedDigests(warehouse(), store)
    const count = async (faults: Faults) => {
      await empty(warehouse())
      const more = { ...sizes, openState: faults.openState }
      const projector = await Projector.open(partsOf(faults.warehouse(warehouse()), store, folder(), more))
      const stop = new AbortController()
      let failures = 0
      let waiting = projector.reached(6n)
      waiting.catch(() => undefined)
      // As the server does it: what has stopped is started again.
      const running = (async () => {
        while (!stop.signal.aborted) {
          await projector.run(stop.signal).catch((error: unknown) => {
            expect(error).toBeInstanceOf(Fault)
            expect(projector.failure).toBe(error)
            failures++
          })
        }
      })()
      for (;;) {
        try {
          await waiting
          break
        } catch (error) {
          expect(error).toBeInstanceOf(Fault)
          await new Promise((resolve) => setImmediate(resolve))
          waiting = projector.reached(6n)
        }
      }
      expect(projector.failure).toBeUndefined()
      stop.abort()
      await running
      expect(await shownDigests(warehouse())).toEqual(expected)
      expect(projector.state('visits').get('total', '')).toMatchObject({ visits: 6 })
      await projector.close()
      return failures
    }
    const undisturbed = new Faults()
    expect(await count(undisturbed)).toBe(0)
    const first = undisturbed.steps.indexOf('before insert entries') + 1
    for (let step = first; step <= undisturbed.steps.length; step++) {
      expect(await count(new Faults(step, { dies: false })), undisturbed.steps[step - 1]).toBe(1)
    }
  })

  it('of a rebuild, whichever it is, leaves one whole set of tables, on which live goes on', {
    timeout: 300_000,
  }, async () => {
    const life = async (faults: Faults) => {
      await empty(warehouse())
      const store = await visitLog(5)
      const states = folder()
      const before = await Projector.open(partsOf(warehouse(), store, states))
      await before.catchUp()
      await before.close()
      const parts = partsOf(faults.warehouse(warehouse()), store, states, {
        openState: faults.openState,
        batchSize: 10,
      })
      const projector = await Projector.open(parts)
      const outcome = await projector.rebuild().catch((error: unknown) => {
        expect(error).toBeInstanceOf(Fault)
        return 'failed'
      })
      await appendVisits(store, 2)
      await projector.catchUp()
      expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
      await projector.rebuild()
      expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
      const published = await warehouse().published('live')
      expect(await warehouse().generations()).toEqual([published?.generation])
      expect(readdirSync(states).filter((name) => name.endsWith('.db'))).toEqual([`state-${published?.generation}.db`])
      await projector.close()
      return outcome
    }
    const undisturbed = new Faults()
    await life(undisturbed)
    const last = undisturbed.steps.findIndex((name) => name.startsWith('after publish live'))
    const outcomes: string[] = []
    for (let step = 1; step <= last + 3; step++) {
      const outcome = await life(new Faults(step, { dies: false }))
      outcomes.push(`${undisturbed.steps[step - 1]}: ${outcome === 'failed' ? outcome : 'done'}`)
    }
    expect(outcomes).toEqual([
      'before checkpoint 5: failed',
      'before insert entries: failed',
      'after insert entries: failed',
      'before insert visits: failed',
      'after insert visits: failed',
      'before insert visitors: failed',
      'after insert visitors: failed',
      'after checkpoint 5: failed',
      'before publish live 5: failed',
      'after publish live 5: failed',
      'before drop 1: done',
      'after drop 1: done',
    ])
  })
})

describe('a fold that fails half-way', () => {
  it('is begun anew from the checkpoint: its state is not used on', async () => {
    const store = await visitLog(10)
    let failures = 1
    const projections = [entries, failing((position) => position === 7n && failures-- > 0)]
    const projector = await open(store, { projections })
    await expect(projector.catchUp()).rejects.toThrow('projection "visits" cannot fold position 7')
    await projector.catchUp()
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    expect(projector.state('visits').get('total', '')).toMatchObject({ visits: 10 })
  })

  it('keeps readers from what comes after it, not from what was before', async () => {
    const store = await visitLog(10)
    await appendPoison(store)
    await appendVisits(store, 5)
    const projector = await open(store)
    for (let time = 0; time < 2; time++) {
      await expect(projector.run(new AbortController().signal)).rejects.toThrow(
        'projection "visits" cannot fold position 11 (vouch.share.v1, id e-11): only clicks are visits',
      )
      expect(projector.failure).toMatchObject({ name: 'FoldError', position: 11n })
      expect(await projector.progress()).toMatchObject({ position: 10n, head: 16n })
      expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store, 10n))
      expect(projector.state('visits').get('total', '')).toMatchObject({ visits: 10 })
    }
    await expect(projector.verify()).rejects.toThrow('cannot fold position 11')
    expect(await warehouse().generations()).toEqual([1])
  })

  it('goes on by itself when the projection is mended', async () => {
    const store = await visitLog(10)
    let broken = true
    const projector = await open(store, { projections: [entries, failing((position) => broken && position === 4n)] })
    await expect(projector.run(new AbortController().signal)).rejects.toThrow('cannot fold position 4')
    expect(projector.failure).toMatchObject({ name: 'FoldError' })
    broken = false
    const stop = new AbortController()
    const running = projector.run(stop.signal)
    await vi.waitFor(() => expect(projector.failure).toBeUndefined())
    await projector.reached(10n)
    stop.abort()
    await running
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })
})

describe('a failure after which the state cannot be opened either', () => {
  it('is mended as soon as it can be; until then its state says why it is not there', async () => {
    const store = await visitLog(6)
    const projector = await open(store)
    await projector.catchUp()
    await appendVisits(store, 2)
    const insert = vi.spyOn(warehouse(), 'insert').mockRejectedValue(new Error('no room'))
    const published = vi.spyOn(warehouse(), 'published').mockRejectedValue(new Error('no room at all'))
    await expect(projector.run(new AbortController().signal)).rejects.toThrow('no room')
    expect(() => projector.state('visits').get('total', '')).toThrow(
      expect.objectContaining({ message: 'the state of the projections is not open', cause: new Error('no room') }),
    )
    await expect(projector.catchUp()).rejects.toThrow('no room at all')
    insert.mockRestore()
    published.mockRestore()
    await projector.catchUp()
    expect(projector.failure).toBeUndefined()
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    expect(projector.state('visits').get('total', '')).toMatchObject({ visits: 8 })
  })
})

describe('a state that turns out to be damaged on the way', () => {
  it.each(['catchUp', 'verify', 'run'] as const)('is rebuilt from the log by the next %s', async (next) => {
    const store = await visitLog(30)
    const states = folder()
    const long = 'x'.repeat(20_000)
    const heavy = {
      ...entries,
      fold: (...args: Parameters<typeof entries.fold>) => {
        const [state, { position }] = args
        state.put('heavy', `${position}`, long)
        if (position > 30n) for (let old = 1; old <= 30; old++) state.get('heavy', `${old}`)
        return entries.fold(...args)
      },
    }
    const first = await Projector.open(partsOf(warehouse(), store, states, { projections: [heavy, visits] }))
    await first.catchUp()
    await first.close()
    spoil(join(states, 'state-1.db'))

    const projector = await open(store, { projections: [heavy, visits] }, states)
    expect(await warehouse().published('live')).toMatchObject({ generation: 1 })
    await appendVisits(store, 2)
    await expect(projector.catchUp()).rejects.toThrow('malformed')
    expect(await warehouse().published('live')).toMatchObject({ generation: 1, position: 30n })
    if (next === 'run') {
      const stop = new AbortController()
      const running = projector.run(stop.signal)
      await projector.reached(32n)
      stop.abort()
      await running
    } else {
      await projector[next]()
    }
    expect(await warehouse().published('live')).toMatchObject({ generation: 2, position: 32n })
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    expect(await warehouse().generations()).toEqual([2])
  })

  /** Overwrites all pages but the first few, where the tables are named. */
  function spoil(path: string): void {
    const from = 16_384 * 24
    const length = statSync(path).size - from
    expect(length).toBeGreaterThan(16_384 * 10)
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(length, 0xff), 0, length, from)
    closeSync(file)
  }
})
