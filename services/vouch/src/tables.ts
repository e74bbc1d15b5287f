import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Chain } from '@vouch/chain'
import type { WarehouseSetting } from '@vouch/observability'
import { projections } from '@vouch/projections'
import { isMadeAlone, type OnFolded, type OnProgress, type OpenOptions } from '@vouch/projector'
import {
  type ChdbWarehouse,
  openChdbWarehouse,
  openServerWarehouse,
  type Warehouse,
  WarehouseError,
  type WarehouseFault,
} from '@vouch/warehouse'
import type { Waiting } from './arrivals.ts'
import { Failure } from './failure.ts'
import type { AskedTables, Folds, Knowledge } from './folds.ts'
import type { Log } from './log.ts'
import { knowledgeOf, openProjector } from './own-fold.ts'
import { openFoldApart } from './threads/fold.ts'

export interface Tables extends Fold {
  readonly warehouse: AskedTables
  /** What has the tables, and where, if not here. */
  readonly place: string
}

export interface Fold {
  readonly projector: Folds
  readonly knowledge: Knowledge
  /** The chain over the log, where whoever folds has that in hand, too. */
  readonly chain?: Pick<Chain, 'catchUp' | 'seal'> | undefined
}

export interface TablesOptions {
  readonly dataDir: string
  /** Where the tables are; without it, in the data folder. */
  readonly where?: WarehouseSetting | undefined
  readonly clock: () => number
  /** Lets others have their turn; folds do their work in slices. */
  readonly breathe: () => Promise<void> | undefined
  readonly recover?: boolean
  readonly onRebuild?: OnProgress
  readonly signal?: AbortSignal
  readonly onNotice?: (text: string) => void
  /** Told of what the live tables fold. */
  readonly onFolded?: OnFolded
  /** How many events wait to be taken in. */
  readonly waiting: Waiting
  /** Whether to fold in a thread of its own, where the log and the tables are in the data folder. */
  readonly inThreads?: boolean | undefined
}

/** Faults that have nothing to do with what is on the disk. */
const notDamage: ReadonlySet<WarehouseFault> = new Set(['locked', 'bad-tables', 'no-room', 'read-only'])

/**
 * Opens the tables and what folds into them. All of it can be had from the log: what cannot be opened in the data folder is,
 * if `recover` says so, put aside and made anew. What is on a server stays there.
 */
export async function openTables(log: Log, options: TablesOptions): Promise<Tables> {
  try {
    return await open(log, options)
  } catch (error) {
    const folder = join(options.dataDir, 'warehouse')
    const why = options.where?.tag === 'server' ? undefined : damageOf(error)
    if (why === undefined) throw error
    if (!options.recover) {
      throw new Failure(
        `The tables in ${folder} cannot be opened (${why}); vouch rebuild puts them aside and makes them anew from the log.`,
      )
    }
    const aside = putAside(folder, options.clock())
    options.onNotice?.(`The tables could not be opened (${why}); they lie in ${aside} now and can be removed.`)
    return open(log, options)
  }
}

async function open(log: Log, options: TablesOptions): Promise<Tables> {
  const { onRebuild, signal } = options
  const warehouse = await openWarehouse(log, options)
  try {
    await refuseGroup(warehouse, options)
    const { needsRebuild } = await warehouse.migrate()
    const ahead = await refuseAhead(log, warehouse, options)
    const fold = await openFold(log, warehouse, options, { needsRebuild: needsRebuild || ahead, onRebuild, signal })
    return { warehouse, ...fold, place: placeOf(options.where) }
  } catch (error) {
    await warehouse.close()
    throw error
  }
}

async function openFold(
  { store, bucketPositions }: Log,
  warehouse: Warehouse & Partial<ChdbWarehouse>,
  { dataDir, clock, breathe, onFolded, waiting, where, inThreads }: TablesOptions,
  how: OpenOptions,
): Promise<Fold> {
  const { lent } = warehouse
  const { whenAppended } = store
  if (inThreads && lent && whenAppended)
    return openFoldApart({ dataDir, store, warehouse, whenAppended, lent, bucketPositions, waiting }, how)
  const shared = where?.tag === 'server'
  const projector = await openProjector({ dataDir, store, warehouse, clock, breathe, onFolded, shared }, how)
  return { projector, knowledge: knowledgeOf(projector) }
}

/**
 * Where a group of projectors makes the tables, one more who does so alone would take readers away from them, and make tables
 * anew that the others write to. That is for somebody to say.
 */
async function refuseGroup(warehouse: Warehouse, { where, recover }: TablesOptions): Promise<void> {
  if (where?.tag !== 'server' || recover) return
  const made = await warehouse.rows(
    `SELECT name FROM system.tables WHERE database = 'vouch_store' AND name = 'foundings'`,
  )
  const live = made.length > 0 ? await warehouse.published('live') : undefined
  const founding = live && (await warehouse.shared.founding(live.generation))
  if (founding === undefined || isMadeAlone(founding)) return
  throw new Failure(
    `The tables at ${where.shown} are made by a group of projectors (generation ${live?.generation}): set VOUCH_PROJECTION=group to ask them. To have one process make them from now on, stop the projectors and run vouch rebuild.`,
  )
}

/** Opens the tables where they are; nothing is made in them. */
export function openWarehouse(
  { bucketPositions }: Log,
  { dataDir, where, clock }: Pick<TablesOptions, 'dataDir' | 'where' | 'clock'>,
): Promise<Warehouse & Partial<ChdbWarehouse>> {
  const parts = { tables: projections.map((projection) => projection.tables), clock, bucketPositions }
  if (where?.tag === 'server') return openServerWarehouse({ ...parts, url: where.url, cluster: where.cluster })
  return openChdbWarehouse({ ...parts, path: join(dataDir, 'warehouse') })
}

export function placeOf(where: WarehouseSetting | undefined): string {
  if (where?.tag !== 'server') return 'chDB'
  return where.cluster === undefined ? `server at ${where.shown}` : `cluster ${where.cluster} at ${where.shown}`
}

/**
 * Tables that know more than the log say that it has lost what was acknowledged: a copy of it was brought back, or its file was
 * cut short. What came next would take the place of what is missing, so that somebody has to say that this is the log.
 */
export async function refuseAhead(
  { store, remedy }: Log,
  warehouse: Pick<Warehouse, 'published'>,
  options: Pick<TablesOptions, 'recover' | 'onNotice'> & { readonly anew?: string },
): Promise<boolean> {
  const published = await warehouse.published('live')
  const head = await store.head()
  if (published === undefined || published.position <= head) return false
  const found = `The log ends at position ${head}, but the tables know it up to ${published.position}: it is another log or an older copy, or its end is lost.`
  if (!options.recover) {
    throw new Failure(
      `${found} ${remedy.another}; if this one is it, ${options.anew ?? 'vouch rebuild makes the tables anew from it'}.`,
    )
  }
  options.onNotice?.(`${found} The tables are made anew from it.`)
  return true
}

/** What is wrong with the tables; undefined if it is something else that went wrong. */
function damageOf(error: unknown): string | undefined {
  if (error instanceof WarehouseError) {
    if (notDamage.has(error.fault)) return undefined
    return error.fault === 'damaged' ? 'ClickHouse said above what is wrong' : error.message
  }
  const isObstacle = error instanceof Error && 'code' in error && (error.code === 'EEXIST' || error.code === 'ENOTDIR')
  return isObstacle ? 'a file lies where a folder should be' : undefined
}

/** @returns where it lies now */
function putAside(folder: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(':', '')
  for (let n = 1; ; n++) {
    const aside = `${folder}.damaged-${stamp}${n === 1 ? '' : `-${n}`}`
    if (existsSync(aside)) continue
    renameSync(folder, aside)
    return aside
  }
}
