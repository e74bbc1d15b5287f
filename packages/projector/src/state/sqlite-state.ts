import { randomInt } from 'node:crypto'
import type { FoldState } from '../projection.ts'
import { Entities, type Packings } from './entities.ts'
import { saltedHash } from './key-hash.ts'
import { Members } from './members.ts'
import { openNames } from './names.ts'
import { StateFile, StateUnusable } from './state-file.ts'

/** Where a state stands: what had been folded and shown when it was stored. */
export interface Checkpoint {
  /** Log position up to which the state holds; 0n at the beginning. */
  readonly position: bigint
  /** Identity of the event at that position, to know the log by; empty at the beginning. */
  readonly identity: string
  /** The newest log position that readers had been shown from this generation. */
  readonly shown: bigint
  /** Where whoever feeds the fold has that event, in words of its own; absent where it is found by its position. */
  readonly source?: string | undefined
}

/** A fold's state on disk, with a cache in memory. What was put is on disk with the checkpoint, and not before. */
export interface DurableState extends FoldState {
  /** The last one stored. */
  readonly at: Checkpoint
  /** What the state was made by; a state made by something else must be rebuilt. */
  readonly madeBy: string
  /** Values and members that have changed since the last checkpoint. */
  readonly changes: number
  /** Whether the file turned out to be damaged: it is of no more use. */
  readonly damaged: boolean
  /** To be called between events: what `get` gave before may no longer be live afterwards. */
  forget(): void
  /**
   * Once much has changed, writes it into the transaction that the next checkpoint commits; a crash before that takes it
   * back. As with a checkpoint, nothing may be put meanwhile, and after it has failed the state can only be closed.
   */
  relieve(): Promise<void>
  /**
   * Stores everything since the last checkpoint, and where that is, in one transaction that is committed when `rows` has
   * resolved, and not before. Writing takes a while and lets others have their turn; nothing may be put meanwhile. After
   * it has failed the state can only be closed: what is in memory is no longer what is on disk.
   */
  checkpoint(next: Checkpoint, rows?: Promise<unknown>): Promise<void>
  close(): void
}

export interface StateOptions {
  readonly path: string
  /** Names and versions of the projections that fold into it. */
  readonly madeBy: string
  /** How much to keep in memory of what is on disk, in bytes of JSON text, roughly. */
  readonly cacheBytes?: number | undefined
  /** Of kinds as they are named here; what they make of a value belongs to `madeBy`. */
  readonly packings?: Packings | undefined
  /** How much may change before `relieve` writes it, in values and members. */
  readonly mostChanges?: number | undefined
  /** Lets others have their turn if it is time. */
  readonly breathe?: (() => Promise<void> | undefined) | undefined
}

/** What is asked for within a few days of a busy program, so that hardly anything is read back from the disk. */
export const defaultCacheBytes = 128 * 2 ** 20

/** A third of what changes between two checkpoints of a rebuild: an event that has so much has other things to hold besides. */
const defaultMostChanges = 100_000

/**
 * Opens the state of one generation. A power loss may take it back to an earlier checkpoint, never to a torn one: folding
 * on from there writes the same rows again.
 * @throws StateUnusable if the file is damaged, or of another format
 */
export function openState(options: StateOptions): DurableState {
  const file = new StateFile(options.path)
  try {
    return stateOn(file, options)
  } catch (error) {
    file.close()
    throw file.damaged ? new StateUnusable(options.path, 'is damaged', error) : error
  }
}

function stateOn(file: StateFile, options: StateOptions): DurableState {
  const { madeBy, cacheBytes = defaultCacheBytes, packings = new Map(), mostChanges = defaultMostChanges } = options
  const readMeta = file.rows('SELECT value FROM meta WHERE name = ?')
  const writeMeta = file.writer('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)')
  const meta = (name: string) => readMeta(name)[0]?.[0]?.toString()
  if (meta('made-by') === undefined) writeMeta('made-by', madeBy)
  if (meta('salt') === undefined) writeMeta('salt', String(randomInt(2 ** 48 - 1)))
  const names = openNames(file)
  const hash = saltedHash(Number(meta('salt')))
  const entities = new Entities(file, names, hash, cacheBytes, packings)
  const members = new Members(file, names, hash)
  const position = (name: string) => file.parse(meta(name) ?? '0', BigInt)
  const source = meta('source')
  let at: Checkpoint = {
    position: position('position'),
    identity: meta('identity') ?? '',
    shown: position('shown'),
    ...(source === undefined ? {} : { source }),
  }
  const inMemory = () => entities.changes + members.changes
  /** Changes that the open transaction has already. */
  let written = 0

  async function inTransaction(last?: () => Promise<void>): Promise<void> {
    if (!file.isInTransaction) file.exec('BEGIN IMMEDIATE')
    try {
      written += inMemory()
      for (const changes of [entities.write(), members.write()]) {
        for (const _written of changes) {
          const pause = options.breathe?.()
          if (pause) await pause
        }
      }
      await last?.()
    } catch (error) {
      file.rollback()
      throw error
    }
  }

  return {
    madeBy: meta('made-by') ?? madeBy,
    get at() {
      return at
    },
    get changes() {
      return written + inMemory()
    },
    get damaged() {
      return file.damaged
    },
    get: <T>(kind: string, key: string) => entities.get(kind, key) as T | undefined,
    put: (kind, key, value) => entities.put(kind, key, value),
    add: (index, key, member) => members.set(index, key, member, true),
    remove: (index, key, member) => members.set(index, key, member, false),
    members: (index, key) => members.of(index, key),
    keys: (kind, prefix) => entities.keys(kind, prefix),
    scan: <T>(kind: string, prefix: string) => entities.scan(kind, prefix) as Iterable<readonly [string, T]>,
    forget: () => entities.forget(),
    async relieve() {
      if (inMemory() >= mostChanges) await inTransaction()
    },
    async checkpoint(next, rows) {
      // It is awaited below; until then its failure is not one that nobody looks at.
      rows?.catch(() => undefined)
      await inTransaction(async () => {
        writeMeta('position', next.position.toString())
        writeMeta('identity', next.identity)
        writeMeta('shown', next.shown.toString())
        if (next.source !== undefined) writeMeta('source', next.source)
        await rows
        file.exec('COMMIT')
      })
      written = 0
      at = next
    },
    close: () => file.close(),
  }
}
