import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sabotages } from './sabotages.ts'
import { firstToNotice, simulate } from './simulate.ts'

/** Few, as this runs often; `npm run simulate` runs more. */
const seeds = Array.from({ length: 20 }, (_, index) => index + 1)

describe('the whole pipeline under faults', () => {
  it.each(seeds)('ends with tables that are the fold of the log, seed %d', async (seed) => {
    const { failure } = await simulate(seed)
    expect(failure, `replay with npm run simulate -- --seed ${seed} --trace`).toBeUndefined()
  })
})

describe('a seed', () => {
  it('is the same simulation each time, to the step', async () => {
    const [first, second] = [await simulate(3), await simulate(3)]
    expect(second.trace).toEqual(first.trace)
    expect(first.trace.length).toBeGreaterThan(100)
  })

  it('is the same in another process', async () => {
    const { digest } = await simulate(7)
    const root = join(import.meta.dirname, '../..')
    const script = join(root, 'scripts/simulate.ts')
    const printed = execFileSync(join(root, 'node_modules/.bin/node'), [script, '--seed', '7'], { encoding: 'utf8' })
    expect(printed.split('\n')[0]).toBe(`trace ${digest}`)
  })

  it('is unlike any other', async () => {
    const digests = [await simulate(1), await simulate(2), await simulate(3)].map(({ digest }) => digest)
    expect(new Set(digests).size).toBe(3)
  })
})

describe('the simulation notices', () => {
  it.each(sabotages.map((sabotage) => [sabotage.name, sabotage] as const))('when %s', async (_, sabotage) => {
    const noticed = await firstToNotice(sabotage, 60)
    expect(noticed?.failure).toBeDefined()
  })
})
