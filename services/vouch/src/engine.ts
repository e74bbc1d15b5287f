import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Chain, createChain, openSeals, type Seals, SealsUnusable } from '@vouch/chain'
import { lockFolder } from '@vouch/event-store'
import { type Admission, createAdmission } from '@vouch/ingestion'
import type { WarehouseSetting } from '@vouch/observability'
import type { OnProgress } from '@vouch/projector'
import { type Warehouse, WarehouseError } from '@vouch/warehouse'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type Arrivals, createArrivals, foldTurns } from './arrivals.ts'
import { Failure, FolderInUse } from './failure.ts'
import type { AskedTables, Folds, Knowledge } from './folds.ts'
import { createGenerations, type Generations } from './group/generations.ts'
import { openLate } from './group/late-warehouse.ts'
import { type GroupOptions, openGroupTables } from './group/tables.ts'
import { type Keys, openKeys } from './keys.ts'
import { type Log, type LogOptions, openLog } from './log.ts'
import { forgetAgain, openPersonal, type PersonalData } from './personal.ts'
import { openTables, openWarehouse, refuseAhead, type Tables } from './tables.ts'

/** All parts of one data folder, wired together. */
export interface Engine {
  readonly dataDir: string
  readonly store: Log['store']
  /** What is known of the log beside what is in it. */
  readonly log: Log
  readonly warehouse: AskedTables
  /** What has the tables, and where, if not here. */
  readonly tablesPlace: string
  readonly projector: Folds
  /** Whether the log is folded here, or by a group of projectors that are processes of their own. */
  readonly projection: 'own' | 'group'
  /** The folds that others make; undefined where the log is folded here. */
  readonly generations?: Generations | undefined
  /** What the fold of attributions knows. */
  readonly knowledge: Knowledge
  readonly admission: Admission
  readonly keys: Keys
  readonly personal: PersonalData
  /** The log's hash chain, and the seals that pin it. */
  readonly chain: Pick<Chain, 'catchUp' | 'seal'>
  readonly seals: Seals
  readonly arrivals: Arrivals
  readonly clock: () => number
  close(): Promise<void>
}

export interface EngineOptions extends LogOptions {
  /** What another process is told about this one, such as 'vouch start'. */
  readonly command: string
  readonly clock?: () => number
  /** Where the tables are; without it, in the data folder. */
  readonly warehouse?: WarehouseSetting
  /** `group`: others fold the log into the tables, which are on a server; by default it is folded here. */
  readonly projection?: 'own' | 'group'
  /** For specs: opens the tables that others fold into, in place of a server's. */
  readonly openGroupWarehouse?: (() => Promise<Warehouse>) | undefined
  /** 32 bytes, under which the keys of personal data are kept; without it one is kept in the data folder. */
  readonly masterKey?: Buffer | undefined
  /** Puts tables that cannot be opened aside, to be made anew from the log. */
  readonly recover?: boolean
  readonly onRebuild?: OnProgress
  /** Gives up a rebuild that opening has begun. */
  readonly signal?: AbortSignal
  /** Told, in a sentence, what was done that nobody had asked for. */
  readonly onNotice?: (text: string) => void
}

/** Opens a data folder, makes it if it is missing, and finishes what a crash left half done. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir, command, clock = Date.now } = options
  const locked = lockFolder(dataDir, command, clock())
  if (isLeft(locked)) {
    const { tag, message } = locked.left
    throw tag === 'folder-in-use' ? new FolderInUse(message) : new Failure(message)
  }
  const open: (() => unknown)[] = [() => locked.right.release()]
  const closeAll = async () => {
    for (const close of open.splice(0).reverse()) await close()
  }
  try {
    // What an import that was killed had put down for its own use.
    rmSync(join(dataDir, 'tmp'), { recursive: true, force: true })
    const keys = openKeys(join(dataDir, 'keys.json'))
    const log = await openLog(options)
    const { store } = log
    open.push(() => store.close())
    const personal = openPersonal(options)
    open.push(() => personal.keys.close())
    const seals = openSealsOf(dataDir)
    open.push(() => seals.close())
    const chain = createChain({ store, seals, clock })
    const arrivals = createArrivals()
    const parts = {
      ...options,
      where: options.warehouse,
      clock,
      breathe: foldTurns(arrivals),
      waiting: arrivals.waiting,
      onFolded: chain.offer,
    }
    const { projection = 'own', openGroupWarehouse = () => openWarehouse(log, parts) } = options
    const late = projection === 'group' ? openLate(openGroupWarehouse) : undefined
    const {
      warehouse,
      projector,
      knowledge,
      chain: chainOfFold,
      place,
    } = late
      ? await openGroup(log, late, { ...parts, toldFrom: () => seals.newest().position })
      : await openTables(log, parts)
    open.push(
      () => warehouse.close(),
      () => projector.close(),
    )
    await forgetAgain(personal, store, warehouse, clock())
    return {
      dataDir,
      store,
      log,
      warehouse,
      tablesPlace: place,
      projector,
      projection,
      generations: late && createGenerations(late.whole),
      knowledge,
      admission: createAdmission({ store, clock, sealer: personal.sealer }),
      keys,
      personal,
      chain: chainOfFold ?? chain,
      seals,
      arrivals,
      clock,
      close: closeAll,
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** A log that does not fit the tables is refused here too; tables that do not answer are asked again later. */
async function openGroup(
  log: Log,
  warehouse: AskedTables,
  options: Omit<GroupOptions, 'store' | 'warehouse'> & Pick<EngineOptions, 'onNotice'>,
): Promise<Tables> {
  try {
    const anew =
      'drop the databases vouch, vouch_asof and vouch_store and the topics vouch.log and vouch.relayed, and have them made anew'
    await refuseAhead(log, warehouse, { onNotice: options.onNotice, anew })
  } catch (error) {
    if (!(error instanceof WarehouseError)) {
      await warehouse.close()
      throw error
    }
    options.onNotice?.(`The tables cannot be asked (${error.message}); events are taken all the same.`)
  }
  return openGroupTables({ ...options, store: log.store, warehouse })
}

function openSealsOf(dataDir: string): Seals {
  try {
    return openSeals(join(dataDir, 'seals.db'))
  } catch (error) {
    throw error instanceof SealsUnusable ? new Failure(error.message) : error
  }
}
