import { rmSync } from 'node:fs'
import type { Bench } from './bench.ts'
import type { Ran } from './child.ts'
import type { Took } from './clock.ts'
import { importFile } from './phases/folder.ts'
import { writeNdjson } from './phases/write-log.ts'

export interface Imported {
  /** A data folder with all events of the size, its tables and seals up to date; to be copied before it is written to. */
  readonly folder: string
  /** Undefined where the folder was given. */
  readonly ran: Ran<Took> | undefined
}

/** The data folder that an import of all events leaves behind. */
export const imported = (bench: Bench): Promise<Imported> =>
  bench.once('imported', async () => {
    const { events, given } = bench
    if (given !== undefined) return { folder: given, ran: undefined }
    const ndjson = `${bench.fresh('events')}.ndjson`
    await bench.run('a file to import', writeNdjson, { path: ndjson, events })
    const folder = bench.fresh('data')
    const ran = await bench.run('import', importFile, { ndjson, folder })
    rmSync(ndjson)
    return { folder, ran }
  })
