import { decodeEvent } from '@vouch/domain'
import type { RecordedEvent } from '@vouch/event-store'
import type { RowSet, Warehouse } from '@vouch/warehouse'
import { foldingInTurn, type RowsInTurn } from './in-turn.ts'
import type { FoldState, LoggedEvent, Projection } from './projection.ts'
import type { Breathe } from './slices.ts'
import type { DurableState } from './state/sqlite-state.ts'

/**
 * One generation being written: events in the order of the log go in, rows and checkpoints come out. After anything has
 * failed it can only be closed, for what it holds in memory is then no longer what any prefix of the log leads to; it is
 * opened again at its last checkpoint.
 */
export interface Folding {
  readonly generation: number
  /** The newest event that was folded, whether flushed or not. */
  readonly position: bigint
  /** The newest event whose rows and checkpoint are durable. */
  readonly flushedTo: bigint
  /** How much would have to be done again after a crash: events folded and values changed since the last checkpoint. */
  readonly unflushed: number
  /** Folds events. Full blocks of rows are inserted meanwhile, one of a table at a time. @throws FoldError */
  fold(events: readonly RecordedEvent[]): Promise<void>
  /**
   * Inserts the rest, then stores the checkpoint: in this order, so that a crash repeats rows and loses none.
   * @param shown newest position of this generation that readers have been shown
   * @param source where whoever feeds it has the newest event, to go on from there
   */
  flush(shown: bigint, source?: string): Promise<void>
  /** Waits for the insert under way and lets go of the state. What was not flushed is forgotten. */
  close(): Promise<void>
}

/** A projection cannot fold an event: nothing after it can be projected until the projection or the log is mended. */
export class FoldError extends Error {
  override readonly name = 'FoldError'
  readonly position: bigint

  /** @param who as in 'projection "x" cannot fold' */
  constructor(who: string, { position, type, id }: RecordedEvent, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`${who} position ${position} (${type}, id ${id}): ${why}`, { cause })
    this.position = position
  }
}

export interface FoldingParts {
  readonly generation: number
  readonly projections: readonly Projection[]
  readonly state: DurableState
  readonly warehouse: Pick<Warehouse, 'rowSet' | 'insert'>
  /** Rows of one table that are inserted together; more are held back only while an insert is under way. */
  readonly blockRows?: number | undefined
  /** Rows up to this log position are durable already, and are not inserted again; default 0n. */
  readonly insertAfter?: bigint | undefined
  readonly breathe?: Breathe | undefined
}

export const defaultBlockRows = 100_000

/**
 * Of an event that has parts: no checkpoint empties the buffers before its end, and those of all tables would be nearly full at
 * once.
 */
const mostPartRows = 25_000

/** The rows of one table that wait to be inserted. */
interface Buffer {
  rows: RowSet
  /** Of the event whose rows come now, and how many it has so far. */
  position: bigint
  lines: number
}

export function openFolding(parts: FoldingParts): Folding {
  const { generation, state, warehouse, blockRows = defaultBlockRows, insertAfter = 0n, breathe } = parts
  const inTurn = foldingInTurn(parts.projections, ({ name }) => ownPart(state, name), sayWho)
  const buffers = new Map<string, Buffer>()
  const partRows = Math.min(blockRows, mostPartRows)
  let { position, identity } = state.at
  let foldedEvents = 0
  let inserting: Promise<void> = Promise.resolve()
  let spoiled = false

  /** @returns whether a table has enough rows for a block */
  function buffer(recorded: RecordedEvent, made: RowsInTurn, enough: number): boolean {
    if (recorded.position <= insertAfter) return false
    let full = false
    const text = recorded.position.toString()
    for (const rows of made) {
      for (const { table, values } of rows) {
        const buffer = bufferOf(table)
        if (buffer.position !== recorded.position) {
          buffer.position = recorded.position
          buffer.lines = 0
        }
        if (buffer.rows.push({ position: text, line: buffer.lines++, ...values }) >= enough) full = true
      }
    }
    return full
  }

  async function makeRoom(leastRows: number): Promise<void> {
    await inserting
    insertBuffers(leastRows)
  }

  /** Rows and changed values of such an event leave memory as they come, and count for nothing before its checkpoint. */
  async function foldParts(recorded: RecordedEvent, parts: Iterable<RowsInTurn>): Promise<void> {
    for (const made of parts) {
      if (buffer(recorded, made, partRows)) await makeRoom(partRows)
      await state.relieve()
      state.forget()
      const pause = breathe?.()
      if (pause) await pause
    }
  }

  function bufferOf(table: string): Buffer {
    const known = buffers.get(table)
    if (known) return known
    const buffer = { rows: warehouse.rowSet(table), position: -1n, lines: 0 }
    buffers.set(table, buffer)
    return buffer
  }

  /** Puts buffers with so many rows in line to be inserted, side by side, when those before them are durable. */
  function insertBuffers(leastRows: number): void {
    const full: (readonly [string, RowSet])[] = []
    for (const [table, buffer] of buffers) {
      if (buffer.rows.length < leastRows) continue
      full.push([table, buffer.rows])
      buffer.rows = warehouse.rowSet(table)
    }
    if (full.length === 0) return
    inserting = inserting.then(() => allDone(full.map(([table, rows]) => warehouse.insert(table, generation, rows))))
    // Whoever waits for it learns of a failure; until then it is not one that nobody looks at.
    inserting.catch(() => undefined)
  }

  /** Anything that fails leaves the state or the buffers half-way. */
  async function careful(step: () => Promise<void>): Promise<void> {
    if (spoiled) throw new Error(`generation ${generation} has failed before and must be opened again`)
    spoiled = true
    await step()
    spoiled = false
  }

  return {
    generation,
    get position() {
      return position
    },
    get flushedTo() {
      return state.at.position
    },
    get unflushed() {
      return foldedEvents + state.changes
    },
    fold: (events) =>
      careful(async () => {
        for (const recorded of events) {
          const event = logged(recorded)
          const parts = inTurn.foldInParts(event)
          if (parts) await foldParts(recorded, parts)
          else if (buffer(recorded, inTurn.fold(event), blockRows)) await makeRoom(blockRows)
          state.forget()
          ;({ position, identity } = recorded)
          foldedEvents++
          const pause = breathe?.()
          if (pause) await pause
        }
      }),
    flush: (shown, source) =>
      careful(async () => {
        if (position === state.at.position) return
        insertBuffers(1)
        await state.checkpoint({ position, identity, shown, ...(source === undefined ? {} : { source }) }, inserting)
        foldedEvents = 0
      }),
    async close() {
      spoiled = true
      await inserting.catch(() => undefined)
      state.close()
    },
  }
}

/** Once this has failed, none of them is under way any more. */
async function allDone(works: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(works)
  await Promise.all(works)
}

interface LoggedRecord extends LoggedEvent {
  readonly recorded: RecordedEvent
}

function logged(recorded: RecordedEvent): LoggedRecord {
  const { position, recordedAt } = recorded
  try {
    return { position, recordedAt, event: decodeEvent(recorded), recorded }
  } catch (error) {
    throw new FoldError('no projection can read', recorded, error)
  }
}

function sayWho<T>(projection: Projection, logged: LoggedEvent, step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw new FoldError(`projection "${projection.name}" cannot fold`, (logged as LoggedRecord).recorded, error)
  }
}

/** Each projection has its own part of the state. */
function ownPart(state: FoldState, projection: string): FoldState {
  const names = new Map<string, string>()
  const own = (name: string): string => {
    const known = names.get(name)
    if (known !== undefined) return known
    const whole = nameInState(projection, name)
    names.set(name, whole)
    return whole
  }
  return {
    get: (kind, key) => state.get(own(kind), key),
    put: (kind, key, value) => state.put(own(kind), key, value),
    add: (index, key, member) => state.add(own(index), key, member),
    remove: (index, key, member) => state.remove(own(index), key, member),
    members: (index, key) => state.members(own(index), key),
    keys: (kind, prefix) => state.keys(own(kind), prefix),
    scan: (kind, prefix) => state.scan(own(kind), prefix),
  }
}

export const nameInState = (projection: string, name: string): string => `${projection}.${name}`
