import type { RecordedEvent } from '@vouch/event-store'
import { afterEach, describe, expect, it } from 'vitest'
import { FoldError, type FoldingParts, openFolding } from './folding.ts'
import type { FoldState, LoggedEvent, Projection, Row } from './projection.ts'
import { slices } from './slices.ts'
import { type DurableState, openState } from './state/sqlite-state.ts'
import { appendPoison, eventsOf, visitLog } from './testing/log.ts'
import { RecordingWarehouse } from './testing/recording-warehouse.ts'

const states: DurableState[] = []
afterEach(() => {
  for (const state of states.splice(0)) state.close()
})

function newState(): DurableState {
  const state = openState({ path: ':memory:', madeBy: 'specs' })
  states.push(state)
  return state
}

const opened = (projections: readonly Projection[], more: Partial<FoldingParts> = {}) => {
  const warehouse = new RecordingWarehouse()
  const state = newState()
  const folding = openFolding({ generation: 7, projections, state, warehouse, ...more })
  return { warehouse, state, folding }
}

const projection = (name: string, fold: (state: FoldState, logged: LoggedEvent) => readonly Row[]): Projection => ({
  name,
  version: 1,
  tables: new URL('file:///none.sql'),
  fold,
})
const row = (table: string, values: Row['values'] = {}): Row => ({ table, values })
/** Nothing here waits for more than promises: after a turn of the event loop all has happened that will. */
const settled = () => new Promise((resolve) => setImmediate(resolve))
const visits = async (count: number): Promise<readonly RecordedEvent[]> => eventsOf(await visitLog(count))

describe('folding', () => {
  it('numbers the rows of each table within an event, over all projections', async () => {
    const { warehouse, folding } = opened([
      projection('a', () => [row('x', { by: 'a1' }), row('y'), row('x', { by: 'a2' })]),
      projection('b', (_state, { position }) => (position === 2n ? [] : [row('x', { by: 'b' }), row('z')])),
    ])
    await folding.fold(await visits(3))
    await folding.flush(0n)
    expect(warehouse.summary).toEqual(['x 1.0 1.1 1.2 2.0 2.1 3.0 3.1 3.2', 'y 1.0 2.0 3.0', 'z 1.0 3.0'])
    expect(warehouse.inserts[0]?.rows.slice(0, 3)).toEqual([
      { position: '1', line: 0, by: 'a1' },
      { position: '1', line: 1, by: 'a2' },
      { position: '1', line: 2, by: 'b' },
    ])
    expect(warehouse.inserts.map(({ generation }) => generation)).toEqual([7, 7, 7])
  })

  it('gives each projection a part of the state of its own', async () => {
    const seen: unknown[] = []
    const counting = (name: string) =>
      projection(name, (state) => {
        const n = (state.get<number>('count', 'all') ?? 0) + 1
        state.put('count', 'all', n)
        state.add('members', 'all', name)
        seen.push([name, n, state.members('members', 'all'), state.keys('count', '')])
        return []
      })
    const { folding } = opened([counting('a'), counting('b')])
    await folding.fold(await visits(2))
    expect(seen).toEqual([
      ['a', 1, ['a'], ['all']],
      ['b', 1, ['b'], ['all']],
      ['a', 2, ['a'], ['all']],
      ['b', 2, ['b'], ['all']],
    ])
  })

  it('inserts tables side by side, and stores the checkpoint when the last is durable', async () => {
    const warehouse = new RecordingWarehouse(true)
    const { folding, state } = opened([projection('a', () => [row('x'), row('y')])], { warehouse })
    await folding.fold(await visits(2))
    const done = folding.flush(0n)
    await settled()
    expect(warehouse.summary).toEqual(['x 1.0 2.0', 'y 1.0 2.0'])
    expect(state.at.position).toBe(0n)
    warehouse.release()
    await settled()
    expect(state.at.position).toBe(0n)
    warehouse.release()
    await done
    expect(state.at).toEqual({ position: 2n, identity: 'event:shop:e-2', shown: 0n })
    expect(folding.flushedTo).toBe(2n)
  })

  it('notes with the checkpoint what readers have been shown', async () => {
    const { folding, state } = opened([projection('a', () => [])])
    await folding.fold(await visits(3))
    await folding.flush(2n)
    expect(state.at).toEqual({ position: 3n, identity: 'event:shop:e-3', shown: 2n })
  })

  it('inserts full blocks while it folds on, one of a table at a time', async () => {
    const warehouse = new RecordingWarehouse(true)
    const folded: string[] = []
    const { folding } = opened(
      [
        projection('a', (_state, { position }) => {
          folded.push(String(position))
          return position === 3n ? [row('rare'), row('x')] : [row('x')]
        }),
      ],
      { warehouse, blockRows: 2 },
    )
    const done = folding.fold(await visits(7))
    await settled()
    expect(warehouse.summary).toEqual(['x 1.0 2.0'])
    expect(folded).toEqual(['1', '2', '3', '4'])
    warehouse.release()
    await settled()
    expect(warehouse.summary).toEqual(['x 1.0 2.0', 'x 3.0 4.0'])
    expect(folded).toEqual(['1', '2', '3', '4', '5', '6'])
    warehouse.release()
    await done
    expect(folded).toHaveLength(7)
    const flushed = folding.flush(0n)
    await settled()
    expect(warehouse.summary).toHaveLength(3)
    for (let insert = 0; insert < 3; insert++) {
      warehouse.release()
      await settled()
    }
    await flushed
    expect(warehouse.summary).toEqual(['x 1.0 2.0', 'x 3.0 4.0', 'x 5.0 6.0', 'x 7.0', 'rare 3.0'])
  })

  it('writes nothing when nothing was folded, and each row once', async () => {
    const { warehouse, folding } = opened([projection('a', () => [row('x')])])
    await folding.flush(0n)
    expect(warehouse.inserts).toEqual([])
    await folding.fold(await visits(1))
    await folding.flush(0n)
    await folding.flush(0n)
    expect(warehouse.summary).toEqual(['x 1.0'])
  })

  it('says how much would have to be done again after a crash', async () => {
    const { folding } = opened([
      projection('a', (state, { position }) => {
        state.put('kind', String(position), 1)
        return []
      }),
    ])
    await folding.fold(await visits(3))
    expect(folding.unflushed).toBe(6)
    await folding.flush(0n)
    expect(folding.unflushed).toBe(0)
  })

  it('lets others have their turn between two events', async () => {
    const { folding } = opened([projection('a', () => [])], { breathe: slices({ sliceMs: 0 }) })
    let turns = 0
    let done = false
    const count = () => {
      turns++
      if (!done) setImmediate(count)
    }
    setImmediate(count)
    await folding.fold(await visits(20))
    done = true
    expect(turns).toBeGreaterThanOrEqual(20)
  })
})

describe('an event that is folded in parts', () => {
  const inParts = (parts: (state: FoldState, logged: LoggedEvent) => Iterable<readonly Row[]> | undefined) => ({
    ...projection('a', () => [row('x', { by: 'whole' })]),
    foldInParts: parts,
  })

  it('numbers its rows as one event, and has other projections fold it once', async () => {
    const { warehouse, folding } = opened([
      projection('before', () => [row('x', { by: 'before' })]),
      inParts((_state, { position }) =>
        position === 2n ? [[row('x', { by: 1 })], [], [row('x', { by: 2 }), row('y')]] : undefined,
      ),
      projection('after', () => [row('x', { by: 'after' })]),
    ])
    await folding.fold(await visits(3))
    await folding.flush(0n)
    const rows = warehouse.inserts.find(({ table }) => table === 'x')?.rows ?? []
    expect(rows.filter(({ position }) => position === '2').map(({ line, by }) => `${line} ${by}`)).toEqual([
      '0 before',
      '1 1',
      '2 after',
      '3 2',
    ])
    expect(warehouse.summary).toEqual(['x 1.0 1.1 1.2 2.0 2.1 2.2 2.3 3.0 3.1 3.2', 'y 2.0'])
  })

  it('lets its rows and what it changes leave memory before it ends', async () => {
    const many = 40
    const seen: number[] = []
    const warehouse = new RecordingWarehouse()
    const state = openState({ path: ':memory:', madeBy: 'specs', mostChanges: 10 })
    states.push(state)
    const folding = openFolding({
      generation: 7,
      warehouse,
      state,
      blockRows: 10,
      projections: [
        inParts(function* (own) {
          for (let nth = 0; nth < many; nth += 1) {
            own.put('kind', `${nth}`, { nth })
            yield [row('x')]
            seen.push(warehouse.inserts.length)
          }
        }),
      ],
    })
    await folding.fold(await visits(1))
    expect(seen.at(-1)).toBe(4)
    expect(folding.unflushed).toBe(many + 1)
    expect(folding.flushedTo).toBe(0n)
    expect(folding.position).toBe(1n)
    expect([...state.scan('a.kind', '')]).toHaveLength(many)
    await folding.flush(0n)
    expect(folding.unflushed).toBe(0)
    expect(warehouse.summary.join(' ').split(' ')).toHaveLength(4 + many)
  })

  it('holds fewer of its rows than of many events, since no checkpoint comes between', async () => {
    const warehouse = new RecordingWarehouse()
    const many = (table: string) => Array.from({ length: 1_000 }, () => row(table))
    const { folding } = opened(
      [
        inParts(function* () {
          for (let part = 0; part < 60; part += 1) yield part % 2 === 0 ? many('x') : [...many('x'), ...many('y')]
        }),
      ],
      { warehouse },
    )
    await folding.fold(await visits(1))
    expect(warehouse.inserts.map(({ table, rows }) => [table, rows.length])).toEqual([
      ['x', 25_000],
      ['x', 25_000],
      ['y', 25_000],
    ])
    await folding.flush(0n)
    expect(warehouse.inserts.slice(3).map(({ table, rows }) => [table, rows.length])).toEqual([
      ['x', 10_000],
      ['y', 5_000],
    ])
  })

  it('names the projection when a part of it fails, and then counts for nothing', async () => {
    const { folding, state } = opened([
      inParts(function* () {
        yield [row('x')]
        throw new RangeError('no such rate')
      }),
    ])
    await expect(folding.fold(await visits(1))).rejects.toThrow(
      'projection "a" cannot fold position 1 (vouch.click.v1, id e-1): no such rate',
    )
    await expect(folding.flush(0n)).rejects.toThrow('must be opened again')
    expect(state.at.position).toBe(0n)
  })

  it('lets others have their turn between two parts', async () => {
    let turns = 0
    const { folding } = opened(
      [
        inParts(function* () {
          for (let part = 0; part < 20; part += 1) yield []
        }),
      ],
      {
        breathe: () => {
          turns += 1
          return undefined
        },
      },
    )
    await folding.fold(await visits(1))
    expect(turns).toBe(21)
  })
})

describe('a fold that fails', () => {
  const failing = projection('attribution', (_state, { position }) => {
    if (position === 2n) throw new RangeError('no such rate')
    return [row('x')]
  })

  it('names the projection, the position, the type and the id', async () => {
    const { folding } = opened([projection('a', () => []), failing])
    const error = await folding.fold(await visits(3)).catch((it: unknown) => it)
    expect(error).toBeInstanceOf(FoldError)
    expect(error).toMatchObject({
      message: 'projection "attribution" cannot fold position 2 (vouch.click.v1, id e-2): no such rate',
      position: 2n,
      cause: new RangeError('no such rate'),
    })
  })

  it('is told from an event that cannot be read at all', async () => {
    const store = await visitLog(1)
    await appendPoison(store)
    const [first, second] = await eventsOf(store)
    const { folding } = opened([])
    const unknown = { ...(second as RecordedEvent), type: 'vouch.unheard-of.v9' }
    await expect(folding.fold([first as RecordedEvent, unknown])).rejects.toThrow(
      'no projection can read position 2 (vouch.unheard-of.v9, id e-2): The log holds an event of type vouch.unheard-of.v9',
    )
  })

  it('cannot be used on, so that what it left half-way never gets to the tables', async () => {
    const { warehouse, folding, state } = opened([failing])
    await expect(folding.fold(await visits(3))).rejects.toThrow('no such rate')
    const again = 'generation 7 has failed before and must be opened again'
    await expect(folding.fold(await visits(1))).rejects.toThrow(again)
    await expect(folding.flush(0n)).rejects.toThrow(again)
    expect(warehouse.inserts).toEqual([])
    expect(state.at.position).toBe(0n)
  })
})

describe('an insert that fails', () => {
  it('while folding goes on is met at the next block or flush, and nothing is inserted after it', async () => {
    const warehouse = new RecordingWarehouse(true)
    const { folding, state } = opened([projection('a', () => [row('x'), row('y')])], { warehouse, blockRows: 2 })
    const [first, second, third, ...rest] = await visits(8)
    await folding.fold([first, second, third] as RecordedEvent[])
    await settled()
    warehouse.fail(new Error('no room'))
    const failed = expect(folding.fold(rest)).rejects.toThrow('no room')
    warehouse.release()
    await failed
    expect(warehouse.summary).toEqual(['x 1.0 2.0', 'y 1.0 2.0'])
    await expect(folding.flush(0n)).rejects.toThrow('must be opened again')
    expect(state.at.position).toBe(0n)
  })

  it('fails the flush; the checkpoint stays where it was', async () => {
    const warehouse = new RecordingWarehouse(true)
    const { folding, state } = opened([projection('a', () => [row('x'), row('y')])], { warehouse })
    await folding.fold(await visits(2))
    const done = folding.flush(0n)
    await settled()
    warehouse.fail(new Error('no room'))
    let ended = false
    const failed = expect(done.finally(() => (ended = true))).rejects.toThrow('no room')
    await settled()
    // What is under way might still come when the folding is given up.
    expect(ended).toBe(false)
    warehouse.release()
    await failed
    expect(warehouse.summary).toEqual(['x 1.0 2.0', 'y 1.0 2.0'])
    expect(state.at.position).toBe(0n)
    await expect(folding.flush(0n)).rejects.toThrow('must be opened again')
  })

  it('is waited for when the folding is closed', async () => {
    const warehouse = new RecordingWarehouse(true)
    const { folding } = opened([projection('a', () => [row('x')])], { warehouse, blockRows: 1 })
    await folding.fold(await visits(1))
    let closed = false
    const closing = folding.close().then(() => {
      closed = true
    })
    await settled()
    expect(closed).toBe(false)
    warehouse.fail(new Error('no room'))
    await closing
    expect(closed).toBe(true)
  })
})
