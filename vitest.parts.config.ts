import { defineConfig } from 'vitest/config'
import { scratchInMemory } from './test/scratch.ts'

scratchInMemory()

// Suites against parts that are no npm packages, such as servers and other languages' drivers; scripts/parts.ts runs them.
// One at a time: each has servers of its own, and waits by the clock.
const results = process.env.VITEST_RESULTS

export default defineConfig({
  test: {
    include: ['{packages,projections,services,scripts,test}/**/*.parts.spec.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
  },
})
