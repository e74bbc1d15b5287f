import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createChain, openSeals } from '@vouch/chain'
import { projections } from '@vouch/projections'
import { Projector } from '@vouch/projector'
import { openChdbWarehouse, type Warehouse } from '@vouch/warehouse'
import type { OnProgress } from './child.ts'
import { stopwatch, type Took } from './clock.ts'
import { openLog } from './log.ts'

const clock = Date.now

export type InsertArguments = Parameters<Warehouse['insert']>

export interface FoldOptions {
  /** The file of the log. */
  readonly log: string
  /** For the tables and the state; empty. */
  readonly folder: string
  /** Whether the hash chain goes along. */
  readonly isChained?: boolean
  readonly onProgress?: OnProgress | undefined
  /** Told of each block of rows before it is inserted. */
  readonly onInsert?: ((block: InsertArguments) => void) | undefined
}

export interface Folded extends Took {
  readonly events: number
  readonly rows: number
  /** The last tenth, or as many more as were written together with its first ones. */
  readonly lastTenth: Took & { readonly events: number }
}

/** Tables for a projector or for rows alone. */
export async function openTables(folder: string): Promise<Warehouse> {
  const tables = projections.map((projection) => projection.tables)
  const warehouse = await openChdbWarehouse({ path: join(folder, 'warehouse'), tables, clock })
  await warehouse.migrate()
  return warehouse
}

/** Folds a log from nothing to its head: reads, folds, inserts, keeps the state, publishes. */
export async function foldLog({ log, folder, isChained = false, onProgress, onInsert }: FoldOptions): Promise<Folded> {
  const state = join(folder, 'state')
  mkdirSync(state, { recursive: true })
  const store = openLog(log)
  const warehouse = await openTables(folder)
  const seals = openSeals(join(folder, 'seals.db'))
  const chain = createChain({ store, seals, clock })
  const total = Number(await store.head())
  const time = stopwatch()
  /** What had passed when readers were shown a position: between two such marks lies whole work, writing included. */
  const marks = [{ position: 0, ...time() }]
  const watched: Warehouse = {
    ...warehouse,
    // Rows that somebody is told of are kept as rows until they are inserted, and not as bytes of this warehouse.
    rowSet: (table) => (onInsert ? [] : warehouse.rowSet(table)),
    insert: (...block) => {
      onInsert?.(block)
      return warehouse.insert(...block)
    },
    publish: async (slot, published) => {
      await warehouse.publish(slot, published)
      marks.push({ position: Number(published.position), ...time() })
    },
  }
  const onFolded = isChained ? chain.offer : undefined
  const projector = await Projector.open({ store, warehouse: watched, projections, folder: state, clock, onFolded })
  await projector.catchUp((done) => onProgress?.(Number(done), total))
  if (isChained) await chain.catchUp()
  const took = time()
  const from = marks.findLast(({ position }) => position <= 0.9 * total) as (typeof marks)[number]
  const lastTenth = {
    events: total - from.position,
    seconds: took.seconds - from.seconds,
    cpuSeconds: took.cpuSeconds - from.cpuSeconds,
  }
  await projector.close()
  const rows = await rowsIn(warehouse)
  seals.close()
  await warehouse.close()
  await store.close()
  return { events: total, rows, lastTenth, ...took }
}

async function rowsIn(warehouse: Warehouse): Promise<number> {
  const [found] = await warehouse.rows<{ rows: string }>(
    `SELECT sum(rows) AS rows FROM system.parts
     WHERE active AND database = 'vouch_store' AND has({names:Array(String)}, table)`,
    { names: warehouse.tables() },
  )
  return Number(found?.rows ?? 0)
}
