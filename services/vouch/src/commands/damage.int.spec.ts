import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openEngine } from '../engine.ts'
import { runOnce } from '../testing/bench.ts'
import { click, ndjson, published, story } from '../testing/samples.ts'

describe('a data folder that was damaged', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vouch-damage-'))
  const data = join(dir, 'data')
  const path = (name: string) => join(dir, name)
  const warehouse = () => join(data, 'warehouse')
  const vouch = (...words: readonly string[]) => runOnce(data, words, dir)
  const ok = async (...words: readonly string[]) => {
    const { code, out, err } = await vouch(...words)
    if (code !== 0 || err !== '') throw new Error(`vouch ${words.join(' ')} ended with ${code}: ${err}`)
    return out
  }
  const paid = () => ok('sql', 'SELECT count(), sum(amount) FROM rewards', '--format', 'TSV')

  beforeAll(async () => {
    writeFileSync(path('story.ndjson'), ndjson([published(), ...story]))
    await ok('import', 'story.ndjson')
    cpSync(data, path('sound'), { recursive: true, verbatimSymlinks: true })
  })
  afterAll(() => rmSync(dir, { recursive: true }))
  beforeEach(() => {
    rmSync(data, { recursive: true })
    cpSync(path('sound'), data, { recursive: true, verbatimSymlinks: true })
  })

  it('a file in the place of the tables is put aside, too', async () => {
    rmSync(warehouse(), { recursive: true })
    writeFileSync(warehouse(), '')
    expect(await vouch('sql', 'SELECT 1')).toMatchObject({
      code: 1,
      err: `The tables in ${warehouse()} cannot be opened (a file lies where a folder should be); vouch rebuild puts them aside and makes them anew from the log.\n`,
    })
    expect(await vouch('rebuild')).toMatchObject({ code: 0 })
    expect(await paid()).toBe('2\t6.5\n')
  })

  it('a torn file of a table is named, with what to do about it', async () => {
    const store = join(warehouse(), 'store')
    for (const name of readdirSync(store, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('data.bin')) continue
      const bytes = readFileSync(join(store, name))
      bytes.fill(0xaa, bytes.length >> 1, (bytes.length >> 1) + 8)
      writeFileSync(join(store, name), bytes)
    }
    const torn = await vouch('sql', 'SELECT * FROM rewards')
    expect({ code: torn.code, out: torn.out }).toEqual({ code: 1, out: '' })
    expect(torn.err).toMatch(/ vouch rebuild (puts them aside and )?makes them anew from the log\.\n$/)
    expect(await vouch('rebuild')).toMatchObject({ code: 0 })
    expect(await paid()).toBe('2\t6.5\n')
  })

  it.each([
    ['tables', ['warehouse']],
    ['state', ['state']],
    ['tables and state', ['warehouse', 'state']],
  ])('lost %s come back by themselves', async (_what, lost) => {
    for (const name of lost) rmSync(join(data, name), { recursive: true })
    expect(await paid()).toBe('2\t6.5\n')
    await ok('verify')
  })

  it('a rebuild that opening has begun can be given up, and is done by the next command', async () => {
    rmSync(join(data, 'state'), { recursive: true })
    const stop = new AbortController()
    const onRebuild = () => stop.abort(new Error('enough'))
    const { signal } = stop
    await expect(openEngine({ dataDir: data, command: 'a spec', signal, onRebuild })).rejects.toThrow('enough')
    expect(await paid()).toBe('2\t6.5\n')
  })

  it('a state that is no database is made anew', async () => {
    for (const name of readdirSync(join(data, 'state')))
      writeFileSync(join(data, 'state', name), 'nonsense'.repeat(1000))
    expect(await paid()).toBe('2\t6.5\n')
    await ok('verify')
  })

  it('an older copy of the log is refused until vouch rebuild takes the tables back to what it knows', async () => {
    writeFileSync(path('more.ndjson'), ndjson([click('c-9', '2026-03-09T10:00:00Z', 'v-9')]))
    await ok('import', 'more.ndjson')
    rmSync(join(data, 'log.db'))
    cpSync(path('sound/log.db'), join(data, 'log.db'))
    const found =
      'The log ends at position 11, but the tables know it up to 12: it is another log or an older copy, or its end is lost.'
    for (const words of [['import', 'more.ndjson'], ['sql', 'SELECT 1'], ['verify']]) {
      expect(await vouch(...words)).toMatchObject({
        ...{ code: 1, out: '' },
        err: `${found} Bring back the newest copy of log.db; if this one is it, vouch rebuild makes the tables anew from it.\n`,
      })
    }
    expect(await vouch('rebuild')).toMatchObject({
      code: 0,
      out: 'Database vouch now shows the log up to position 11, folded anew.\n',
      err: `${found} The tables are made anew from it.\n`,
    })
    expect(await ok('sql', 'SELECT max(position) FROM events', '--format', 'TSV')).toBe('11\n')
    // What is appended now takes the place of what was lost, and is seen.
    await ok('import', 'more.ndjson')
    expect(await ok('sql', "SELECT position FROM events WHERE event_id = 'c-9'", '--format', 'TSV')).toBe('12\n')
    await ok('verify')
  })

  it('a damaged log is no longer written to', async () => {
    const log = join(data, 'log.db')
    const bytes = readFileSync(log)
    bytes.fill(0xff, 0, 200)
    writeFileSync(log, bytes)
    expect(await vouch('sql', 'SELECT 1')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(
        /^The event log \S+log\.db is no SQLite database, or its first page is damaged\. Restore it/,
      ),
    })
  })

  it('a file of keys that is torn is named', async () => {
    writeFileSync(join(data, 'keys.json'), '{"keys":[')
    expect(await vouch('keys', 'list')).toMatchObject({
      code: 1,
      err: `The file of keys ${join(data, 'keys.json')} cannot be read; bring back a copy of it, or remove it and make new keys.\n`,
    })
  })

  it('a folder that cannot be made is named', async () => {
    writeFileSync(path('file'), '')
    const { code, err } = await runOnce(path('file/data'), ['doctor'], dir)
    expect(code).toBe(1)
    expect(err).toMatch(
      /^The data folder \S+file\/data cannot be used: .* Name a folder that this user may write to\.\n$/,
    )
  })
})
