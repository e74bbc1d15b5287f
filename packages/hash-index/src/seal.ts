import type { Recent } from './recent.ts'
import type { Runs } from './runs.ts'
import type { SegmentWriter } from './segment.ts'

/** Writes what is in memory as one run, and forgets it there. There must be something. */
export const seal = (recent: Recent, runs: Runs, writer: SegmentWriter): void => {
  const after = recent.value(0) - 1
  const upTo = recent.value(recent.count - 1)
  const run = runs.create({ state: 'made', level: 0, after, upTo, progress: null }, recent.count)
  writer.clear()
  for (const place of recent.sorted()) {
    writer.add(recent.high(place), recent.low(place), recent.value(place) - after)
    if (writer.isFull) writer.writeTo(run, runs.tables)
  }
  if (writer.count > 0) writer.writeTo(run, runs.tables)
  runs.put(run, { entries: recent.count })
  runs.tables.clearRecent()
  recent.clear()
}
