import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { importFiles } from '@vouch/ingestion'
import { isLeft } from 'fp-ts/lib/Either.js'
import { openEngine } from '../../../services/vouch/src/engine.ts'
import { phase } from '../child.ts'
import { stopwatch, type Took } from '../clock.ts'
import { openTables } from '../fold.ts'

export interface ImportParams {
  readonly ndjson: string
  /** The data folder. */
  readonly folder: string
}

/** Does what `vouch import` does, and leaves a data folder whose tables and seals are up to date. */
export const importFile = phase(
  import.meta.url,
  'importFile',
  async ({ ndjson, folder }: ImportParams, onProgress): Promise<Took> => {
    const engine = await openEngine({ dataDir: folder, command: 'the benchmark' })
    const { projector, admission, store, chain, clock } = engine
    const tmpDir = join(folder, 'tmp')
    mkdirSync(tmpDir, { recursive: true })
    const time = stopwatch()
    const imported = await importFiles({
      files: [ndjson],
      rejectsPath: join(folder, 'rejects.ndjson'),
      admission,
      store,
      programs: await engine.knowledge.programs(),
      now: clock(),
      tmpDir,
      onProgress: ({ bytesRead, bytesTotal, events, eventsTotal }) =>
        eventsTotal === undefined
          ? onProgress(bytesRead, 3 * bytesTotal)
          : onProgress(events + eventsTotal, 3 * eventsTotal),
    })()
    if (isLeft(imported)) throw new Error(imported.left.message)
    const { read, appended } = imported.right
    if (appended !== read) throw new Error(`Of ${read} events of the workload ${appended} were appended.`)
    await projector.catchUp((done, head) => onProgress(Number(done + 2n * head), Number(3n * head)))
    await chain.catchUp()
    const took = time()
    await engine.close()
    return took
  },
)

/** A start on a folder whose tables are up to date. */
export const restart = phase(
  import.meta.url,
  'restart',
  async ({ folder }: { readonly folder: string }): Promise<{ readonly readyAt: number }> => {
    const engine = await openEngine({ dataDir: folder, command: 'the benchmark' })
    const { position, head } = await engine.projector.progress()
    const readyAt = Date.now()
    if (position !== head) throw new Error(`The tables are complete up to ${position}, and the log to ${head}.`)
    await engine.close()
    return { readyAt }
  },
)

export interface Contents {
  readonly clickHouse: string
  readonly visitors: number
  /** Bytes on disk of each table that has rows. */
  readonly tables: readonly { readonly name: string; readonly bytes: number }[]
}

/** What the tables of a data folder hold. */
export const inspect = phase(
  import.meta.url,
  'inspect',
  async ({ folder }: { readonly folder: string }): Promise<Contents> => {
    const warehouse = await openTables(folder)
    const [version] = await warehouse.rows<{ version: string }>('SELECT version() AS version')
    const [found] = await warehouse.rows<{ visitors: string }>(
      'SELECT uniqExact(visitor_id) AS visitors FROM vouch_store.touches',
    )
    const tables = await warehouse.rows<{ name: string; bytes: string }>(
      `SELECT table AS name, sum(bytes_on_disk) AS bytes FROM system.parts
       WHERE active AND database = 'vouch_store' AND has({names:Array(String)}, table)
       GROUP BY table ORDER BY sum(bytes_on_disk) DESC`,
      { names: warehouse.tables() },
    )
    await warehouse.close()
    return {
      clickHouse: version?.version ?? '?',
      visitors: Number(found?.visitors ?? 0),
      tables: tables.map(({ name, bytes }) => ({ name, bytes: Number(bytes) })),
    }
  },
)
