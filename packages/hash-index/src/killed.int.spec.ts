import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownerOn, schema } from './fixtures/owner.ts'

const fixture = fileURLToPath(new URL('fixtures/insert-until-killed.ts', import.meta.url))

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vouch-hash-index-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('an index by hash whose process is killed', () => {
  it('has every row that is there, and goes on with the merge it was at', async () => {
    const path = join(dir, 'owned.db')
    const made = new DatabaseSync(path)
    made.exec(`PRAGMA journal_mode = WAL; ${schema}`)
    made.close()
    const states = new Set<unknown>()
    let rows = 0
    for (let run = 0; run < 12; run += 1) {
      const child = spawn(process.execPath, [fixture, path], { stdio: ['ignore', 'pipe', 'inherit'] })
      const closed = once(child, 'close')
      let lines = 0
      for await (const line of createInterface(child.stdout)) {
        lines += 1
        rows = Number(line)
        if (lines === 40 + run) child.kill('SIGKILL')
      }
      expect(await closed).toEqual([null, 'SIGKILL'])

      const db = new DatabaseSync(path)
      const owner = ownerOn(db)
      const count = Number(db.prepare('SELECT count(*) AS count FROM owned').get()?.count)
      expect(count).toBeGreaterThanOrEqual(rows)
      expect(owner.check()).toEqual([])
      expect(owner.index.size).toBe(count)
      for (let hash = 0; hash < 97; hash += 1)
        expect(owner.find(hash)).toEqual(
          Array.from({ length: Math.ceil((count - hash) / 97) }, (_, nth) => 97 * nth + hash + 1),
        )
      for (const { state } of db.prepare('SELECT state FROM owned_by_hash_runs').all()) states.add(state)
      db.close()
    }
    expect(states).toEqual(new Set(['made', 'making', 'dropped']))
  })
})
