import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FoldState } from '../projection.ts'
import { slices } from '../slices.ts'
import { useFolder } from '../testing/folders.ts'
import { memoryState } from './memory-state.ts'
import { type Checkpoint, type DurableState, openState, type StateOptions } from './sqlite-state.ts'
import { describeFoldState, operation, perform } from './state.conformance.ts'

const folder = useFolder()
const pathOf = (name = 'state.db') => join(folder(), name)
const open = (options: Partial<StateOptions> = {}): DurableState =>
  openState({ path: ':memory:', madeBy: 'specs 1', ...options })
const checkpointAt = (position: bigint): Checkpoint => ({ position, identity: `event ${position}`, shown: 0n })

for (const cacheBytes of [1, 500, undefined]) {
  const cache = cacheBytes === undefined ? 'the usual cache' : `a cache of ${cacheBytes} bytes`

  describeFoldState(`SQLite with ${cache}`, () => {
    const state = open({ cacheBytes })
    return { state, betweenEvents: async () => state.forget(), dispose: () => state.close() }
  })

  describeFoldState(`SQLite with ${cache}, a checkpoint after each event`, () => {
    const state = open({ cacheBytes })
    let position = 0n
    const betweenEvents = async () => {
      position += 1n
      await state.checkpoint(checkpointAt(position))
      state.forget()
    }
    return { state, betweenEvents, dispose: () => state.close() }
  })
}

describe('a state on disk', () => {
  it('has at first nothing and stands at the beginning', () => {
    const state = open()
    expect(state.at).toEqual({ position: 0n, identity: '', shown: 0n })
    expect(state.changes).toBe(0)
    expect(state.madeBy).toBe('specs 1')
    state.close()
  })

  it('keeps the values of a kind in the form that is wanted for it', async () => {
    const path = pathOf()
    const packing = {
      pack: (value: unknown) => Object.entries(value as object).flat(),
      unpack: (packed: unknown) => {
        const [name, value] = packed as [string, unknown]
        return { [name]: value }
      },
    }
    const packings = new Map([['packed', packing]])
    const first = open({ path, packings, cacheBytes: 1 })
    for (const kind of ['packed', 'plain']) first.put(kind, 'key', { n: 1 })
    await first.checkpoint(checkpointAt(1n))
    for (const kind of ['packed', 'plain']) expect(first.get(kind, 'key')).toEqual({ n: 1 })
    first.close()
    const second = open({ path, packings })
    for (const kind of ['packed', 'plain']) expect(second.get(kind, 'key')).toEqual({ n: 1 })
    second.close()
    const file = new DatabaseSync(path)
    const values = file.prepare('SELECT value FROM entity ORDER BY id').all()
    expect(values.map(({ value }) => value)).toEqual(['["n",1]', '{"n":1}'])
    file.close()
  })

  it('says that it is damaged if a value is not in that form', async () => {
    const path = pathOf()
    const first = open({ path })
    first.put('packed', 'key', 7)
    await first.checkpoint(checkpointAt(1n))
    first.close()
    const unpack = (packed: unknown) => (packed as { clicks: string[] }).clicks.map(String)
    const second = open({ path, packings: new Map([['packed', { pack: (value) => value, unpack }]]) })
    expect(() => second.get('packed', 'key')).toThrow('holds a value that makes no sense (7)')
    expect(second.damaged).toBe(true)
    second.close()
  })

  it('has every value as it was put, however many were put or asked for since the last checkpoint', async () => {
    const state = open({ cacheBytes: 10_000 })
    const keys = Array.from({ length: 10_000 }, (_, nth) => `key ${nth}`)
    for (let turn = 1; turn <= 3; turn += 1) {
      for (const key of keys) {
        const value = state.get<{ turns: number[] }>('kind', key) ?? { turns: [] }
        value.turns.push(turn)
        state.put('kind', key, value)
        expect(state.get('kind', key)).toBe(value)
        state.forget()
      }
      if (turn === 2) await state.checkpoint(checkpointAt(1n))
    }
    expect(state.changes).toBe(keys.length)
    for (const key of keys) expect(state.get('kind', key)).toEqual({ turns: [1, 2, 3] })
    state.close()
  })

  it('says how much has changed since the last checkpoint', async () => {
    const state = open()
    state.put('kind', 'a', 1)
    state.put('kind', 'a', 2)
    state.put('kind', 'b', 1)
    state.add('index', 'a', 'm')
    state.add('index', 'a', 'm')
    state.remove('index', 'a', 'n')
    expect(state.changes).toBe(4)
    await state.checkpoint(checkpointAt(1n))
    expect(state.changes).toBe(0)
    state.close()
  })

  it('has after it was opened again what it had at the last checkpoint, and nothing from after it', async () => {
    const path = pathOf()
    const first = open({ path })
    first.put('kind', 'kept', { n: 1 })
    first.put('kind', 'changed', { n: 1 })
    first.add('index', 'key', 'kept')
    first.add('index', 'key', 'removed later')
    await first.checkpoint({ position: 7n, identity: 'event:shop:7', shown: 5n })
    const changed = first.get<{ n: number }>('kind', 'changed')
    if (changed) changed.n = 2
    first.put('kind', 'changed', changed)
    first.put('kind', 'new', 1)
    first.add('index', 'key', 'new')
    first.remove('index', 'key', 'removed later')
    first.close()

    const second = open({ path, madeBy: 'specs 2' })
    expect(second.at).toEqual({ position: 7n, identity: 'event:shop:7', shown: 5n })
    expect(second.madeBy).toBe('specs 1')
    expect(second.get('kind', 'kept')).toStrictEqual({ n: 1 })
    expect(second.get('kind', 'changed')).toStrictEqual({ n: 1 })
    expect(second.get('kind', 'new')).toBeUndefined()
    expect(second.keys('kind', '')).toEqual(['changed', 'kept'])
    expect(second.members('index', 'key')).toEqual(['kept', 'removed later'])
    second.close()
  })

  it('is, however often it is opened again, the model of all up to the last checkpoint', async () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: operation.filter((it) => it.tag !== 'between') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          { tag: 'checkpoint' as const },
          { tag: 'reopen' as const },
          { tag: 'relieve' as const },
        ),
      },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.constantFrom(1, 400, 10_000),
        async (steps, cacheBytes) => {
          const path = pathOf()
          let state = open({ path, cacheBytes, mostChanges: 2 })
          let model = memoryState()
          // What was done since the last checkpoint has to be done again after an opening; the rest is durable.
          const durable: typeof steps = []
          let since: typeof steps = []
          let position = 0n
          for (const it of steps) {
            if (it.tag === 'checkpoint') {
              position += 1n
              await state.checkpoint(checkpointAt(position))
              durable.push(...since.splice(0))
            } else if (it.tag === 'relieve') {
              await state.relieve()
            } else if (it.tag === 'reopen') {
              state.close()
              state = open({ path, cacheBytes, mostChanges: 2 })
              expect(state.at).toEqual(
                position === 0n ? { position: 0n, identity: '', shown: 0n } : checkpointAt(position),
              )
              model = replay(durable)
              since = []
            } else {
              since.push(it)
              expect(perform(state, it)).toStrictEqual(perform(model, it))
              state.forget()
            }
          }
          state.close()
        },
      ),
      { numRuns: 100 },
    )
    function replay(steps: readonly { tag: string }[]): FoldState {
      const model = memoryState()
      for (const it of steps) perform(model, it as Parameters<typeof perform>[1])
      return model
    }
  })
})

describe('a checkpoint', () => {
  it('is not committed before the rows are durable', async () => {
    const path = pathOf()
    const state = open({ path })
    state.put('kind', 'key', 1)
    let rowsAreDurable = () => {}
    const rows = new Promise<void>((resolve) => {
      rowsAreDurable = resolve
    })
    const done = state.checkpoint(checkpointAt(1n), rows)
    // Nothing there waits for more than promises.
    await new Promise((resolve) => setImmediate(resolve))
    const witness = new DatabaseSync(path, { readOnly: true })
    const stored = () => witness.prepare("SELECT value FROM meta WHERE name = 'position'").get()
    expect(stored()).toBeUndefined()
    expect(state.at.position).toBe(0n)
    rowsAreDurable()
    await done
    expect(stored()).toEqual({ value: '1' })
    expect(state.at.position).toBe(1n)
    witness.close()
    state.close()
  })

  it('fails with the rows, and leaves the file at the one before', async () => {
    const path = pathOf()
    const first = open({ path })
    first.put('kind', 'key', 'before')
    await first.checkpoint(checkpointAt(1n))
    first.put('kind', 'key', 'after')
    first.add('index', 'key', 'after')
    await expect(first.checkpoint(checkpointAt(2n), Promise.reject(new Error('no room')))).rejects.toThrow('no room')
    expect(first.at).toEqual(checkpointAt(1n))
    first.close()
    const second = open({ path })
    expect(second.at).toEqual(checkpointAt(1n))
    expect(second.get('kind', 'key')).toBe('before')
    expect(second.members('index', 'key')).toEqual([])
    second.close()
  })

  it('lets others have their turn, and shows them the newest values meanwhile', async () => {
    const state = open({ breathe: slices({ sliceMs: 0 }) })
    for (let key = 0; key < 50; key++) {
      state.put('kind', `${key}`, key)
      state.add('index', 'key', `${key}`)
    }
    let done = false
    let turns = 0
    const watch = (async () => {
      while (!done) {
        turns++
        for (const key of [0, 25, 49]) expect(state.get('kind', `${key}`)).toBe(key)
        expect(state.members('index', 'key')).toHaveLength(50)
        expect(state.keys('kind', '')).toHaveLength(50)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    await state.checkpoint(checkpointAt(1n))
    done = true
    await watch
    expect(turns).toBeGreaterThan(50)
    state.close()
  })
})

describe('relief', () => {
  it('writes nothing until much has changed, and forgets nothing', async () => {
    const state = open({ mostChanges: 3 })
    state.put('kind', 'a', 1)
    state.add('index', 'a', 'm')
    const kept = { n: 1 }
    state.put('kind', 'b', kept)
    state.put('kind', 'b', kept)
    for (let more = 0; more < 2; more += 1) {
      await state.relieve()
      expect(state.changes).toBe(3 + more)
      expect(state.get('kind', 'b')).toEqual({ n: 1 })
      state.put('kind', 'c', more)
    }
    expect(state.members('index', 'a')).toEqual(['m'])
    await state.checkpoint(checkpointAt(1n))
    expect(state.changes).toBe(0)
    state.close()
  })

  it('is a part of the next checkpoint, and without it of nothing', async () => {
    const path = pathOf()
    const first = open({ path, mostChanges: 1 })
    first.put('kind', 'key', 'before')
    await first.checkpoint(checkpointAt(1n))
    const write = async (state: ReturnType<typeof open>) => {
      state.put('kind', 'key', 'after')
      state.put('kind', 'new', 'after')
      await state.relieve()
      state.add('index', 'key', 'after')
      await state.relieve()
      state.put('kind', 'new', 'later')
    }
    await write(first)
    first.close()

    const second = open({ path, mostChanges: 1 })
    expect(second.at).toEqual(checkpointAt(1n))
    expect([...second.scan('kind', '')]).toEqual([['key', 'before']])
    expect(second.members('index', 'key')).toEqual([])
    await write(second)
    await second.checkpoint(checkpointAt(2n))
    second.close()

    const third = open({ path })
    expect(third.at).toEqual(checkpointAt(2n))
    expect([...third.scan('kind', '')]).toEqual([
      ['key', 'after'],
      ['new', 'later'],
    ])
    expect(third.members('index', 'key')).toEqual(['after'])
    third.close()
  })

  it('is taken back by a checkpoint that fails', async () => {
    const path = pathOf()
    const first = open({ path, mostChanges: 1 })
    first.put('kind', 'key', 'lost')
    await first.relieve()
    await expect(first.checkpoint(checkpointAt(1n), Promise.reject(new Error('no room')))).rejects.toThrow('no room')
    first.close()
    const second = open({ path })
    expect(second.get('kind', 'key')).toBeUndefined()
    second.close()
  })
})

describe('a state file that is of no use', () => {
  it('says so when it is no database', () => {
    const path = pathOf()
    writeFileSync(path, 'x'.repeat(100_000))
    expect(() => open({ path })).toThrow(
      expect.objectContaining({
        name: 'StateUnusable',
        message: `The state of the fold in ${path} is damaged; it is made anew from the log.`,
      }),
    )
  })

  it('says so when it is of another format', () => {
    const path = pathOf()
    const other = new DatabaseSync(path)
    other.exec('CREATE TABLE meta (name TEXT); PRAGMA user_version = 1')
    other.close()
    expect(() => open({ path })).toThrow(
      expect.objectContaining({
        name: 'StateUnusable',
        message: `The state of the fold in ${path} has format 1 and not 3; it is made anew from the log.`,
      }),
    )
  })

  it('says so when it is damaged behind its first page, where the checkpoint stands', async () => {
    const path = pathOf()
    const first = open({ path })
    first.put('kind', 'key', 'value')
    await first.checkpoint(checkpointAt(1n))
    first.close()
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(statSync(path).size - 16384, 0xa5), 0, undefined, 16384)
    closeSync(file)
    expect(() => open({ path })).toThrow(
      expect.objectContaining({
        name: 'StateUnusable',
        message: `The state of the fold in ${path} is damaged; it is made anew from the log.`,
      }),
    )
  })

  it('knows of damage that it meets on its way', async () => {
    const path = pathOf()
    const first = open({ path })
    for (let key = 0; key < 2000; key++) first.put('kind', `${key}`, 'x'.repeat(200))
    await first.checkpoint(checkpointAt(1n))
    first.close()
    expect(existsSync(`${path}-wal`)).toBe(false)
    // A page of values alone: what is read at opening is elsewhere.
    const bytes = readFileSync(path)
    const page = bytes.indexOf('x'.repeat(200), bytes.length / 4)
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(16384, 0xff), 0, undefined, page - (page % 16384))
    closeSync(file)
    const second = open({ path })
    expect(second.damaged).toBe(false)
    expect(() => {
      for (let key = 0; key < 2000; key++) second.get('kind', `${key}`)
    }).toThrow('malformed')
    expect(second.damaged).toBe(true)
    second.close()
  })

  it('knows of a value that is no JSON', async () => {
    const path = pathOf()
    const first = open({ path })
    first.put('kind', 'key', [1])
    await first.checkpoint(checkpointAt(1n))
    first.close()
    const other = new DatabaseSync(path)
    other.exec("UPDATE entity SET value = '[1'")
    other.close()
    const second = open({ path })
    expect(() => second.get('kind', 'key')).toThrow('holds a value that makes no sense ([1)')
    expect(second.damaged).toBe(true)
    second.close()
  })
})
