import { readdirSync } from 'node:fs'
import type { EventStore } from '@vouch/event-store'
import { describe, expect, it } from 'vitest'
import { Projector, type ProjectorParts } from './projector.ts'
import { Fault, Faults } from './testing/faults.ts'
import { useFolder } from './testing/folders.ts'
import { appendVisits, visitLog } from './testing/log.ts'
import { expectedDigests, partsOf } from './testing/parts.ts'
import { entries, visits, visitsInParts } from './testing/projections.ts'
import { empty, shownDigests, useWarehouse } from './testing/warehouse.ts'

const warehouse = useWarehouse()
const folder = useFolder()

/** Each is a whole life of a process, from its start. */
interface Life {
  readonly name: string
  /** Events that are in the log and the tables before. */
  readonly before: number
  /** Events that are in the log and not in the tables. */
  readonly more: number
  readonly sizes: Partial<ProjectorParts>
  live(projector: Projector): Promise<unknown>
  readonly steps: number
}

const small = { batchSize: 3, blockRows: 4, checkpointAfter: 9 }

const lives: readonly Life[] = [
  {
    name: 'catching up from nothing',
    before: 0,
    more: 8,
    sizes: small,
    live: (projector) => projector.catchUp(),
    steps: 28,
  },
  {
    name: 'catching up with events that are folded in parts',
    before: 2,
    more: 6,
    sizes: { ...small, projections: [entries, visitsInParts] },
    live: (projector) => projector.catchUp(),
    steps: 30,
  },
  {
    name: 'rebuilding, with events that are not in the tables yet',
    before: 5,
    more: 2,
    sizes: { batchSize: 4, blockRows: 6 },
    live: (projector) => projector.rebuild(),
    steps: 16,
  },
  {
    name: 'going back to a position, when another past is on show',
    before: 5,
    more: 0,
    sizes: {},
    async live(projector) {
      await projector.rebuildTo(3n)
      await projector.rebuildTo(5n)
    },
    steps: 22,
  },
  {
    name: 'verifying',
    before: 5,
    more: 2,
    sizes: { batchSize: 10 },
    live: (projector) => projector.verify(),
    steps: 18,
  },
  {
    name: 'a start with other code, which rebuilds all',
    before: 5,
    more: 2,
    sizes: { batchSize: 10, projections: [entries, { ...visits, version: 2 }] },
    live: async () => {},
    steps: 12,
  },
]

/** A folder, a log and tables as they are before a life. */
async function begin({ before, more }: Life): Promise<{ store: EventStore; states: string }> {
  await empty(warehouse())
  const store = await visitLog(before)
  const states = folder()
  if (before > 0) {
    const projector = await Projector.open(partsOf(warehouse(), store, states))
    await projector.catchUp()
    await projector.close()
  }
  await appendVisits(store, more)
  return { store, states }
}

/** Lives until the end or the fault, and gives the names of the steps. */
async function liveWith(faults: Faults, life: Life, store: EventStore, states: string): Promise<string[]> {
  const parts = partsOf(faults.warehouse(warehouse()), store, states, { ...life.sizes, openState: faults.openState })
  try {
    const projector = await Projector.open(parts)
    await life.live(projector)
    if (!faults.happened) await projector.close()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
  }
  faults.bury()
  return faults.steps
}

async function afterwards(life: Life, store: EventStore, states: string, sizes: Partial<ProjectorParts>) {
  const projector = await Projector.open(partsOf(warehouse(), store, states, { ...life.sizes, ...sizes }))
  await projector.catchUp()
  const live = await warehouse().published('live')
  const asof = await warehouse().published('asof')
  const found = {
    shown: await shownDigests(warehouse()),
    asof: await shownDigests(warehouse(), 'asof'),
    tables: await warehouse().generations(),
    states: readdirSync(states).filter((name) => name.endsWith('.db')),
  }
  expect(found.tables).toEqual([live?.generation, asof?.generation].filter((it) => it !== undefined).sort())
  expect(found.states).toEqual([`state-${live?.generation}.db`])
  await projector.close()
  return found
}

describe.each(lives)('a process that dies while $name', (life) => {
  it(`at any of its steps is taken up where it was, as if nothing had happened`, { timeout: 600_000 }, async () => {
    const undisturbed = await begin(life)
    const expected = await expectedDigests(warehouse(), undisturbed.store)
    const steps = await liveWith(new Faults(), life, undisturbed.store, undisturbed.states)
    expect(steps.length).toBeGreaterThanOrEqual(life.steps)
    const pasts = new Map<bigint | undefined, unknown>([[undefined, undefined]])
    for (const past of [3n, 5n]) pasts.set(past, await expectedDigests(warehouse(), undisturbed.store, past))

    for (let step = 1; step <= steps.length; step++) {
      const { store, states } = await begin(life)
      const faults = new Faults(step)
      const seen = await liveWith(faults, life, store, states)
      const where = `died at step ${step}, ${steps[step - 1]}`
      expect(seen, where).toEqual(steps.slice(0, step))
      // Other sizes of batches and blocks than before the crash give the same rows.
      const sizes = [small, { batchSize: 2, blockRows: 1, checkpointAfter: 1 }, { batchSize: 100, blockRows: 100 }]
      const found = await afterwards(life, store, states, sizes[step % 3] ?? small)
      expect(found.shown, where).toEqual(expected)
      expect(found.asof, where).toEqual(pasts.get(found.asof?.position))
    }
  })
})

describe('a process that dies again and again', () => {
  it('gets on, as long as it comes to a checkpoint now and then', { timeout: 600_000 }, async () => {
    const life: Life = { ...(lives[0] as Life), more: 14 }
    const { store, states } = await begin(life)
    const sizes = [
      small,
      { batchSize: 2, blockRows: 1, checkpointAfter: 1 },
      { batchSize: 5, blockRows: 2, checkpointAfter: 12 },
    ]
    let deaths = 0
    for (let step = 6; ; step += 5) {
      const faults = new Faults(step)
      await liveWith(faults, { ...life, sizes: sizes[step % 3] ?? small }, store, states)
      if (!faults.happened) break
      deaths++
    }
    expect(deaths).toBeGreaterThan(2)
    expect(await shownDigests(warehouse())).toEqual(await expectedDigests(warehouse(), store))
  })
})
