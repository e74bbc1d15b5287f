import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect, logOn } from '../conformance/harness.ts'
import { openOrThrow, temporaryFolder } from './temporary.ts'

const fixture = fileURLToPath(new URL('fixtures/append-until-killed.ts', import.meta.url))

/** Lets the fixture append until it has acknowledged `count` events, kills it at that line, and gives all it printed. */
const acknowledgedBeforeKill = async (path: string, run: string, count: number): Promise<string[]> => {
  const child = spawn(process.execPath, [fixture, path, run], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const closed = once(child, 'close')
  for await (const line of createInterface(child.stdout)) {
    lines.push(line)
    if (lines.length === count) child.kill('SIGKILL')
  }
  expect(await closed).toEqual([null, 'SIGKILL'])
  return lines
}

describe('what SQLite has acknowledged', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let path: string
  beforeEach(() => {
    folder = temporaryFolder()
    path = join(folder.dir, 'log.db')
  })
  afterEach(() => folder.remove())

  it('is there when the file is opened again, and the log goes on from it', async () => {
    const first = openOrThrow({ path })
    const log = await logOn(first)
    await log.append(log.fact('a'), log.to('s', 'no-stream', log.event('b'), log.event('c')))
    const before = await log.all()
    await first.close()

    const second = openOrThrow({ path })
    expect((await collect(second.readAll(0n))).flat()).toEqual(before)
    expect(await collect(second.readStream(log.name('s')))).toEqual(before.slice(1))
    expect(await second.append([log.fact('a'), log.to('s', 1n, log.event('d'))], 0)()).toEqual({
      _tag: 'Right',
      right: [
        { outcome: 'duplicate', position: 1n },
        { outcome: 'appended', position: 4n, revision: 2n },
      ],
    })
    expect((await second.find(log.name('d')))?.recordedAt).toBe(log.now)
    await second.close()
  })

  it('can be seen by another connection at the moment of the answer', async () => {
    const store = openOrThrow({ path })
    const log = await logOn(store)
    const witness = new DatabaseSync(path, { readOnly: true })
    const count = witness.prepare('SELECT count(*) AS count FROM events WHERE identity = ?')
    const seen = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const append = log.fact(`f${index}`)
        await log.append(append)
        return count.get(append.stream)?.count
      }),
    )
    expect(seen).toEqual(Array.from({ length: 20 }, () => 1))
    witness.close()
    await store.close()
  })

  it('survives a SIGKILL right after the acknowledgement, again and again', async () => {
    const acknowledged: string[] = []
    for (const run of ['first', 'second', 'third']) {
      const lines = await acknowledgedBeforeKill(path, run, 100)
      expect(lines.length).toBeGreaterThanOrEqual(100)
      acknowledged.push(...lines)
      expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
      const store = openOrThrow({ path })
      // What can be read is also synced now: the WAL that the killed process may not have synced is in the file.
      expect(statSync(`${path}-wal`).size).toBe(0)
      const events = (await collect(store.readAll(0n))).flat()
      expect(new Set(events.map(({ identity }) => identity)).size).toBe(events.length)
      expect(acknowledged.filter((identity) => !events.some((event) => event.identity === identity))).toEqual([])
      for (const identity of lines) expect((await store.find(identity))?.identity).toBe(identity)
      expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => BigInt(index + 1)))
      expect(await store.check()).toEqual([])
      await store.close()
    }
  })
})
