import { parseEvent } from '../../packages/domain/src/index.ts'
import { type FoldState, foldingInTurn, memoryState, type Projection } from '../../packages/projector/src/index.ts'
import { type LoggedEvent, type LogOptions, randomLog, type TableRow } from '../../packages/testing/src/index.ts'

/** A log with the very events that the store would hold: parsed, without those that would have been rejected. */
export function stored(log: readonly LoggedEvent[]): LoggedEvent[] {
  return log.flatMap((logged) => {
    const { event } = logged
    const wire = { specversion: '1.0', ...event, time: new Date(event.time).toISOString() }
    const parsed = parseEvent(wire, Number.MAX_SAFE_INTEGER / 2)
    return parsed._tag === 'Left' ? [] : [{ ...logged, event: parsed.right as unknown as LoggedEvent['event'] }]
  })
}

export const storedRandomLog = (seed: number, options: Partial<LogOptions> = {}): LoggedEvent[] =>
  stored(randomLog(seed, options))

/** What a runtime asks of a projection to have its rows. */
export type Folding = Pick<Projection, 'name' | 'follows' | 'fold' | 'foldInParts' | 'followParts' | 'packings'>

/** The rows that projections make of a log, numbered as the projector numbers them. */
export function rowsOf(
  log: readonly LoggedEvent[],
  projections: readonly Folding[],
  newState: (packings?: Folding['packings']) => FoldState = memoryState,
): TableRow[] {
  const { fold, foldInParts } = foldingInTurn(projections, ({ packings }) => newState(packings))
  const rows: TableRow[] = []
  for (const { position, recordedAt, event } of log) {
    const lines = new Map<string, number>()
    const logged = { position: BigInt(position), recordedAt, event: event as never }
    for (const made of foldInParts(logged) ?? [fold(logged)]) {
      for (const { table, values } of made.flat()) {
        const line = lines.get(table) ?? 0
        lines.set(table, line + 1)
        rows.push({ table, position, line, values })
      }
    }
  }
  return rows
}
