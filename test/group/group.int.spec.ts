import { describe, expect, it } from 'vitest'
import { simulateGroup } from './simulate.ts'

describe('a group of projectors', () => {
  it('makes the tables that one fold of the log makes, whatever befalls its members', async () => {
    const sums: Record<string, number> = {}
    for (let seed = 1; seed <= 40; seed++) {
      const { problem, counts, trace } = await simulateGroup(seed)
      expect(problem, `seed ${seed}\n${trace.slice(-30).join('\n')}`).toBeUndefined()
      for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count
    }
    // What it is to hold against has happened.
    for (const what of ['kills', 'freezes', 'lateWrites', 'moves']) expect(sums[what], what).toBeGreaterThan(20)
  }, 120_000)

  it('is simulated the same for the same seed', async () => {
    const [once, again] = [await simulateGroup(7), await simulateGroup(7)]
    expect(again.trace.length).toBe(once.trace.length)
  })
})
