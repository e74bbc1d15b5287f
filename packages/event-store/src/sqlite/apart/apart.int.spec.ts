import { spawnSync } from 'node:child_process'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { left } from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect, type Log, logOn } from '../../conformance/harness.ts'
import { type SqliteStore, sqliteStoreOn } from '../store.ts'
import { openOrThrow, temporaryFolder } from '../temporary.ts'
import type { ThreadOptions } from './messages.ts'
import { writerApart } from './writer.ts'

const thread = new URL('./thread.ts', import.meta.url)

describe('a log that is written in a thread of its own', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let path: string
  let store: SqliteStore
  let log: Log
  let threads: Worker[]

  const start = (workerData: ThreadOptions) => {
    const worker = new Worker(thread, { workerData })
    threads.push(worker)
    return worker
  }

  beforeEach(async () => {
    folder = temporaryFolder()
    path = join(folder.dir, 'log.db')
    threads = []
    await openOrThrow({ path }).close()
    const options = { path, maxEventsPerCommit: 2_000, busyTimeoutMs: 5_000, cacheMiB: 8 }
    store = sqliteStoreOn(new DatabaseSync(path), path, undefined, (onAppended) =>
      writerApart(options, onAppended, start),
    )
    log = await logOn(store)
  })
  afterEach(() => store.close().finally(folder.remove))

  const kill = async () => {
    await threads.at(-1)?.terminate()
  }

  it('leaves the caller its own while it waits for the file', async () => {
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    let answered = false
    const append = log.append(log.fact('a')).finally(() => {
      answered = true
    })
    for (let turns = 0; turns < 20; turns++) await pause(5)
    expect(answered).toBe(false)
    other.exec('ROLLBACK')
    other.close()
    expect(await append).toMatchObject([{ outcome: 'appended', position: 1n }])
  })

  it('shares transactions among calls that come together, and counts them', async () => {
    const outcomes = await Promise.all(Array.from({ length: 500 }, (_, index) => log.append(log.fact(`f${index}`))))
    expect(outcomes).toEqual(
      outcomes.map((_, index) => [{ outcome: 'appended', position: BigInt(index + 1), revision: 0n }]),
    )
    expect(store.stats()).toEqual({ commits: 1, eventsAppended: 500 })
  })

  it('fails what its thread was asked when that ends, and starts another one for the next', async () => {
    await log.append(log.fact('a'))
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    const append = store.append([log.fact('b')], log.now)()
    await nextTurn()
    const killed = kill()
    const search = expect(store.find(log.name('a'))).rejects.toMatchObject({ failure: { tag: 'store-unavailable' } })
    other.exec('ROLLBACK')
    other.close()
    await killed
    expect(await append).toEqual(
      left({
        tag: 'store-unavailable',
        message: expect.stringMatching(
          /^The thread that writes the event log \S+log\.db is gone \(.*\)\. Repeat the append: it is started anew\.$/,
        ),
      }),
    )
    await search
    expect(await log.append(log.fact('a'), log.fact('b'))).toMatchObject([
      { outcome: 'duplicate', position: 1n },
      { outcome: 'appended', position: 2n },
    ])
    expect(threads.length).toBe(2)
    expect(store.stats()).toEqual({ commits: 2, eventsAppended: 2 })
    expect((await log.all()).map(({ position }) => position)).toEqual([1n, 2n])
  })

  it('says what the file is like where the thread cannot open it, and writes again once it can', async () => {
    await kill()
    const away = `${folder.dir}.away`
    renameSync(folder.dir, away)
    expect(await store.append([log.fact('a')], log.now)()).toEqual(
      left({
        tag: 'store-unavailable',
        message: expect.stringMatching(/log\.db cannot be opened\. Its folder must exist/),
      }),
    )
    renameSync(away, folder.dir)
    expect(await log.append(log.fact('a'))).toMatchObject([{ outcome: 'appended', position: 1n }])
  })

  it('answers what it was asked before it was closed, and nothing afterwards', async () => {
    const appends = Array.from({ length: 20 }, (_, index) => log.append(log.fact(`f${index}`)))
    const find = store.find(log.name('f0'))
    await store.close()
    expect((await Promise.all(appends)).flat().map(({ outcome }) => outcome)).toEqual(Array(20).fill('appended'))
    expect(await find).toBeOneOf([undefined, expect.objectContaining({ position: 1n })])
    expect(await store.append([log.fact('late')], log.now)()).toMatchObject({ left: { tag: 'store-closed' } })
    await expect(store.find(log.name('f0'))).rejects.toMatchObject({ failure: { tag: 'store-closed' } })
    await expect(collect(store.readStream(log.name('f0')))).rejects.toMatchObject({ failure: { tag: 'store-closed' } })
  })

  it('keeps no process alive', () => {
    const fixture = fileURLToPath(new URL('../fixtures/leave-open.ts', import.meta.url))
    const own = join(folder.dir, 'left.db')
    const { stdout, status } = spawnSync(process.execPath, [fixture, own], { encoding: 'utf8', timeout: 20_000 })
    expect({ stdout, status }).toEqual({ stdout: '["appended"]\n', status: 0 })
  })
})
