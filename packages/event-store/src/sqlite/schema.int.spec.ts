import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect, logOn } from '../conformance/harness.ts'
import type { EventToAppend, ExpectedRevision } from '../port.ts'
import { nameHash } from './identity-hash.ts'
import { openSqliteStore, setUpConnection } from './open.ts'
import { applicationId, migrate, migrations, newestVersion, pragma, schemaState, versionOf } from './schema.ts'
import { openOrThrow, temporaryFolder } from './temporary.ts'

let folder: ReturnType<typeof temporaryFolder>
let path: string
beforeEach(() => {
  folder = temporaryFolder()
  path = join(folder.dir, 'log.db')
})
afterEach(() => folder.remove())

describe('the schema of the SQLite log', () => {
  it('is made in a new file, marked and numbered, and made once', async () => {
    const store = openOrThrow({ path })
    expect(await store.head()).toBe(0n)
    expect(await collect(store.readAll(0n))).toEqual([])
    await store.close()
    const db = new DatabaseSync(path)
    const objects = () => db.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all()
    const before = objects()
    expect(before.map(({ name }) => name)).toEqual([
      'events',
      'events_by_name_chunks',
      'events_by_name_recent',
      'events_by_name_runs',
      'events_by_name_segments',
    ])
    expect([pragma(db, 'application_id'), versionOf(db), pragma(db, 'journal_mode')]).toEqual([
      applicationId,
      newestVersion,
      'wal',
    ])
    expect(schemaState(db)).toBe('known')
    migrate(db)
    expect(objects()).toEqual(before)
    db.close()
  })

  it('is used through a connection that syncs every commit', () => {
    const db = new DatabaseSync(path)
    expect(setUpConnection(db, path, 16)).toBeUndefined()
    const names = ['journal_mode', 'synchronous', 'fullfsync', 'checkpoint_fullfsync', 'cache_size']
    // synchronous: 2 is FULL; cache_size: below zero it is in KiB.
    expect(names.map((name) => pragma(db, name))).toEqual(['wal', 2, 1, 1, -16384])
    db.close()
  })

  it('is made whole or not at all', () => {
    const db = new DatabaseSync(path)
    expect(schemaState(db)).toBe('new')
    db.exec('CREATE TABLE events_by_stream (in_the_way)')
    expect(() => migrate(db)).toThrow('there is already a table named events_by_stream')
    expect(db.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'events_by_stream' }])
    expect([versionOf(db), db.isTransaction]).toEqual([0, false])
    db.close()
  })

  it('takes only the steps that are new, keeps the events, and never goes back', async () => {
    const store = openOrThrow({ path })
    const log = await logOn(store)
    await log.append(log.fact('a'))
    await store.close()
    const db = new DatabaseSync(path)
    const state = () => [versionOf(db), db.prepare('SELECT event_id, a, b FROM events').all()]
    const column = (name: string) => `ALTER TABLE events ADD COLUMN ${name} INTEGER`
    migrate(db, [...migrations, column('a'), column('b')])
    const migrated = [migrations.length + 2, [{ event_id: 'evt-a', a: null, b: null }]]
    expect(state()).toEqual(migrated)
    migrate(db)
    expect(state()).toEqual(migrated)
    db.close()
    expect(openSqliteStore({ path })).toMatchObject({ left: { tag: 'store-too-new' } })
  })

  it('stores the stream of no fact, and files a fact once and another event under its identity and its stream', async () => {
    const store = openOrThrow({ path })
    const log = await logOn(store)
    await log.append(
      log.fact('fact'),
      log.to('fact', 0n, log.event('second of fact')),
      log.to('stream', 'no-stream', log.event('first'), log.event('stream')),
    )
    const db = new DatabaseSync(path, { readOnly: true })
    const rows = db.prepare('SELECT event_id, stream FROM events').all()
    expect(rows).toEqual([
      { event_id: 'evt-fact', stream: null },
      { event_id: 'evt-second of fact', stream: log.name('fact') },
      { event_id: 'evt-first', stream: log.name('stream') },
      { event_id: 'evt-stream', stream: log.name('stream') },
    ])
    // The last is named like its stream.
    expect(db.prepare('SELECT length(body) / 10 AS entries FROM events_by_name_recent').all()).toEqual([
      { entries: 1 + 2 + 2 + 1 },
    ])
    db.close()
    await store.close()
  })
})

describe('a log of the first version', () => {
  it('is brought to this one with all that is in it, and finds duplicates, conflicts and streams as before', async () => {
    const old = new DatabaseSync(path)
    migrate(old, migrations.slice(0, 1))
    const insert = old.prepare(`INSERT INTO events VALUES (${'?, '.repeat(14)}?)`)
    const hashOf = (content: string) => createHash('sha256').update(content).digest('hex')
    const add = (
      position: number,
      identity: string,
      stream: string | null,
      revision: number,
      extensions: string | null = null,
    ) =>
      insert.run(
        position,
        nameHash(identity),
        stream === null ? null : nameHash(stream),
        stream,
        revision,
        identity,
        'vouch.click.v1',
        'summer',
        'shop.example',
        `evt-${position}`,
        10 * position,
        20 * position,
        hashOf(identity),
        `{"n":${position}}`,
        extensions,
      )
    old.exec('BEGIN')
    for (let position = 1; position <= 9997; position += 1) add(position, `fact-${position}`, null, 0)
    add(9998, 'first', 'terms', 0)
    add(9999, 'second', 'terms', 1, '{"traceparent":"00"}')
    add(10_000, 'third', 'fact-5', 1)
    old.exec('COMMIT')
    old.close()

    const store = openOrThrow({ path, nameIndex: { entriesInMemory: 1000 } })
    const event = (identity: string, content = identity) => ({
      identity,
      contentHash: hashOf(content),
      type: 'vouch.click.v1',
      programId: 'summer',
      source: 'shop.example',
      id: identity,
      time: 0,
      data: '{}',
    })
    expect(await store.head()).toBe(10_000n)
    expect(await store.find('second')).toEqual({
      ...event('second'),
      position: 9999n,
      stream: 'terms',
      revision: 1n,
      id: 'evt-9999',
      time: 99_990,
      recordedAt: 199_980,
      data: '{"n":9999}',
      extensions: '{"traceparent":"00"}',
    })
    expect((await collect(store.readStream('terms'))).map(({ identity }) => identity)).toEqual(['first', 'second'])
    expect((await collect(store.readStream('fact-5'))).map(({ identity }) => identity)).toEqual(['fact-5', 'third'])
    const to = (stream: string, expectedRevision: ExpectedRevision, it: EventToAppend) => ({
      stream,
      expectedRevision,
      events: [it],
    })
    const answer = await store.append(
      [
        to('fact-77', 'no-stream', event('fact-77')),
        to('fact-9997', 'no-stream', event('fact-9997', 'other')),
        to('terms', 0n, event('fourth')),
        to('terms', 1n, event('fourth')),
        to('fact-5', 1n, event('fifth')),
        to('fact-10001', 'no-stream', event('fact-10001')),
      ],
      0,
    )()
    expect(answer).toMatchObject({
      right: [
        { outcome: 'duplicate', position: 77n },
        { outcome: 'conflict', existing: { position: 9997n, contentHash: hashOf('fact-9997') } },
        { outcome: 'wrong-revision', actual: 1n },
        { outcome: 'appended', position: 10_001n, revision: 2n },
        { outcome: 'appended', position: 10_002n, revision: 2n },
        { outcome: 'appended', position: 10_003n, revision: 0n },
      ],
    })
    expect((await collect(store.readAll(0n))).flat().map(({ position }) => position)).toEqual(
      Array.from({ length: 10_003 }, (_, nth) => BigInt(nth + 1)),
    )
    expect(await store.check()).toEqual([])
    await store.close()
    const db = new DatabaseSync(path)
    expect(versionOf(db)).toBe(newestVersion)
    db.close()
  })
})
