import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import { ndjson, published } from '../../services/vouch/src/testing/samples.ts'
import type { Server } from '../../services/vouch/src/testing/server.ts'
import { type DataFolder, openDataFolder, soundness } from './folder.ts'
import { mountSmallDisk, permitted, type SmallDisk } from './mounts.ts'
import { clicks, Reporter } from './reporter.ts'

const full = /cannot grow: the disk or a quota is full\. Free some space/

describe('a disk that is full', { timeout: 180_000 }, () => {
  let folder: DataFolder
  beforeEach(() => {
    folder = openDataFolder()
  })
  afterEach(() => folder.close())

  function small(context: TestContext, path: string, mib: number): SmallDisk {
    if (!permitted.smallDisk) context.skip('this user may not mount a file system, so that no disk is small')
    const disk = mountSmallDisk(path, mib)
    folder.atEnd(() => disk.unmount())
    return disk
  }
  const standing = async (server: Server) => {
    const response = await server.get('/readyz')
    return { status: response.status, ...((await response.json()) as { position: number; head: number }) }
  }
  const untilReady = (server: Server) =>
    eventually(
      'the tables are at the head of the log',
      async () => {
        const { status, position, head } = await standing(server)
        return (status === 200 && position === head) || undefined
      },
      60_000,
    )
  it('under log, state and tables: events are refused with what to do, none is lost, and with room all goes on', async (context) => {
    const disk = small(context, folder.data, 24)
    const server = await folder.serve()
    const reporter = new Reporter()
    expect(await reporter.offer(server, [published()])).toBeUndefined()
    const refusal = await reporter.sendUntilRefused(server)
    expect(refusal).toMatchObject({ status: 503, retryAfter: '5', message: expect.stringMatching(full) })
    expect(refusal.message).toMatch(/Send the same events again: those already taken are answered as duplicates\.$/)
    // It goes on answering: reads, and that it lives.
    expect((await server.get('/healthz')).status).toBe(200)
    expect((await server.post('/v1/sql', { query: 'SELECT count() FROM events' })).status).toBe(200)

    disk.resize(96)
    expect(await reporter.send(server)).toBeUndefined()
    await untilReady(server)
    expect((await server.stop()).code).toBe(0)
    reporter.acknowledged.delete('terms-1')
    const kept = await folder.positions()
    for (const [id, position] of reporter.acknowledged) expect([id, kept.get(id)]).toEqual([id, position])
    expect(await folder.vouch('verify')).toMatchObject({ code: 0, out: expect.stringMatching(soundness) })
  })

  it.for([
    ['warehouse', 8],
    ['state', 5],
  ] as const)(
    'under the %s alone: events are taken, and with room the tables catch up by themselves',
    async ([part, mib], context) => {
      const disk = small(context, join(folder.data, part), mib)
      const server = await folder.serve()
      const reporter = new Reporter()
      expect(await reporter.offer(server, [published()])).toBeUndefined()
      const stopped = await eventually(
        'the tables stop',
        async () => {
          expect(await reporter.send(server)).toBeUndefined()
          const now = await standing(server)
          return now.status === 503 ? now : undefined
        },
        60_000,
      )
      expect(stopped).toMatchObject({ ready: false, reason: expect.stringContaining('the projection has stopped') })
      expect(server.process.out()).toMatch(/the projection stopped/)
      expect(await reporter.send(server)).toBeUndefined()

      disk.resize(96)
      await untilReady(server)
      expect((await server.stop()).code).toBe(0)
      const kept = await folder.positions()
      expect(kept.size).toBe(reporter.acknowledged.size - 1)
      expect(await folder.vouch('verify')).toMatchObject({ code: 0, out: expect.stringMatching(soundness) })
    },
  )

  it.for([
    [
      'the log',
      '',
      4,
      /^The event log \S+log\.db cannot grow: the disk or a quota is full\. Free some space .* Run the same import again to complete it\.\n$/,
    ],
    [
      'the tables',
      'warehouse',
      4,
      /^The disk of the tables, or a quota, is full: .*\. Free some space and try again\.\n$/,
    ],
    [
      'the state',
      'state',
      1,
      /^The state of the fold in \S+ cannot be written: the disk or a quota is full\. Free some space and try again\. \(SQLite: .*\)\n$/,
    ],
  ] as const)(
    'under %s: an import ends with what to do, and completes when it is run again',
    async ([_what, part, mib, message], context) => {
      const disk = small(context, join(folder.data, part), mib)
      if (part === '') for (const other of ['warehouse', 'state']) small(context, join(folder.data, other), 64)
      writeFileSync(join(folder.dir, 'events.ndjson'), ndjson([published(), ...clicks(0, 6_000)]))
      const ended = await folder.vouch('import', 'events.ndjson')
      expect(ended).toMatchObject({ code: 1, out: '', err: expect.stringMatching(message) })
      // Nothing is put aside, or made anew: there is nothing wrong with the tables.
      const rebuilt = await folder.vouch('rebuild')
      expect({
        code: rebuilt.code,
        aside: readdirSync(folder.data).filter((name) => name.includes('damaged')),
      }).toEqual({
        code: 1,
        aside: [],
      })

      disk.resize(128)
      const again = await folder.vouch('import', 'events.ndjson', '--json')
      expect(again.err).toBe('')
      const { appended, duplicate, ...rest } = JSON.parse(again.out) as Record<string, number>
      expect(rest).toEqual({ read: 6_001, conflict: 0, rejected: 0, rejects: null })
      expect(Number(appended) + Number(duplicate)).toBe(6_001)
      expect((await folder.positions()).size).toBe(6_000)
      expect(await folder.vouch('verify')).toMatchObject({ code: 0, out: expect.stringMatching(soundness) })
    },
  )

  it('by a limit on the size of its files (prlimit): events are refused until it is lifted', async (context) => {
    const limit = (server: Server, bytes: number | 'unlimited') =>
      spawnSync('prlimit', ['--pid', String(server.process.child.pid), `--fsize=${bytes}:unlimited`]).status
    const server = await folder.serve()
    const reporter = new Reporter()
    expect(await reporter.offer(server, [published()])).toBeUndefined()
    if (limit(server, 2 ** 20) !== 0) context.skip('prlimit is missing, or may not be used by this user')
    const refusal = await reporter.sendUntilRefused(server)
    expect(refusal).toMatchObject({ status: 503, retryAfter: '5' })
    expect(refusal.message).toMatch(
      /log\.db could not be read or written: the disk reports an error\. .*Send the same events again/,
    )
    expect(limit(server, 'unlimited')).toBe(0)
    expect(await reporter.send(server)).toBeUndefined()
    await untilReady(server)
    expect((await server.stop()).code).toBe(0)
    expect((await folder.positions()).size).toBe(reporter.acknowledged.size - 1)
    expect(await folder.vouch('verify')).toMatchObject({ code: 0, out: expect.stringMatching(soundness) })
  })

  it('to the last byte: every command says so, and all is as it was when there is room', async (context) => {
    small(context, folder.dir, 24)
    mkdirSync(folder.data)
    writeFileSync(join(folder.dir, 'events.ndjson'), ndjson([published(), ...clicks(0, 100)]))
    expect((await folder.vouch('import', 'events.ndjson')).code).toBe(0)
    expect(() => {
      for (let kib = 1024; ; ) writeFileSync(join(folder.dir, 'ballast'), Buffer.alloc(kib * 1024), { flag: 'a' })
    }).toThrow('ENOSPC')
    for (const words of [
      ['import', 'events.ndjson'],
      ['start', '--port', '0'],
      ['verify'],
      ['keys', 'create', '--scopes', 'read'],
    ]) {
      const ended = await folder.vouch(...words)
      expect({ words, ...ended }).toMatchObject({
        ...{ code: 1, out: '' },
        err: `The data folder ${folder.data} cannot be used: its disk or a quota is full. Free some space and try again.\n`,
      })
    }
    rmSync(join(folder.dir, 'ballast'))
    expect((await folder.positions()).size).toBe(100)
    expect(await folder.vouch('verify')).toMatchObject({ code: 0, out: expect.stringMatching(soundness) })
  })
})
