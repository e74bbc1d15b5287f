import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { left } from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect, type Log, logOn } from '../conformance/harness.ts'
import { StoreError } from '../port.ts'
import { openSqliteStore } from './open.ts'
import { sqliteStoreOn } from './store.ts'
import { openOrThrow, temporaryFolder } from './temporary.ts'

let folder: ReturnType<typeof temporaryFolder>
let path: string
beforeEach(() => {
  folder = temporaryFolder()
  path = join(folder.dir, 'log.db')
})
afterEach(() => folder.remove())

/** A log of so many facts on a file that is closed again. */
const fileWith = async (count: number): Promise<void> => {
  const store = openOrThrow({ path })
  const log = await logOn(store)
  await log.append(...facts(log, 0, count))
  await store.close()
}

const facts = (log: Log, from: number, count: number) =>
  Array.from({ length: count }, (_, index) => log.fact(`f${from + index}`))

const failed = (tag: string, message: RegExp) => left({ tag, message: expect.stringMatching(message) })

const numberOf = (db: DatabaseSync, sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0])

describe('a disk that is full', () => {
  it('fails as store-full and loses nothing; with room again, appending works again', async () => {
    await fileWith(0)
    const db = new DatabaseSync(path)
    db.exec(`PRAGMA max_page_count = ${numberOf(db, 'PRAGMA page_count') + 20}`)
    const store = sqliteStoreOn(db, path)
    const log = await logOn(store)
    let appended = 0
    let answer = await store.append(facts(log, 0, 10), log.now)()
    while (answer._tag === 'Right') {
      appended += 10
      answer = await store.append(facts(log, appended, 10), log.now)()
    }
    expect(answer).toEqual(failed('store-full', /log\.db cannot grow: .*Free some space and repeat.*SQLite 13/))
    expect(appended).toBeGreaterThan(0)
    expect(await store.head()).toBe(BigInt(appended))
    expect(await log.append(...facts(log, 0, appended))).toMatchObject(
      Array.from({ length: appended }, () => ({ outcome: 'duplicate' })),
    )

    db.exec('PRAGMA max_page_count = 1000000')
    const outcomes = await log.append(...facts(log, appended, 10))
    expect(outcomes).toEqual(
      outcomes.map((_, index) => ({ outcome: 'appended', position: BigInt(appended + index + 1), revision: 0n })),
    )
    expect(await store.check()).toEqual([])
    await store.close()
  })
})

describe('a file that may not be written to', () => {
  it('fails appends as store-read-only and still answers reads', async () => {
    await fileWith(1)
    const store = sqliteStoreOn(new DatabaseSync(path, { readOnly: true }), path)
    const log = await logOn(store)
    for (const attempt of ['first', 'repeated']) {
      expect(await store.append([log.fact(attempt)], log.now)()).toEqual(
        failed('store-read-only', /log\.db cannot be written to\. Make the file and its folder writable.*SQLite 8/),
      )
    }
    expect(await store.head()).toBe(1n)
    await store.close()
  })

  it('is not opened', async () => {
    await fileWith(1)
    chmodSync(path, 0o444)
    chmodSync(folder.dir, 0o777)
    const fixture = fileURLToPath(new URL('fixtures/open-and-report.ts', import.meta.url))
    // Root may write to every file, so that root asks somebody else.
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const { stdout, stderr } = spawnSync(process.execPath, [fixture, path], { encoding: 'utf8', ...nobody })
    expect({ stdout, stderr }).toEqual({ stdout: 'store-read-only\n', stderr: '' })
  })
})

describe('a file that is damaged', () => {
  const corrupt = /log\.db is damaged\. Stop writing to it and restore it from a backup/

  /** Overwrites the page at which a table or an index begins. */
  const damage = (name: string) => {
    const db = new DatabaseSync(path)
    const pageSize = numberOf(db, 'PRAGMA page_size')
    const page = numberOf(db, `SELECT rootpage FROM sqlite_schema WHERE name = '${name}'`)
    db.close()
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(pageSize, 0xa5), 0, pageSize, (page - 1) * pageSize)
    closeSync(file)
  }
  it.each([
    ['an identity that is not in the index', 'zeroblob(6) || substr(body, 7)', 'events_by_name: row 1 is missing'],
    [
      'an identity that is there with another position',
      "substr(body, 1, 9) || x'09' || substr(body, 11)",
      'events_by_name: row 1 is missing',
    ],
    [
      'an identity that is there too often',
      'substr(body, 1, 10) || body',
      'events_by_name: it has 11 entries of 10 rows',
    ],
  ])('is found by the check when nothing else has noticed: %s', async (_, damage, finding) => {
    await fileWith(10)
    const db = new DatabaseSync(path)
    db.exec(`UPDATE events_by_name_recent SET body = CAST(${damage} AS BLOB)`)
    db.close()
    const store = openOrThrow({ path })
    expect(await store.head()).toBe(10n)
    expect(await store.check()).toEqual([finding])
    await store.close()
  })

  it('takes nothing for new that the index has, and the rows have no more', async () => {
    await fileWith(10)
    const damaged = async (sql: string, repeated: number) => {
      const db = new DatabaseSync(path)
      db.exec(sql)
      db.close()
      const store = openOrThrow({ path })
      const log = await logOn(store)
      const prefix = (await collect(store.readAll(0n))).flat()[0]?.identity.split(':')[0]
      const append = log.fact(`f${repeated}`)
      const [event] = append.events.map((it) => ({ ...it, identity: `${prefix}:f${repeated}` }))
      if (event === undefined) throw new Error('There should be an event.')
      const answer = await store.append([{ ...append, stream: event.identity, events: [event] }], log.now)()
      expect(answer).toEqual(failed('store-corrupt', corrupt))
      expect(await store.head()).toBe(10n)
      expect(await store.check()).not.toEqual([])
      await store.close()
    }
    await damaged("UPDATE events SET identity = identity || 'x' WHERE position = 4", 3)
    await damaged('DELETE FROM events WHERE position = 7', 6)
  })

  it('takes nothing when the end of the log is lost, and is read as far as it goes', async () => {
    await fileWith(10)
    const db = new DatabaseSync(path)
    db.exec('DELETE FROM events WHERE position > 8')
    db.close()
    const store = openOrThrow({ path })
    const log = await logOn(store)
    expect(await store.append([log.fact('new')], log.now)()).toEqual(
      failed('store-corrupt', /ends at 8, but the index of its names at 10/),
    )
    expect((await collect(store.readAll(0n))).flat()).toHaveLength(8)
    expect(await store.check()).toEqual([expect.stringMatching(/ends at 8, but/)])
    await store.close()
  })

  it('fails reads as store-corrupt', async () => {
    await fileWith(1000)
    damage('events')
    const store = openOrThrow({ path })
    const error = await collect(store.readAll(0n)).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toMatchObject({ failure: { tag: 'store-corrupt', message: expect.stringMatching(corrupt) } })
    await store.close()
  })

  it('fails appends as store-corrupt when they need what is damaged, and check says so', async () => {
    await fileWith(1000)
    damage('events_by_name_recent')
    const store = openOrThrow({ path })
    const log = await logOn(store)
    expect(await store.append(facts(log, 0, 1), log.now)()).toEqual(failed('store-corrupt', corrupt))
    expect(await store.check()).toEqual([expect.stringMatching(corrupt)])
    expect(await store.head()).toBe(1000n)
    await store.close()
  })
})

describe('a file that another process writes to', () => {
  it('fails appends as store-unavailable until it is free', async () => {
    const store = openOrThrow({ path, busyTimeoutMs: 0 })
    const log = await logOn(store)
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    expect(await store.append(facts(log, 0, 1), log.now)()).toEqual(
      failed('store-unavailable', /log\.db is held by another process/),
    )
    other.exec('ROLLBACK')
    other.close()
    expect(await log.append(...facts(log, 0, 1))).toEqual([{ outcome: 'appended', position: 1n, revision: 0n }])
    await store.close()
  })

  it('is read anew, so that what two stores append fits together', async () => {
    const [one, other] = [openOrThrow({ path }), openOrThrow({ path })]
    const log = await logOn(one)
    expect(await one.append([log.fact('a')], log.now)()).toMatchObject({ right: [{ position: 1n }] })
    expect(await other.append([log.fact('a'), log.fact('b')], 0)()).toMatchObject({
      right: [
        { outcome: 'duplicate', position: 1n },
        { outcome: 'appended', position: 2n },
      ],
    })
    expect(await one.append([log.fact('c')], 0)()).toMatchObject({ right: [{ position: 3n }] })
    expect((await log.all()).map(({ id, recordedAt }) => [id, recordedAt])).toEqual([
      ['evt-a', log.now],
      ['evt-b', log.now],
      ['evt-c', log.now],
    ])
    await Promise.all([one.close(), other.close()])
  })

  it('is read anew for a name that was asked for before', async () => {
    const [one, other] = [openOrThrow({ path }), openOrThrow({ path })]
    const log = await logOn(one)
    expect(await one.find(log.name('a'))).toBeUndefined()
    await other.append([log.fact('a')], log.now)()
    expect(await one.find(log.name('a'))).toMatchObject({ position: 1n })
    expect(await one.append([log.fact('a')], log.now)()).toMatchObject({ right: [{ outcome: 'duplicate' }] })
    await Promise.all([one.close(), other.close()])
  })
})

describe('what is no event log', () => {
  it('is refused: a folder, a path without a folder, a file of something else, memory', () => {
    mkdirSync(path)
    expect(openSqliteStore({ path })).toEqual(failed('store-unavailable', /log\.db cannot be opened\. Its folder must/))
    const orphan = join(folder.dir, 'missing', 'log.db')
    expect(openSqliteStore({ path: orphan })).toEqual(failed('store-unavailable', /missing\/log\.db cannot be opened/))
    const text = join(folder.dir, 'text')
    writeFileSync(text, 'These are words, and many of them. '.repeat(100))
    expect(openSqliteStore({ path: text })).toEqual(failed('store-corrupt', /text is no SQLite database/))
    expect(openSqliteStore({ path: ':memory:' })).toEqual(failed('store-unavailable', /must be a file on a local disk/))
  })

  it('is left as it is: a database of another program', () => {
    const db = new DatabaseSync(path)
    db.exec('CREATE TABLE recipes (name TEXT)')
    const schema = () =>
      db
        .prepare('SELECT name FROM sqlite_schema')
        .all()
        .map(({ name }) => name)
    expect(openSqliteStore({ path })).toEqual(
      left({ tag: 'not-a-store', message: `${path} is a SQLite database, but no vouch event log. Name another file.` }),
    )
    expect(schema()).toEqual(['recipes'])
    expect(numberOf(db, 'PRAGMA user_version')).toBe(0)
    db.close()
  })

  it('is left as it is: a log of a newer version', async () => {
    await fileWith(1)
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 99')
    expect(openSqliteStore({ path })).toEqual(
      left({
        tag: 'store-too-new',
        message: `The event log ${path} is from a newer vouch: its schema has version 99, this vouch knows versions up to 2. Upgrade vouch.`,
      }),
    )
    expect(numberOf(db, 'PRAGMA user_version')).toBe(99)
    db.close()
  })
})
