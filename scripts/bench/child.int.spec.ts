import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readBlocks, writeBlocks } from './blocks.ts'
import { inChild } from './child.ts'
import type { InsertArguments } from './fold.ts'
import { appendInTurn } from './phases/append.ts'
import { readLog } from './phases/rebuild.ts'
import { writeLog } from './phases/write-log.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vouch-bench-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a phase', () => {
  it('gives its result, and what memory its process has held', async () => {
    const log = join(folder, 'log.db')
    await inChild(writeLog, { path: log, events: 2_500 })
    const { result, peakMiB } = await inChild(appendInTurn, { log, folder: join(folder, 'append'), batch: 100 })
    const rates = [result.log, result.raw].flatMap((rates) => Object.values(rates))
    expect(rates.every((rate) => Number.isFinite(rate) && rate > 0)).toBe(true)
    expect(peakMiB).toBeGreaterThan(10)
  })

  it('that fails says why', async () => {
    const failing = inChild(readLog, { log: join(folder, 'no-folder', 'log.db') })
    await expect(failing).rejects.toThrow(/no-folder/)
  })
})

describe('blocks of rows', () => {
  it('are read as they were written', () => {
    const path = join(folder, 'blocks')
    const blocks: InsertArguments[] = [
      ['events', 1, [{ position: '1', line: 0, amount: 5n, gone: null }]],
      ['touches', 2, [{ position: '2', line: 0, list: ['ä', 1, true] }]],
    ]
    const writer = writeBlocks(path)
    for (const block of blocks) writer.write(block)
    writer.close()
    expect([...readBlocks(path)]).toEqual(blocks)
  })
})
