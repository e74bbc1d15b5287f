import { configDefaults, defineConfig } from 'vitest/config'
import { scratchInMemory } from './test/scratch.ts'

scratchInMemory()

// Lanes by file name: *.spec.ts is pure, *.int.spec.ts holds a real part, *.e2e.spec.ts runs the whole; *.parts.spec.ts runs
// against parts that have to be fetched first, by vitest.parts.config.ts.
const results = process.env.VITEST_RESULTS

const include = (names: string) => [`{packages,projections,services,scripts,test}/**/${names}.spec.ts`]
const real = include('*.{int,e2e}')

export default defineConfig({
  test: {
    pool: 'forks',
    // By itself it leaves one processor idle, which of two is half.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
    projects: [
      // What is pure can share a process, and need not load the same modules for each file.
      {
        extends: true,
        test: {
          name: 'pure',
          include: include('*'),
          exclude: [...configDefaults.exclude, ...real, ...include('*.parts')],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'real', include: real } },
    ],
  },
})
