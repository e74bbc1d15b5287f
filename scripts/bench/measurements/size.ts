import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Measurement } from '../bench.ts'
import type { Figure } from '../figure.ts'
import { imported } from '../folder.ts'
import { inspect } from '../phases/folder.ts'

/** Bytes on the disk for each event of the log. */
export const size: Measurement = {
  name: 'size',
  async measure(bench) {
    const { events } = bench
    const { folder } = await imported(bench)
    const { tables } = (await bench.run('size of tables', inspect, { folder })).result
    const bytesOf = (pattern: string) =>
      globSync(pattern, { cwd: folder }).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    const figure = (name: string, label: string, bytes: number): Figure => ({
      name: `size/${name}`,
      label,
      unit: 'bytes/event',
      events,
      values: [bytes / events],
    })
    return [
      figure('log', 'log', bytesOf('log.db')),
      figure('state', 'state', bytesOf('state/state-*.db')),
      figure('seals', 'seals', bytesOf('seals.db')),
      figure(
        'tables',
        'tables',
        tables.reduce((sum, { bytes }) => sum + bytes, 0),
      ),
      ...tables.map(({ name, bytes }) => figure(`table/${name}`, `table ${name}`, bytes)),
    ]
  },
}
