import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect, logOn } from '../conformance/harness.ts'
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
    expect(before.map(({ name }) => name)).toEqual(['events', 'events_by_identity', 'events_by_stream'])
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

  it('keeps facts out of the index by stream, and has the other events of streams in it', async () => {
    const store = openOrThrow({ path })
    const log = await logOn(store)
    await log.append(
      log.fact('fact'),
      log.to('fact', 0n, log.event('second of fact')),
      log.to('stream', 'no-stream', log.event('first'), log.event('stream')),
    )
    const db = new DatabaseSync(path, { readOnly: true })
    const rows = db.prepare('SELECT event_id, stream, stream_hash IS NULL AS unindexed FROM events').all()
    expect(rows).toEqual([
      { event_id: 'evt-fact', stream: null, unindexed: 1 },
      { event_id: 'evt-second of fact', stream: log.name('fact'), unindexed: 0 },
      { event_id: 'evt-first', stream: log.name('stream'), unindexed: 0 },
      { event_id: 'evt-stream', stream: log.name('stream'), unindexed: 0 },
    ])
    db.close()
    await store.close()
  })
})
