import { rmSync } from 'node:fs'
import type { Measurement } from '../bench.ts'
import { foldTerms } from '../phases/rebuild.ts'
import { writeLog } from '../phases/write-log.ts'

/** First terms that come after all else and hold since before it: one event that judges the whole log anew. */
export const terms: Measurement = {
  name: 'terms',
  async measure(bench) {
    const { events } = bench
    const log = `${bench.fresh('terms-last')}.db`
    const folder = bench.fresh('terms')
    await bench.run('a log with its terms last', writeLog, { path: log, events, publishedLast: true })
    const { peakMiB, result } = await bench.run('terms at last', foldTerms, { log, folder })
    rmSync(folder, { recursive: true })
    for (const suffix of ['', '-wal', '-shm']) rmSync(log + suffix, { force: true })
    const figure = { events, unit: 'MiB' } as const
    return [
      { ...figure, name: 'terms/before', label: 'peak memory, before first terms', values: [result.beforeMiB] },
      { ...figure, name: 'terms/peak', label: 'peak memory, first terms after all else', values: [peakMiB] },
      { events, name: 'terms/seconds', label: 'first terms after all else', unit: 's', values: [result.seconds] },
    ]
  },
}
