import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Chain, createChain, openSeals, type Seals, SealsUnusable } from '@vouch/chain'
import { lockFolder } from '@vouch/event-store'
import { type Admission, createAdmission } from '@vouch/ingestion'
import type { EventStoreSetting, WarehouseSetting } from '@vouch/observability'
import { attribution, type ProgramState } from '@vouch/projection-attribution'
import type { OnProgress, Projector } from '@vouch/projector'
import type { Warehouse } from '@vouch/warehouse'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type Arrivals, createArrivals, foldTurns } from './arrivals.ts'
import { Failure, FolderInUse } from './failure.ts'
import { type Keys, openKeys } from './keys.ts'
import { type Log, openLog } from './log.ts'
import { forgetAgain, openPersonal, type PersonalData } from './personal.ts'
import { openTables } from './tables.ts'

/** All parts of one data folder, wired together. */
export interface Engine {
  readonly dataDir: string
  readonly store: Log['store']
  /** What is known of the log beside what is in it. */
  readonly log: Log
  readonly warehouse: Warehouse
  /** What has the tables, and where, if not here. */
  readonly tablesPlace: string
  readonly projector: Projector
  readonly admission: Admission
  readonly keys: Keys
  readonly personal: PersonalData
  /** The log's hash chain, and the seals that pin it. */
  readonly chain: Chain
  readonly seals: Seals
  readonly arrivals: Arrivals
  readonly clock: () => number
  /** The attribution fold's knowledge of a program, as of the newest folded event. */
  program(programId: string): ProgramState | undefined
  close(): Promise<void>
}

export interface EngineOptions {
  readonly dataDir: string
  /** What another process is told about this one, such as 'vouch start'. */
  readonly command: string
  readonly clock?: () => number
  /** Where the log is; without it, in the data folder. */
  readonly eventStore?: EventStoreSetting
  /** Where the tables are; without it, in the data folder. */
  readonly warehouse?: WarehouseSetting
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
    const log = await openLog(dataDir, options.eventStore, options.onNotice)
    const { store } = log
    open.push(() => store.close())
    const personal = openPersonal(options)
    open.push(() => personal.keys.close())
    const seals = openSealsOf(dataDir)
    open.push(() => seals.close())
    const chain = createChain({ store, seals, clock })
    const arrivals = createArrivals()
    const { warehouse, projector, place } = await openTables(log, {
      ...options,
      where: options.warehouse,
      clock,
      breathe: foldTurns(arrivals),
      onFolded: chain.offer,
    })
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
      admission: createAdmission({ store, clock, sealer: personal.sealer }),
      keys,
      personal,
      chain,
      seals,
      arrivals,
      clock,
      program: (programId) => projector.state(attribution.name).get<ProgramState>('program', programId),
      close: closeAll,
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/**
 * Folds up to the log's head, so that what is read next is all there is.
 * @throws the signal's reason when it stopped it before
 */
export const catchUp = ({ projector }: Engine, signal: AbortSignal, onProgress?: OnProgress): Promise<void> =>
  projector.catchUp(onProgress, signal)

function openSealsOf(dataDir: string): Seals {
  try {
    return openSeals(join(dataDir, 'seals.db'))
  } catch (error) {
    throw error instanceof SealsUnusable ? new Failure(error.message) : error
  }
}
