import { configDefaults, defineConfig } from 'vitest/config'

// Lanes by file name: *.spec.ts is pure, *.int.spec.ts holds a real part, *.e2e.spec.ts runs the whole. *.parts.spec.ts needs
// a server beside it, and is in vitest.parts.config.ts.
const results = process.env.VITEST_RESULTS

export default defineConfig({
  test: {
    include: ['{packages,projections,services,scripts,test}/**/*.spec.ts'],
    exclude: [...configDefaults.exclude, '**/*.parts.spec.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
  },
})
