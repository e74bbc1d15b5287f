import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { lockFolder, openSqliteStore, type SqliteStore } from '@vouch/event-store'
import { type Admission, createAdmission } from '@vouch/ingestion'
import { attribution, type ProgramState } from '@vouch/projection-attribution'
import { events } from '@vouch/projection-events'
import { type OnProgress, type Projection, Projector } from '@vouch/projector'
import { openChdbWarehouse, type Warehouse } from '@vouch/warehouse'
import { isLeft } from 'fp-ts/lib/Either.js'
import { Failure } from './failure.ts'
import { type Keys, openKeys } from './keys.ts'

export const projections: readonly Projection[] = [events, attribution]

/** All parts of one data folder, wired together. */
export interface Engine {
  readonly dataDir: string
  readonly store: SqliteStore
  readonly warehouse: Warehouse
  readonly projector: Projector
  readonly admission: Admission
  readonly keys: Keys
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
  readonly onRebuild?: OnProgress
}

/** Opens a data folder, makes it if it is missing, and finishes what a crash left half done. */
export async function openEngine({ dataDir, command, clock = Date.now, onRebuild }: EngineOptions): Promise<Engine> {
  const locked = lockFolder(dataDir, command, clock())
  if (isLeft(locked)) throw new Failure(locked.left.message)
  const open: (() => unknown)[] = [() => locked.right.release()]
  const closeAll = async () => {
    for (const close of open.splice(0).reverse()) await close()
  }
  try {
    const store = openStore(dataDir)
    open.push(() => store.close())
    const warehouse = await openChdbWarehouse({
      path: join(dataDir, 'warehouse'),
      tables: projections.map(({ tables }) => tables),
      clock,
    })
    open.push(() => warehouse.close())
    const { needsRebuild } = await warehouse.migrate()
    const folder = join(dataDir, 'state')
    mkdirSync(folder, { recursive: true })
    const projector = await Projector.open(
      { store, warehouse, projections, folder, clock },
      { needsRebuild, ...(onRebuild ? { onRebuild } : {}) },
    )
    open.push(() => projector.close())
    return {
      dataDir,
      store,
      warehouse,
      projector,
      admission: createAdmission({ store, clock }),
      keys: openKeys(join(dataDir, 'keys.json')),
      clock,
      program: (programId) => projector.state(attribution.name).get<ProgramState>('program', programId),
      close: closeAll,
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

function openStore(dataDir: string): SqliteStore {
  const opened = openSqliteStore({ path: join(dataDir, 'log.db') })
  if (isLeft(opened)) throw new Failure(opened.left.message)
  return opened.right
}
