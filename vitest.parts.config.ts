import { defineConfig } from 'vitest/config'

// Specs against parts that are no npm packages: they fetch them, which takes a network and a while.
export default defineConfig({
  test: {
    include: ['{packages,projections,services,scripts,test}/**/*.parts.spec.ts'],
    pool: 'forks',
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
})
