import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import type { Ended } from '../../services/vouch/src/testing/process.ts'
import { ndjson, published } from '../../services/vouch/src/testing/samples.ts'
import { type DataFolder, openDataFolder, soundness } from './folder.ts'
import { clicks } from './reporter.ts'

const inUse = (by: string) =>
  new RegExp(
    `^The data folder \\S+ is in use by '${by}' \\(process \\d+, since \\S+Z\\)\\. Stop it first, or name another folder\\.\\n$`,
  )

describe('two processes on one data folder', { timeout: 180_000 }, () => {
  let folder: DataFolder
  beforeEach(() => {
    folder = openDataFolder()
  })
  afterEach(() => folder.close())

  const held = (by: string) =>
    eventually(`${by} holds the folder`, () => {
      const note = join(folder.data, 'holder.json')
      return (existsSync(note) && readFileSync(note, 'utf8').includes(`"${by}"`)) || undefined
    })

  it('a second start says who has it, and the first one goes on', async () => {
    const server = await folder.serve()
    expect(await folder.vouch('start', '--port', '0')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(inUse('vouch start')),
    })
    expect((await server.get('/readyz')).status).toBe(200)
  })

  it('a start during an import says so, and the import completes', async () => {
    const { dir, vouch } = folder
    writeFileSync(join(dir, 'events.ndjson'), ndjson([published(), ...clicks(0, 6_000)]))
    const importing = vouch('import', 'events.ndjson')
    await held('vouch import')
    expect(await vouch('start', '--port', '0')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(inUse('vouch import')),
    })
    expect(await importing).toMatchObject({ code: 0, err: '' })
    expect((await folder.positions()).size).toBe(6_000)
  })

  it('two imports at the same time wait for one another, or say so, and each event counts once', async () => {
    const { dir, vouch } = folder
    const events = clicks(0, 2_500)
    writeFileSync(join(dir, 'one.ndjson'), ndjson([published(), ...events.slice(0, 1_500)]))
    writeFileSync(join(dir, 'other.ndjson'), ndjson([published(), ...events.slice(1_000)]))
    const completed = async (name: string): Promise<Ended> => {
      for (;;) {
        const ended = await vouch('import', name, '--json')
        if (ended.code === 0) return ended
        // A machine that is too slow lets the patience of the second one end.
        expect(ended).toMatchObject({ code: 1, out: '', err: expect.stringMatching(inUse('vouch import')) })
      }
    }
    const reports = (await Promise.all(['one.ndjson', 'other.ndjson'].map(completed))).map(({ out }) => JSON.parse(out))
    expect(reports.map(({ read }) => read)).toEqual([1_501, 1_501])
    const sum = (what: 'appended' | 'duplicate' | 'conflict' | 'rejected') => reports[0][what] + reports[1][what]
    expect([sum('appended'), sum('duplicate'), sum('conflict'), sum('rejected')]).toEqual([2_501, 501, 0, 0])
    expect((await folder.positions()).size).toBe(2_500)
    expect(await vouch('verify')).toMatchObject({ code: 0, out: expect.stringMatching(soundness) })
  })
})
