import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Measurement } from '../bench.ts'
import type { Ran } from '../child.ts'
import type { Figure } from '../figure.ts'
import { importFile, inspect, restart } from '../phases/folder.ts'
import { live } from '../phases/live.ts'
import { rebuildLog } from '../phases/rebuild.ts'
import { writeNdjson } from '../phases/write-log.ts'
import { perSecond } from './live.ts'

/** Of a thousand events, so many are the first of a visitor where nobody touches twice. */
const newPerThousand = 874

/** Memory where it is not events that are many, but visitors: as many of them as events elsewhere, once each. */
export const visitors: Measurement = {
  name: 'visitors',
  async measure(bench: Bench) {
    const { events: wanted, liveSeconds: seconds } = bench
    const workload = { events: Math.ceil((wanted * 1_000) / newPerThousand), maxTouches: 1 }
    const ndjson = `${bench.fresh('visitors')}.ndjson`
    const folder = bench.fresh('visitors')
    await bench.run('a file of visitors', writeNdjson, { path: ndjson, ...workload })
    const imported = await bench.run('import of visitors', importFile, { ndjson, folder })
    rmSync(ndjson)
    const { visitors } = (await bench.run('visitors counted', inspect, { folder })).result
    const started = await bench.run('start with visitors', restart, { folder })
    const rebuilt = bench.fresh('visitors-rebuilt')
    const rebuild = await bench.run('rebuild of visitors', rebuildLog, { log: join(folder, 'log.db'), folder: rebuilt })
    rmSync(rebuilt, { recursive: true })
    const goesOn = { has: workload.events, followsOn: workload.events, maxTouches: 1, seconds, perSecond }
    const lived = await bench.run('live with visitors', live, { folder, ...goesOn })
    rmSync(folder, { recursive: true })
    const peak = (name: string, { peakMiB }: Ran<unknown>): Figure => ({
      name: `visitors/${name}`,
      label: `one event a visitor: peak memory, ${name}`,
      unit: 'MiB',
      events: wanted,
      values: [peakMiB],
    })
    return [
      {
        name: 'visitors/count',
        label: 'one event a visitor: visitors',
        unit: 'visitors',
        events: wanted,
        values: [visitors],
      },
      peak('import', imported),
      peak('rebuild', rebuild),
      peak('live', lived),
      peak('start', started),
      {
        name: 'visitors/p99',
        label: 'one event a visitor: 5,000 events/s, accepted to queryable, p99',
        unit: 'ms',
        events: wanted,
        values: [lived.result.p99Ms],
      },
      {
        name: 'visitors/restart',
        label: 'one event a visitor: start of the process until ready',
        unit: 's',
        events: wanted,
        values: [(started.result.readyAt - started.startedAt) / 1_000],
      },
    ]
  },
}
