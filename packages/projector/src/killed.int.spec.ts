import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openSqliteStore, type SqliteStore } from '@vouch/event-store'
import { isLeft } from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { Projector } from './projector.ts'
import { openFixtureWarehouse } from './testing/fixture-warehouse.ts'
import { useFolder } from './testing/folders.ts'
import { appendVisits } from './testing/log.ts'
import { expectedDigests, partsOf } from './testing/parts.ts'
import { shownDigests } from './testing/warehouse.ts'

const folder = useFolder()
const fixture = fileURLToPath(new URL('fixtures/project-until-killed.ts', import.meta.url))

/** Events of the log: a few processes' work at the pace of the fixture; the later ones are killed while they rebuild. */
const events = 150
const kills = 20
/** No more are killed afterwards, on a machine that is too slow for all. */
const timeBoxMs = 120_000

/** Lets the fixture run, kills it so many ms after it has opened its folder, and gives the last thing that it said. */
async function killed(path: string, sizes: readonly number[], afterMs: number): Promise<string> {
  const child = spawn(process.execPath, [fixture, path, sizes.join(',')], { stdio: ['ignore', 'pipe', 'inherit'] })
  let last = ''
  const closed = once(child, 'close')
  for await (const line of createInterface(child.stdout)) {
    if (line === 'opened') setTimeout(() => child.kill('SIGKILL'), afterMs)
    last = line
  }
  expect(await closed).toEqual([null, 'SIGKILL'])
  return last
}

/** A linear congruential generator, so that a run can be repeated: Numerical Recipes, §7.1. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

const openLog = (path: string): SqliteStore => {
  const store = openSqliteStore({ path: join(path, 'log.db') })
  if (isLeft(store)) throw new Error(store.left.message)
  return store.right
}

it('a process that is killed at any moment, again and again, leaves what a fold from scratch gives', {
  timeout: 400_000,
}, async () => {
  const path = folder()
  mkdirSync(join(path, 'state'))
  const log = openLog(path)
  await appendVisits(log, events)
  await log.close()

  const next = random(20_260_301)
  const last: string[] = []
  const until = performance.now() + timeBoxMs
  while (last.length < kills && performance.now() < until) {
    const sizes = [10, 40, 60].map((most) => 1 + Math.floor(next() * most))
    last.push(await killed(path, sizes, Math.floor(next() * 500)))
  }
  // The kills came in the midst of something.
  expect(last.length).toBeGreaterThan(3)
  expect(last.filter((line) => /^(folded|rebuilt) \d+$/.test(line)).length).toBeGreaterThan(1)

  const store = openLog(path)
  const warehouse = await openFixtureWarehouse(join(path, 'warehouse'))
  const projector = await Projector.open(partsOf(warehouse, store, join(path, 'state')))
  const published = await warehouse.published('live')
  expect(published?.position).toBeGreaterThan(0n)
  expect(await warehouse.generations()).toEqual([published?.generation])
  expect(readdirSync(join(path, 'state')).filter((name) => name.endsWith('.db'))).toEqual([
    `state-${published?.generation}.db`,
  ])
  expect(await shownDigests(warehouse)).toEqual(await expectedDigests(warehouse, store, published?.position))
  await projector.catchUp()
  expect(await shownDigests(warehouse)).toEqual(await expectedDigests(warehouse, store))
  expect(await projector.verify()).toEqual({ position: BigInt(events), tables: 3, differences: [] })
  await projector.close()
  await warehouse.close()
  await store.close()
})
