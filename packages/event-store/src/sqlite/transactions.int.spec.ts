import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Log, logOn } from '../conformance/harness.ts'
import type { SqliteStore } from './store.ts'
import { openOrThrow, temporaryFolder } from './temporary.ts'

describe('transactions of the SQLite store', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let store: SqliteStore
  let log: Log
  beforeEach(async () => {
    folder = temporaryFolder()
    store = openOrThrow({ path: join(folder.dir, 'log.db') })
    log = await logOn(store)
  })
  afterEach(() => store.close().finally(folder.remove))

  it('are shared by concurrent appends', async () => {
    const outcomes = await Promise.all(Array.from({ length: 500 }, (_, index) => log.append(log.fact(`f${index}`))))
    expect(outcomes).toEqual(
      outcomes.map((_, index) => [{ outcome: 'appended', position: BigInt(index + 1), revision: 0n }]),
    )
    expect(store.stats()).toEqual({ commits: 1, eventsAppended: 500 })
  })

  it('are one each for appends that wait for one another', async () => {
    for (const name of ['a', 'b', 'c']) await log.append(log.fact(name))
    expect(store.stats()).toEqual({ commits: 3, eventsAppended: 3 })
  })

  it('hold about two thousand events, so that a large call lets others be served in between', async () => {
    const large = log.append(...Array.from({ length: 5000 }, (_, index) => log.fact(`f${index}`)))
    let headInBetween = 0n
    setImmediate(async () => {
      headInBetween = await store.head()
    })
    await large
    expect(headInBetween).toBe(2000n)
    expect(store.stats()).toEqual({ commits: 3, eventsAppended: 5000 })
  })

  it('are not counted when there was nothing to write', async () => {
    await log.append(log.fact('a'))
    await log.append(log.fact('a'), log.fact('a', 'other'), log.to('a', 'no-stream', log.event('b')))
    expect(store.stats()).toEqual({ commits: 1, eventsAppended: 1 })
  })
})
