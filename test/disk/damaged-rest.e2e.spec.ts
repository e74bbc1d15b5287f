import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { crowd } from '../../services/vouch/src/testing/crowd.ts'
import { start } from '../../services/vouch/src/testing/process.ts'
import { ndjson, published } from '../../services/vouch/src/testing/samples.ts'
import { type DataFolder, openDataFolder, soundness } from './folder.ts'

const sums = `SELECT 'rewards', count(), sum(amount) FROM rewards UNION ALL
  SELECT 'attributions', count(), sum(amount) FROM attributions ORDER BY 1`

/** All but the log can be had again, or be made again. */
describe('a data folder that is damaged beside its log', { timeout: 180_000 }, () => {
  let sound: string
  let undamaged: string
  let folder: DataFolder

  beforeAll(async () => {
    sound = mkdtempSync(join(tmpdir(), 'vouch-sound-'))
    writeFileSync(join(sound, 'events.ndjson'), ndjson([published(), ...crowd(1_500)]))
    const vouch = (...words: readonly string[]) => start([...words, '--data', 'data'], { cwd: sound }).ended
    expect(await vouch('import', 'events.ndjson')).toMatchObject({ code: 0, err: '' })
    undamaged = (await vouch('sql', sums)).out
    expect(undamaged).toMatch(/^rewards\t\d{2,}\t\d+/m)
  }, 60_000)
  afterAll(() => rmSync(sound, { recursive: true }))
  beforeEach(() => {
    folder = openDataFolder()
    cpSync(join(sound, 'data'), folder.data, { recursive: true, verbatimSymlinks: true })
  })
  afterEach(() => folder.close())

  const warehouse = () => join(folder.data, 'warehouse')
  const filesOf = (suffix: string): string[] => {
    const found = readdirSync(warehouse(), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith(suffix),
    )
    if (found.length === 0) throw new Error(`There is no ${suffix} in the warehouse.`)
    return found.map((name) => join(warehouse(), name))
  }

  it.for([
    [
      'parts of its tables removed',
      () => {
        for (const file of filesOf('data.bin')) rmSync(join(file, '..'), { recursive: true, force: true })
      },
    ],
    [
      'bytes of its data flipped',
      () => {
        for (const file of filesOf('data.bin')) {
          const bytes = readFileSync(file)
          const at = bytes.length >> 1
          bytes[at] = (bytes[at] ?? 0) ^ 0xff
          writeFileSync(file, bytes)
        }
      },
    ],
    [
      'its data cut to a half',
      () => {
        for (const file of filesOf('data.bin'))
          writeFileSync(file, readFileSync(file).subarray(0, statSync(file).size >> 1))
      },
    ],
    [
      'checksums missing',
      () => {
        for (const file of filesOf('checksums.txt')) rmSync(file, { force: true })
      },
    ],
    ['definitions of its tables missing', () => rmSync(join(warehouse(), 'metadata'), { recursive: true })],
    [
      'definitions of its tables empty',
      () => {
        for (const file of filesOf('.sql')) writeFileSync(file, '')
      },
    ],
    ['its store missing', () => rmSync(join(warehouse(), 'store'), { recursive: true })],
    [
      'nothing in it but a stray file',
      () => {
        rmSync(warehouse(), { recursive: true })
        writeFileSync(warehouse(), 'stray')
      },
    ],
  ] as const)('a warehouse with %s is whole after one vouch rebuild', async ([_what, damage]) => {
    damage()
    const rebuilt = await folder.vouch('rebuild')
    expect(rebuilt).toMatchObject({
      code: 0,
      out: 'Database vouch now shows the log up to position 1501, folded anew.\n',
    })
    expect(await folder.vouch('sql', sums)).toMatchObject({ code: 0, err: '', out: undamaged })
    expect(await folder.vouch('verify')).toMatchObject({ code: 0, out: expect.stringMatching(soundness) })
  })

  it.for([
    ['no database', (path: string) => writeFileSync(path, 'nonsense'.repeat(1_000))],
    ['empty', (path: string) => writeFileSync(path, '')],
    [
      'overwritten but for its first page',
      (path: string) => {
        const file = openSync(path, 'r+')
        writeSync(file, Buffer.alloc(Math.max(0, statSync(path).size - 16_384), 0xa5), 0, undefined, 16_384)
        closeSync(file)
      },
    ],
    ['cut to a half', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, statSync(path).size >> 1))],
  ] as const)('a state that is %s is made anew by what comes next', async ([_what, damage]) => {
    for (const name of readdirSync(join(folder.data, 'state'))) damage(join(folder.data, 'state', name))
    writeFileSync(join(folder.dir, 'events.ndjson'), ndjson([published(), ...crowd(1_520)]))
    // What is met on the way is told; it is made anew when this is tried again.
    const first = await folder.vouch('import', 'events.ndjson')
    if (first.code !== 0) {
      expect(first).toMatchObject({
        code: 1,
        err: expect.stringMatching(
          /^The state of the fold in \S+ is damaged; it is made anew from the log when this is tried again\./,
        ),
      })
      expect(await folder.vouch('import', 'events.ndjson')).toMatchObject({ code: 0 })
    }
    expect(await folder.vouch('verify')).toMatchObject({ code: 0, out: expect.stringMatching(soundness) })
  })

  it('torn keys keep everybody out, rather than let everybody in', async () => {
    expect((await folder.vouch('keys', 'create', '--scopes', 'read')).code).toBe(0)
    const keys = join(folder.data, 'keys.json')
    writeFileSync(keys, readFileSync(keys).subarray(0, 40))
    for (const words of [
      ['start', '--port', '0'],
      ['keys', 'list'],
    ]) {
      expect(await folder.vouch(...words)).toMatchObject({
        ...{ code: 1, out: '' },
        err: `The file of keys ${keys} cannot be read; bring back a copy of it, or remove it and make new keys.\n`,
      })
    }
  })

  it.for([
    ['seals.db', 'seals', 'bring back a copy, or remove the file to have the log sealed anew as it is.'],
    ['personal.db', 'keys of personal data', 'bring back a copy of that file.'],
  ] as const)('a damaged %s is named, and nothing starts', async ([name, what, remedy]) => {
    const path = join(folder.data, name)
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
    writeFileSync(path, 'nonsense'.repeat(1_000))
    for (const words of [['start', '--port', '0'], ['import', 'events.ndjson'], ['verify']]) {
      const ended = await folder.vouch(...words)
      expect({ words, ...ended }).toMatchObject({
        ...{ code: 1, out: '' },
        err: `The ${what} in ${path} cannot be opened (file is not a database); ${remedy}\n`,
      })
    }
  })

  it('a lock that is none is named, and nothing is lost by removing it', async () => {
    writeFileSync(join(folder.data, 'lock.db'), 'nonsense'.repeat(1_000))
    expect(await folder.vouch('start', '--port', '0')).toMatchObject({
      ...{ code: 1, out: '' },
      err: `The data folder ${folder.data} cannot be used: Error: file is not a database. Stop whatever uses the folder, remove its lock.db, and try again; nothing is lost by it.\n`,
    })
    rmSync(join(folder.data, 'lock.db'))
    expect(await folder.vouch('sql', sums)).toMatchObject({ code: 0, out: undamaged })
  })

  it('what a dead server has left, damaged or not, keeps nobody out', async () => {
    for (const [name, content] of [
      ['control.json', '{"socket":'],
      ['control.sock', 'no socket'],
      ['holder.json', '{'],
    ] as const)
      writeFileSync(join(folder.data, name), content)
    const server = await folder.serve()
    expect(await folder.vouch('sql', sums)).toMatchObject({ code: 0, err: '', out: undamaged })
    expect(await server.stop()).toMatchObject({ code: 0 })
  })
})
