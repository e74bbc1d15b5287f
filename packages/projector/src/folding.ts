import { decodeEvent } from '@vouch/domain'
import type { RecordedEvent } from '@vouch/event-store'
import type { RowValues, Warehouse } from '@vouch/warehouse'
import type { FoldState, Projection } from './projection.ts'
import type { DurableState } from './sqlite-state.ts'

/** One generation being written: events in the order of the log go in, rows and a checkpoint come out. */
export interface Folding {
  readonly generation: number
  /** The newest event that was folded, whether flushed or not. */
  readonly position: bigint
  /** The newest event whose rows and checkpoint are durable. */
  readonly flushedTo: bigint
  /** When the newest folded event was recorded, ms; undefined before the first. */
  readonly recordedAt: number | undefined
  readonly bufferedRows: number
  /** Folds events in memory. */
  fold(events: readonly RecordedEvent[]): void
  /** Inserts what was folded, then stores the checkpoint: in this order, so that a crash repeats rows and loses none. */
  flush(): Promise<void>
  close(): void
}

interface Parts {
  readonly generation: number
  readonly projections: readonly Projection[]
  readonly state: DurableState
  readonly warehouse: Pick<Warehouse, 'insert'>
}

export function openFolding({ generation, projections, state, warehouse }: Parts): Folding {
  const buffers = new Map<string, RowValues[]>()
  const views = projections.map((projection) => ({ projection, view: namespace(state, projection.name) }))
  let position = state.position
  let recordedAt: number | undefined
  let bufferedRows = 0

  function foldOne(recorded: RecordedEvent): void {
    const event = decodeEvent(recorded)
    const text = recorded.position.toString()
    const lines = new Map<string, number>()
    for (const { projection, view } of views) {
      for (const { table, values } of foldWith(projection, view, recorded, event)) {
        const line = lines.get(table) ?? 0
        lines.set(table, line + 1)
        const buffer = buffers.get(table)
        const row = { position: text, line, ...values }
        if (buffer) buffer.push(row)
        else buffers.set(table, [row])
        bufferedRows++
      }
    }
    position = recorded.position
    recordedAt = recorded.recordedAt
  }

  return {
    generation,
    get position() {
      return position
    },
    get flushedTo() {
      return state.position
    },
    get recordedAt() {
      return recordedAt
    },
    get bufferedRows() {
      return bufferedRows
    },
    fold(events) {
      for (const event of events) foldOne(event)
    },
    async flush() {
      if (position === state.position) return
      for (const [table, rows] of buffers) {
        await warehouse.insert(table, generation, rows)
        buffers.delete(table)
      }
      state.checkpoint(position)
      bufferedRows = 0
    },
    close: () => state.close(),
  }
}

function foldWith(
  projection: Projection,
  view: FoldState,
  recorded: RecordedEvent,
  event: ReturnType<typeof decodeEvent>,
) {
  try {
    return projection.fold(view, { position: recorded.position, recordedAt: recorded.recordedAt, event })
  } catch (error) {
    const what = `projection "${projection.name}" cannot fold position ${recorded.position} (${recorded.type}, id ${recorded.id})`
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Each projection has its own part of the state. */
function namespace(state: FoldState, name: string): FoldState {
  const own = (kind: string) => `${name}.${kind}`
  return {
    get: (kind, key) => state.get(own(kind), key),
    put: (kind, key, value) => state.put(own(kind), key, value),
    add: (index, key, member) => state.add(own(index), key, member),
    remove: (index, key, member) => state.remove(own(index), key, member),
    members: (index, key) => state.members(own(index), key),
    keys: (kind, prefix) => state.keys(own(kind), prefix),
  }
}
