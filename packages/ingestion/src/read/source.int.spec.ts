import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSource } from './source.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vouch-source-'))
})
afterAll(() => rm(folder, { recursive: true }))

const file = async (name: string, bytes: Buffer): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return path
}

async function contents(path: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of (await openSource(path)).chunks()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const large = Buffer.from('{"a":1}\n'.repeat(100_000))

describe('openSource', () => {
  it.each([
    ['empty', Buffer.alloc(0)],
    ['one byte', Buffer.from('x')],
    ['large', large],
  ])('reads a file: %s', async (name, bytes) => {
    expect((await contents(await file(name, bytes))).equals(bytes)).toBe(true)
  })

  it('unpacks gzip, whatever the name, in several members', async () => {
    const path = await file('packed.ndjson', Buffer.concat([gzipSync(large), gzipSync('end')]))
    expect((await contents(path)).equals(Buffer.concat([large, Buffer.from('end')]))).toBe(true)
  })

  it('counts the bytes on disk', async () => {
    const packed = gzipSync(large)
    const source = await openSource(await file('packed.gz', packed))
    expect([source.size, source.bytesRead()]).toEqual([packed.length, 0])
    for await (const _ of source.chunks());
    expect(source.bytesRead()).toBe(packed.length)
  })

  it('says what is wrong with a file', async () => {
    const missing = join(folder, 'missing')
    await expect(openSource(missing)).rejects.toMatchObject({
      name: 'UnreadableFile',
      message: `${missing} does not exist.`,
    })
    await expect(openSource(folder)).rejects.toMatchObject({
      name: 'UnreadableFile',
      message: `${folder} is a folder; name the files in it.`,
    })
    const cut = await file('cut.gz', gzipSync(large).subarray(0, 100))
    await expect(contents(cut)).rejects.toMatchObject({
      name: 'UnreadableFile',
      message: `${cut} is gzip that breaks off before its end; copy it again.`,
    })
    const damaged = gzipSync(large)
    damaged.fill(0xff, 20, 40)
    const path = await file('damaged.gz', damaged)
    await expect(contents(path)).rejects.toMatchObject({
      name: 'UnreadableFile',
      message: `${path} is gzip that is damaged; copy it again.`,
    })
  })
})
