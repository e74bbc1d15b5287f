import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { createLogger } from '@vouch/observability'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Engine, openEngine } from '../engine.ts'
import { Failure } from '../failure.ts'
import { memory } from '../testing/bench.ts'
import { crowd } from '../testing/crowd.ts'
import { eventually } from '../testing/eventually.ts'
import { ndjson, published } from '../testing/samples.ts'
import { readAddress, writeAddress } from './address.ts'
import { forward } from './client.ts'
import { type Control, serveControl } from './server.ts'

const dir = mkdtempSync(join(tmpdir(), 'vouch-control-'))
// Longer than any Unix takes for the path of a socket.
const dataDir = join(dir, 'a-folder-with-a-name-that-is-rather-long'.repeat(3), 'data')
let engine: Engine
let control: Control
const logged: string[] = []

beforeAll(async () => {
  engine = await openEngine({ dataDir, command: 'a spec' })
  writeFileSync(join(dir, 'crowd.ndjson'), ndjson([published(), ...crowd(3_000)]))
})
afterAll(async () => {
  await engine.close()
  rmSync(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  logged.length = 0
  control = await serveControl(engine, createLogger('info', { write: (line) => void logged.push(line) }))
})
afterEach(async () => {
  await control.close()
  expect(logged).toEqual([])
})

interface Asked {
  readonly folder?: string
  readonly columns?: number
  readonly signal?: AbortSignal
  readonly out?: Writable
}

async function vouch(argv: readonly string[], { folder = dataDir, columns, signal, out: to }: Asked = {}) {
  const out = memory(columns)
  const err = memory(columns)
  const request = {
    argv: [...argv],
    cwd: dir,
    pid: process.pid,
    outColumns: columns ?? null,
    errColumns: columns ?? null,
  }
  const streams = { out: to ?? out.output, err: err.output, signal: signal ?? new AbortController().signal }
  const code = await forward(folder, request, streams)
  return { code, out: out.text(), err: err.text() }
}

/** Takes what is written to it, until it has had enough. */
function reader(enough: number): Writable & { taken: number } {
  const writable = new Writable({
    write(chunk: Buffer, _encoding, done) {
      stream.taken += chunk.length
      done(stream.taken > enough ? Object.assign(new Error('the reader is gone'), { code: 'EPIPE' }) : null)
    },
  })
  const stream = Object.assign(writable, { taken: 0 })
  writable.on('error', () => undefined)
  return stream
}

describe('a command that a server does', () => {
  it('is found through a long path, and through another name of the folder', async () => {
    expect(await vouch(['sql', 'SELECT 1 AS a'])).toEqual({ code: 0, out: 'a\n1\n', err: '' })
    const alias = join(dir, 'alias')
    symlinkSync(dataDir, alias)
    expect(await vouch(['sql', 'SELECT 2 AS a'], { folder: alias })).toEqual({ code: 0, out: 'a\n2\n', err: '' })
  })

  it('draws its progress on the terminal of the one who asked', async () => {
    const { code, out, err } = await vouch(['import', 'crowd.ndjson'], { columns: 90 })
    expect({ code, out }).toEqual({
      code: 0,
      out: '3001 read: 3001 appended, 0 duplicate, 0 in conflict, 0 rejected.\n',
    })
    expect(err).toContain('projecting')
    expect(err).toContain('█')
    expect((await vouch(['sql', 'SELECT 1 AS a'], { columns: 90 })).out).toContain('┌─a─┐')
  })

  it('is done beside others', async () => {
    const words = (n: number) => ['sql', n % 3 === 0 ? 'DROP TABLE x' : `SELECT ${n}`, '--format', 'TSV']
    const numbers = Array.from({ length: 12 }, (_, n) => n)
    const answers = await Promise.all(numbers.map((n) => vouch(words(n))))
    expect(answers.map(({ code, out }) => [code, out])).toEqual(
      numbers.map((n) => (n % 3 === 0 ? [1, ''] : [0, `${n}\n`])),
    )
  })

  it('stops when the one who asked does', async () => {
    const stop = new AbortController()
    const slow = vouch(['sql', 'SELECT count() FROM numbers(1000000000000)'], { signal: stop.signal })
    setTimeout(() => stop.abort(), 200)
    await expect(slow).rejects.toMatchObject({ exitCode: 130, message: expect.stringMatching(/^Stopped; /) })
    // Both places for questions are free again.
    for (let n = 0; n < 3; n++) expect(await vouch(['sql', 'SELECT 1 AS a'])).toMatchObject({ code: 0 })
  })

  it.each([1, 100_000, 3_000_000])('stops when its reader has had enough after %d bytes', async (enough) => {
    const out = reader(enough)
    const ended = vouch(['sql', 'SELECT number FROM numbers(1000000000)', '--format', 'TSV'], { out })
    await expect(ended).rejects.toMatchObject({ name: 'ReaderGone' })
    expect(out.taken).toBeLessThan(enough + 10_000_000)
    expect(await vouch(['sql', 'SELECT 1 AS a'])).toMatchObject({ code: 0 })
  })

  it('is broken off by a server that stops, in time, also where nobody reads', async () => {
    let leave: ((error: Error) => void) | undefined
    const never = new Writable({
      write(_chunk, _encoding, done) {
        leave = done
      },
    })
    never.on('error', () => undefined)
    const query = ['sql', 'SELECT number FROM numbers(1000000000)', '--format', 'TSV']
    const unread = vouch(query, { out: never })
    const unreadEnds = expect(unread).rejects.toThrow()
    const slow = vouch(['sql', 'SELECT count() FROM numbers(1000000000000)'])
    const isRunning =
      "SELECT 1 FROM system.processes WHERE query LIKE '%numbers(1000000000000)' AND query NOT LIKE '%LIKE%'"
    await eventually('both are under way', async () => {
      const slowRuns = (await engine.warehouse.rows(isRunning)).length > 0
      return leave !== undefined && slowRuns ? true : undefined
    })
    const begun = performance.now()
    await control.close()
    expect(performance.now() - begun).toBeLessThan(30_000)
    expect(await slow).toEqual({
      code: 1,
      out: '',
      err: 'The server was stopped before the command was done; run it again.\n',
    })
    leave?.(new Error('enough'))
    await unreadEnds
  })
})

describe('whoever asks', () => {
  const minute = { argv: ['doctor'], cwd: dir, pid: 1, outColumns: null, errColumns: null }

  async function status(authorization: string | undefined, body: string): Promise<number | undefined> {
    const { socket } = readAddress(dataDir) as { socket: string }
    return new Promise((resolve, reject) => {
      const headers = authorization === undefined ? {} : { authorization }
      const call = request({ socketPath: socket, method: 'POST', headers, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      call.on('error', reject)
      call.end(body)
    })
  }

  it('must know the secret, and ask in a way that is known', async () => {
    const { secret } = readAddress(dataDir) as { secret: string }
    expect(await status(undefined, JSON.stringify(minute))).toBe(401)
    expect(await status('Bearer x', JSON.stringify(minute))).toBe(401)
    expect(await status(`Bearer ${secret}`, '{')).toBe(400)
    expect(await status(`Bearer ${secret}`, JSON.stringify({ ...minute, pid: 0 }))).toBe(400)
    expect(await status(`Bearer ${secret}`, JSON.stringify(minute))).toBe(200)
  })

  it('may break off in the middle of asking', async () => {
    const { socket, secret } = readAddress(dataDir) as { socket: string; secret: string }
    const headers = { authorization: `Bearer ${secret}`, 'content-length': '1000' }
    const call = request({ socketPath: socket, method: 'POST', headers, agent: false })
    call.on('error', () => undefined)
    call.write('{"argv":')
    await new Promise((resolve) => setTimeout(resolve, 20))
    call.destroy()
    expect(await vouch(['sql', 'SELECT 1 AS a'])).toMatchObject({ code: 0 })
    logged.length = 0
  })

  it('is told of a server that is not ready for them', async () => {
    const address = readAddress(dataDir) as { socket: string; secret: string }
    writeAddress(dataDir, { ...address, secret: 'that of the server before' })
    await expect(vouch(['doctor'])).rejects.toEqual(
      new Failure(`The server on ${dataDir} is not ready; try again in a moment.`),
    )
  })
})

describe('what a dead server left behind', () => {
  it.each([
    ['nothing', () => undefined],
    [
      'an address where nobody listens',
      (folder: string) => writeAddress(folder, { socket: join(folder, 'gone.sock'), secret: 'x' }),
    ],
    ['half an address', (folder: string) => writeFileSync(join(folder, 'control.json'), '{"socket":')],
    [
      'a socket that is a file',
      (folder: string) => {
        writeFileSync(join(folder, 'control.sock'), '')
        writeAddress(folder, { socket: join(folder, 'control.sock'), secret: 'x' })
      },
    ],
  ])('does no harm: %s', async (_what, leave) => {
    const folder = join(dir, 'dead')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    leave(folder)
    expect(await vouch(['doctor'], { folder })).toEqual({ code: undefined, out: '', err: '' })
  })
})
