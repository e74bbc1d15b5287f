import {
  closeSync,
  cpSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import { start } from '../../services/vouch/src/testing/process.ts'
import { ndjson, published } from '../../services/vouch/src/testing/samples.ts'
import { type DataFolder, openDataFolder, soundness } from './folder.ts'
import { clicks, Reporter } from './reporter.ts'

const events = [published(), ...clicks(0, 3_000)]
const known = events.slice(1)

/** Damage is noticed at the start, or as soon as what is damaged is needed; until then all else is answered as ever. */
describe('a log that is damaged', { timeout: 180_000 }, () => {
  let sound: string
  let folder: DataFolder
  let log: string

  beforeAll(async () => {
    sound = mkdtempSync(join(tmpdir(), 'vouch-sound-'))
    writeFileSync(join(sound, 'events.ndjson'), ndjson(events))
    const { code, err } = await start(['import', 'events.ndjson', '--data', 'data'], { cwd: sound }).ended
    expect({ code, err }).toEqual({ code: 0, err: '' })
  }, 60_000)
  afterAll(() => rmSync(sound, { recursive: true }))
  beforeEach(() => {
    folder = openDataFolder()
    cpSync(join(sound, 'data'), folder.data, { recursive: true, verbatimSymlinks: true })
    log = join(folder.data, 'log.db')
    writeFileSync(join(folder.dir, 'known.ndjson'), ndjson(known))
    writeFileSync(join(folder.dir, 'new.ndjson'), ndjson(clicks(10_000, 5)))
  })
  afterEach(() => folder.close())

  const damaged = /log\.db is damaged\. Stop writing to it and restore it from a backup\./

  /** The pages of a table or index, the first one being 1. */
  function pagesOf(name: string, kind: 'leaf' | 'internal'): number[] {
    const db = new DatabaseSync(log, { readOnly: true })
    try {
      const rows = db.prepare('SELECT pageno FROM dbstat WHERE name = ? AND pagetype = ? ORDER BY path').all(name, kind)
      return rows.map(({ pageno }) => Number(pageno))
    } finally {
      db.close()
    }
  }

  function overwrite(pages: readonly number[], byte: number): void {
    const file = openSync(log, 'r+')
    for (const page of pages) writeSync(file, Buffer.alloc(4096, byte), 0, 4096, (page - 1) * 4096)
    closeSync(file)
  }

  const cut = (path: string, share: number) => {
    const file = openSync(path, 'r+')
    ftruncateSync(file, Math.floor(statSync(path).size * share))
    closeSync(file)
  }

  it.for([
    ['cut to a half', () => cut(log, 0.5), damaged],
    ['without its last page', () => cut(log, 0.999), damaged],
    [
      'empty',
      () => cut(log, 0),
      /^The log ends at position 0, but the tables know it up to 3001: .* Bring back the newest copy of log\.db/,
    ],
    [
      'gone',
      () => rmSync(log),
      /^The log ends at position 0, but the tables know it up to 3001: .* Bring back the newest copy of log\.db/,
    ],
    [
      'without its header',
      () => overwrite([1], 0xff),
      /log\.db is no SQLite database, or its first page is damaged\. Restore it from a backup\./,
    ],
  ] as const)('%s: nothing is taken, and who offers is told what to do', async ([_how, damage, message]) => {
    damage()
    for (const words of [['start', '--port', '0'], ['import', 'new.ndjson'], ['sql', 'SELECT 1'], ['verify']]) {
      const ended = await folder.vouch(...words)
      expect({ words, ...ended }).toMatchObject({ code: 1, out: '', err: expect.stringMatching(message) })
      expect(ended.err).not.toContain('Unexpected')
    }
  })

  it.for(['a5', '00'])(
    'in a page of events, overwritten with %s: what is on it is never taken for new, and doctor --deep finds it',
    async (byte) => {
      const leaves = pagesOf('events', 'leaf')
      const spoilt = leaves.slice(Math.floor(leaves.length / 3), Math.floor(leaves.length / 3) + 20)
      overwrite(spoilt, Number.parseInt(byte, 16))
      const server = await folder.serve()
      const reporter = new Reporter()
      // What touches no damaged page is answered as ever.
      expect(await reporter.offer(server, known.slice(0, 3))).toBeUndefined()
      expect([...reporter.acknowledged.values()]).toEqual([2, 3, 4])
      let refused = 0
      for (let at = 0; at < known.length; at += 100) {
        const before = reporter.acknowledged.size
        const refusal = await reporter.offer(server, known.slice(at, at + 100))
        if (refusal === undefined) continue
        refused++
        expect(refusal).toMatchObject({ status: 503, retryAfter: '5', message: expect.stringMatching(damaged) })
        expect(reporter.acknowledged.size).toBe(before)
      }
      expect(refused).toBeGreaterThan(0)
      // Never at a position of its own, which is what a duplicate that was taken for new would have.
      for (const [id, position] of reporter.acknowledged) expect(position).toBe(Number(id.slice(2)) + 2)
      const doctor = await folder.vouch('doctor', '--deep')
      expect(doctor.code).toBe(1)
      expect(doctor.out).toMatch(/^BAD {2}log integrity: .*; bring back a copy of log\.db$/m)
      expect((await folder.vouch('rebuild')).err).toMatch(damaged)
    },
  )

  it('in every page of the index of identities: nothing is taken, not even what is new', async () => {
    overwrite(
      ['recent', 'runs', 'segments', 'chunks'].flatMap((table) => pagesOf(`events_by_name_${table}`, 'leaf')),
      0,
    )
    const server = await folder.serve()
    const reporter = new Reporter()
    for (const batch of [known.slice(0, 10), clicks(20_000, 10)]) {
      expect(await reporter.offer(server, batch)).toMatchObject({
        status: 503,
        retryAfter: '5',
        message: expect.stringMatching(damaged),
      })
    }
    expect(await server.stop()).toMatchObject({ code: 0 })
    expect(await folder.vouch('import', 'new.ndjson')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(damaged),
    })
  })

  it.for([
    ['cut', (wal: string) => cut(wal, 0.3)],
    ['gone', (wal: string) => rmSync(wal)],
    [
      'overwritten in the middle',
      (wal: string) => {
        const file = openSync(wal, 'r+')
        writeSync(file, Buffer.alloc(4096, 0x77), 0, 4096, Math.floor(statSync(wal).size / 3))
        closeSync(file)
      },
    ],
  ] as const)(
    'whose newest part (log.db-wal) was %s after a kill: nothing takes the place of what is missing',
    async ([_how, damage]) => {
      const server = await folder.serve()
      const reporter = new Reporter()
      const more = clicks(30_000, 500)
      for (let at = 0; at < more.length; at += 50)
        expect(await reporter.offer(server, more.slice(at, at + 50))).toBeUndefined()
      await eventually('the tables are at the head', async () => {
        const state = (await (await server.get('/readyz')).json()) as { position: number }
        return state.position === 3_501 || undefined
      })
      server.process.kill('SIGKILL')
      await server.process.ended
      const whole = join(folder.dir, 'whole')
      cpSync(folder.data, whole, { recursive: true, filter: (path) => !path.endsWith('.sock') })
      damage(`${log}-wal`)
      const lost =
        /^The log ends at position \d+, but the tables know it up to 3501: it is another log or an older copy, or its end is lost\. Bring back the newest copy of log\.db; if this one is it, vouch rebuild makes the tables anew from it\.\n$/
      for (const words of [['start', '--port', '0'], ['import', 'new.ndjson'], ['verify']]) {
        const ended = await folder.vouch(...words)
        expect({ words, ...ended }).toMatchObject({ code: 1, out: '', err: expect.stringMatching(lost) })
      }
      // The newest copy is brought back, and all is there.
      for (const name of ['log.db', 'log.db-wal']) {
        rmSync(join(folder.data, name), { force: true })
        cpSync(join(whole, name), join(folder.data, name))
      }
      rmSync(`${log}-shm`, { force: true })
      const kept = await folder.positions()
      for (const [id, position] of reporter.acknowledged) expect([id, kept.get(id)]).toEqual([id, position])
      expect(await folder.vouch('verify')).toMatchObject({ code: 0, out: expect.stringMatching(soundness) })
    },
  )
})
