import { defineConfig } from 'vitest/config'

// The suites that need servers; scripts/parts.ts runs them. One at a time: each has servers of its own, and waits by the clock.
const results = process.env.VITEST_RESULTS

export default defineConfig({
  test: {
    include: ['test/**/*.parts.spec.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
  },
})
