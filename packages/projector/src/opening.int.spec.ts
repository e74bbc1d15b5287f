import { copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { EventStore, RecordedEvent } from '@vouch/event-store'
import { openMemoryStore } from '@vouch/event-store'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type OpenOptions, Projector, type ProjectorParts } from './projector.ts'
import { useFolder } from './testing/folders.ts'
import { appendVisits, visitLog } from './testing/log.ts'
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

async function open(store: EventStore, states: string, more: Partial<ProjectorParts> = {}, options: OpenOptions = {}) {
  const projector = await Projector.open(partsOf(warehouse(), store, states, more), options)
  opened.push(projector)
  return projector
}

const files = (states: string): string[] => readdirSync(states).sort()

/** A double around a store that notes which positions are read. */
function watched(store: EventStore): { readonly store: EventStore; readonly read: bigint[] } {
  const read: bigint[] = []
  const noting = async function* (batches: AsyncIterable<readonly RecordedEvent[]>) {
    for await (const batch of batches) {
      read.push(...batch.map(({ position }) => position))
      yield batch
    }
  }
  return { store: { ...store, readAll: (...args) => noting(store.readAll(...args)) }, read }
}

/** A log of 20, projected and closed: the folder of its state. */
async function projected(count = 20, more: Partial<ProjectorParts> = {}) {
  const store = await visitLog(count)
  const states = folder()
  const projector = await Projector.open(partsOf(warehouse(), store, states, more))
  await projector.catchUp()
  await projector.close()
  return { store, states }
}

describe('opening', () => {
  it('a fresh folder shows nothing yet, and is the first generation', async () => {
    const states = folder()
    const projector = await open(await visitLog(5), states)
    expect(await warehouse().published('live')).toMatchObject({ generation: 1, position: 0n, head: 5n })
    expect(await projector.progress()).toMatchObject({ position: 0n, head: 5n })
    expect(files(states).filter((name) => name.endsWith('.db'))).toEqual(['state-1.db'])
  })

  it('again goes on at the checkpoint, and does not read the log from the beginning', async () => {
    const { store, states } = await projected()
    await appendVisits(store, 3)
    const { store: watching, read } = watched(store)
    const projector = await open(watching, states)
    await projector.catchUp()
    expect([...new Set(read)]).toEqual([20n, 21n, 22n, 23n])
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    expect(await warehouse().published('live')).toMatchObject({ generation: 1, position: 23n })
  })

  it('writes nothing when nothing has changed', async () => {
    const { store, states } = await projected()
    const writes = [vi.spyOn(warehouse(), 'insert'), vi.spyOn(warehouse(), 'publish')]
    const projector = await open(store, states)
    await projector.catchUp()
    for (const write of writes) expect(write).not.toHaveBeenCalled()
  })

  it('shows at once what was flushed and not yet shown', async () => {
    const { store, states } = await projected(20)
    const published = await warehouse().published('live')
    if (published) await warehouse().publish('live', { ...published, position: 12n })
    setMeta(join(states, 'state-1.db'), 'shown', '12')
    await open(store, states)
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })

  it('a state that a power loss took back goes on from there; readers never see a step back', async () => {
    const store = await visitLog(8)
    const states = folder()
    const first = await Projector.open(partsOf(warehouse(), store, states))
    await first.catchUp()
    await first.close()
    const kept = join(folder(), 'state')
    copyFileSync(join(states, 'state-1.db'), kept)
    await appendVisits(store, 12)
    const second = await Projector.open(partsOf(warehouse(), store, states))
    await second.catchUp()
    await second.close()
    copyFileSync(kept, join(states, 'state-1.db'))

    const positions: bigint[] = []
    const { publish } = warehouse()
    vi.spyOn(warehouse(), 'publish').mockImplementation(async (slot, mark) => {
      positions.push(mark.position)
      await publish(slot, mark)
    })
    const third = await open(store, states, { checkpointAfter: 4 })
    expect(await third.progress()).toMatchObject({ position: 20n, head: 20n, lagMs: 0 })
    await third.reached(20n)
    await appendVisits(store, 1)
    await third.catchUp()
    expect(positions).toEqual([20n, 21n])
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    expect(await warehouse().published('live')).toMatchObject({ generation: 1 })
  })

  it('removes what a crashed rebuild has left, tables and states, and keeps what is shown', async () => {
    const { store, states } = await projected()
    const asof = await open(store, states)
    await asof.rebuildTo(5n)
    await asof.close()
    await warehouse().insert('entries', 9, [{ position: '1', line: 0, event_id: 'left over' }])
    await warehouse().insert('visits', 4, [{ position: '1', line: 0, visitor_id: 'left over' }])
    for (const name of ['state-2.db', 'state-9.db', 'state-9.db-wal', 'state-11.db'])
      writeFileSync(join(states, name), '')
    await open(store, states)
    expect(await warehouse().generations()).toEqual([1, 2])
    expect(files(states).filter((name) => !name.startsWith('state-1.db'))).toEqual(['newest-generation'])
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    expect(await shownDigests(warehouse(), 'asof')).toEqual(await expectedDigests(warehouse(), store, 5n))
  })

  it('takes a number of its own where nothing was shown yet and the state is lost: rows of other code may come late', async () => {
    const { store, states } = await projected(0)
    await appendVisits(store, 5)
    await warehouse().insert('entries', 1, [{ position: '2', line: 1, event_id: 'of other code' }])
    for (const name of files(states)) rmSync(join(states, name))
    const projector = await open(store, states)
    await projector.catchUp()
    await warehouse().insert('entries', 1, [{ position: '3', line: 1, event_id: 'of other code, late' }])
    expect(await warehouse().published('live')).toMatchObject({ generation: 2, position: 5n })
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })

  it('leaves other files of the folder alone', async () => {
    const { store, states } = await projected()
    for (const name of ['keep.txt', 'state-x.db', 'my-state-3.db']) writeFileSync(join(states, name), 'x')
    await open(store, states)
    for (const name of ['keep.txt', 'state-x.db', 'my-state-3.db']) expect(existsSync(join(states, name))).toBe(true)
  })
})

describe('opening rebuilds all', () => {
  async function rebuilt(
    store: EventStore,
    states: string,
    more: Partial<ProjectorParts> = {},
    options: OpenOptions = {},
  ) {
    const seen: unknown[] = []
    const projector = await open(store, states, more, { ...options, onRebuild: (done, end) => seen.push([done, end]) })
    expect(seen.at(-1)).toEqual([await store.head(), await store.head()])
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    expect(await warehouse().published('live')).toMatchObject({ generation: 2 })
    expect(await warehouse().generations()).toEqual([2])
    expect(files(states).filter((name) => name.endsWith('.db'))).toEqual(['state-2.db'])
    await appendVisits(store, 2)
    await projector.catchUp()
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  }

  it('when the state is lost', async () => {
    const { store, states } = await projected()
    for (const name of files(states)) rmSync(join(states, name))
    await rebuilt(store, states)
  })

  it('when the state is damaged', async () => {
    const { store, states } = await projected()
    writeFileSync(join(states, 'state-1.db'), 'x'.repeat(50_000))
    await rebuilt(store, states)
  })

  it('when the state is cut short', async () => {
    const { store, states } = await projected()
    writeFileSync(join(states, 'state-1.db'), '')
    await rebuilt(store, states)
  })

  it('when a projection has another version', async () => {
    const { store, states } = await projected()
    await rebuilt(store, states, { projections: [entries, { ...visits, version: 2 }] })
  })

  it('when there are other projections', async () => {
    const { store, states } = await projected(20, { projections: [entries] })
    await rebuilt(store, states)
  })

  it('when the tables lack rows', async () => {
    const { store, states } = await projected()
    await rebuilt(store, states, {}, { needsRebuild: true })
  })

  it('when the log is an older copy', async () => {
    const { states } = await projected(20)
    await rebuilt(await visitLog(12), states)
  })

  it('when the log is an older copy, and the state as old as that', async () => {
    const { store, states } = await projected(8)
    const kept = join(folder(), 'state')
    copyFileSync(join(states, 'state-1.db'), kept)
    await appendVisits(store, 12)
    const before = await open(store, states)
    await before.catchUp()
    await before.close()
    copyFileSync(kept, join(states, 'state-1.db'))
    await rebuilt(await visitLog(12), states)
  })

  it('when the log is another one that has grown as far', async () => {
    const { states } = await projected(20)
    const other = openMemoryStore()
    await appendVisits(other, 19)
    const identity = 'conversion:summer:c-1'
    await other.append(
      [
        {
          stream: identity,
          expectedRevision: 'no-stream',
          events: [
            {
              identity,
              contentHash: 'f'.repeat(64),
              type: 'vouch.click.v1',
              programId: 'summer',
              source: 'shop',
              id: 'c-1',
              time: 0,
              data: '{"programId":"summer","code":"A","visitorId":"v"}',
            },
          ],
        },
      ],
      0,
    )()
    await rebuilt(other, states)
  })

  it('when the tables are an older copy than the state', async () => {
    const { store, states } = await projected(12)
    await appendVisits(store, 8)
    const before = await open(store, states)
    await before.catchUp()
    await before.close()
    const published = await warehouse().published('live')
    await warehouse().rows('ALTER TABLE vouch_store.entries DELETE WHERE position > 11 SETTINGS mutations_sync = 1')
    if (published) await warehouse().publish('live', { ...published, position: 11n })
    await rebuilt(store, states)
  })

  it('but for a warehouse that is lost, when they are made from the beginning', async () => {
    const { store, states } = await projected()
    await empty(warehouse())
    const projector = await open(store, states)
    await projector.catchUp()
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    expect(await warehouse().generations()).toHaveLength(1)
    expect(files(states).filter((name) => name.endsWith('.db'))).toHaveLength(1)
  })
})

describe('opening that is interrupted in its rebuild', () => {
  it('says so, lets go of all, and the next one does it anew', async () => {
    const { store, states } = await projected()
    const projections = [entries, { ...visits, version: 2 }]
    const controller = new AbortController()
    const options = { signal: controller.signal, onRebuild: () => controller.abort(new Error('enough')) }
    await expect(open(store, states, { projections }, options)).rejects.toThrow('enough')
    expect(await warehouse().published('live')).toMatchObject({ generation: 1, position: 20n })
    expect(await warehouse().generations()).toEqual([1])
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
    await open(store, states, { projections })
    expect(await warehouse().published('live')).toMatchObject({ generation: 3, position: 20n })
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })
})

function setMeta(path: string, name: string, value: string): void {
  const db = new DatabaseSync(path)
  db.prepare('UPDATE meta SET value = ? WHERE name = ?').run(value, name)
  db.close()
}
