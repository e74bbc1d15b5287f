import { expect, it } from 'vitest'
import { runSeeds } from './run-seeds.ts'
import { type Outcome, simulate } from './simulate.ts'

const run = async (stop: AbortController, onOutcome: (outcome: Outcome) => void) =>
  runSeeds({ from: 5, count: 4, threads: 2, maxFailures: 1, stop: stop.signal, onOutcome })

it('threads simulate each seed of a range once, as it is simulated anywhere', async () => {
  const digests = new Map<number, string>()
  await run(new AbortController(), ({ seed, digest }) => digests.set(seed, digest))
  expect([...digests.keys()].sort()).toEqual([5, 6, 7, 8])
  for (const [seed, digest] of digests) expect(digest).toBe((await simulate(seed)).digest)
})

it('threads begin no further seed when they are told to stop', async () => {
  const stop = new AbortController()
  const seeds: number[] = []
  await run(stop, ({ seed }) => {
    seeds.push(seed)
    stop.abort()
  })
  expect(seeds.toSorted()).toEqual([5, 6])
})
