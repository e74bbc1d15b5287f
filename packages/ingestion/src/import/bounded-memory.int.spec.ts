import { execFile } from 'node:child_process'
import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { click, ndjson, noon } from '../fixtures.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

let here: Workspace
beforeEach(async () => {
  here = await openWorkspace()
})
afterEach(() => here.remove())

const run = promisify(execFile)

it('sorts a file that is many times larger than the memory it may use', async () => {
  const [batches, batch] = [60, 1000]
  const file = await open(here.path('large.ndjson'), 'w')
  for (let from = 0; from < batches * batch; from += batch) {
    const numbers = Array.from({ length: batch }, (_, index) => ((from + index) * 7919) % (batches * batch))
    await file.appendFile(
      ndjson(numbers.map((n) => click(`c-${n}`, noon - n * 1000, { url: `https://shop.example/${n}` }))),
    )
  }
  const { size } = await file.stat()
  await file.close()
  expect(size).toBeGreaterThan(12 << 20)
  const program = fileURLToPath(new URL('bounded-memory.fixture.ts', import.meta.url))
  const heap = '--max-old-space-size=32'
  const { stdout } = await run(process.execPath, [heap, program, here.path('large.ndjson'), here.folder])
  const { mostOutside, ...result } = JSON.parse(stdout) as { mostOutside: number }
  expect(result).toEqual({ tag: 'Right', appended: batches * batch, ordered: true })
  expect(mostOutside).toBeLessThan(24 << 20)
})
