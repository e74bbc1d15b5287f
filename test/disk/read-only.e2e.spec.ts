import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ndjson, published, story } from '../../services/vouch/src/testing/samples.ts'
import { contentOf, type DataFolder, openDataFolder, soundness } from './folder.ts'
import { mountFailingDisk, mountReadOnly, permitted } from './mounts.ts'
import { clicks, Reporter } from './reporter.ts'

describe('a data folder that may only be read', { timeout: 180_000 }, () => {
  let folder: DataFolder
  beforeEach(() => {
    folder = openDataFolder()
  })
  afterEach(() => folder.close())

  const may = `it may only be read. Make it writable for this user, or name another folder.\n`

  it('is refused by every command, and left as it is', async (context) => {
    if (!permitted.readOnly) context.skip('this user may not mount anything, so that no folder is read-only for root')
    const { dir, data, vouch } = folder
    writeFileSync(join(dir, 'story.ndjson'), ndjson([published(), ...story]))
    writeFileSync(join(dir, 'more.ndjson'), ndjson(clicks(100, 3)))
    expect((await vouch('import', 'story.ndjson')).code).toBe(0)
    const before = contentOf(data)
    const { unmount } = mountReadOnly(data)
    try {
      for (const words of [
        ['start', '--port', '0'],
        ['import', 'more.ndjson'],
        ['sql', 'SELECT 1'],
        ['rebuild'],
        ['keys', 'create', '--scopes', 'read'],
      ]) {
        const ended = await vouch(...words)
        expect({ words, ...ended }).toMatchObject({
          code: 1,
          out: '',
          err: `The data folder ${data} cannot be used: ${may}`,
        })
      }
      const missing = await vouch('import', 'more.ndjson', '--data', join(data, 'missing'))
      expect(missing).toMatchObject({
        code: 1,
        err: expect.stringMatching(/missing cannot be used: .* Name a folder that this user may write to\.\n$/),
      })
      expect(contentOf(data)).toEqual(before)
    } finally {
      unmount()
    }
    expect(await vouch('import', 'more.ndjson')).toMatchObject({ code: 0, err: '' })
    expect(await vouch('verify')).toMatchObject({ code: 0, out: expect.stringMatching(soundness) })
  })

  it.for(['warehouse', 'state'])('in its %s alone is refused, and nothing is put aside', async (part, context) => {
    if (!permitted.readOnly) context.skip('this user may not mount anything, so that no folder is read-only for root')
    const { dir, data, vouch } = folder
    writeFileSync(join(dir, 'story.ndjson'), ndjson([published(), ...story]))
    expect((await vouch('import', 'story.ndjson')).code).toBe(0)
    const { unmount } = mountReadOnly(join(data, part))
    try {
      for (const words of [['import', 'story.ndjson'], ['rebuild']]) {
        const ended = await vouch(...words)
        expect({ words, ...ended }).toMatchObject({
          ...{ code: 1, out: '' },
          err: expect.stringMatching(
            /Make (their folder|the file and its folder) writable for this user and try again|Its folder must be one that this user may write to\./,
          ),
        })
      }
    } finally {
      unmount()
    }
    expect(await vouch('verify')).toMatchObject({ code: 0, err: '', out: expect.stringMatching(soundness) })
  })

  it('from some moment on, under a server: events are refused, what was acknowledged is there after a repair', async (context) => {
    if (!permitted.failingDisk)
      context.skip('this user may not mount a disk of its own, so that none can be made to fail')
    const { dir, data, vouch } = folder
    const disk = mountFailingDisk(data, join(dir, 'disk.img'), 64)
    folder.atEnd(() => disk.unmount())
    const server = await folder.serve()
    const reporter = new Reporter()
    expect(await reporter.offer(server, [published()])).toBeUndefined()
    for (let batches = 0; batches < 5; batches++) expect(await reporter.send(server)).toBeUndefined()
    disk.fail()
    for (let tries = 0; tries < 3; tries++) {
      expect(await reporter.send(server)).toMatchObject({
        ...{ status: 503, retryAfter: '5' },
        message: expect.stringMatching(
          /log\.db (cannot be written to|could not be read or written: the disk reports an error)\..* Send the same events again/,
        ),
      })
    }
    // It lives, and answers what it knows.
    expect((await server.get('/healthz')).status).toBe(200)
    server.process.kill('SIGKILL')
    await server.process.ended
    expect(await vouch('sql', 'SELECT 1')).toMatchObject({ code: 1, err: expect.stringContaining(may) })

    disk.repair()
    const kept = await folder.positions()
    for (const [id, position] of reporter.acknowledged)
      if (id !== 'terms-1') expect([id, kept.get(id)]).toEqual([id, position])
    const again = await folder.serve()
    expect(await reporter.send(again)).toBeUndefined()
    expect((await again.stop()).code).toBe(0)
    expect(await vouch('verify')).toMatchObject({ code: 0, out: expect.stringMatching(soundness) })
  })
})
