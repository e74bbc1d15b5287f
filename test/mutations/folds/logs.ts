import type { LogOptions } from '../../../packages/testing/src/index.ts'
import { storedRandomLog } from '../stored.ts'
import { directedLogs } from './directed/index.ts'
import type { NamedLog } from './verdict.ts'

/** What random logs lean to, in turn. */
const leanings: readonly Partial<LogOptions>[] = [{}, {}, { bounded: false }, { caps: false, tiers: false }]

/** The logs that fold mutants are tried on: a fixed number of random ones, then those for what chance hardly meets. */
export function logsFor(count: number): NamedLog[] {
  const random = Array.from({ length: count }, (_, index): NamedLog => {
    const seed = index + 1
    const options = leanings[index % leanings.length] ?? {}
    return { name: `randomLog(${seed}, ${JSON.stringify(options)})`, log: storedRandomLog(seed, options) }
  })
  return [...random, ...directedLogs]
}
