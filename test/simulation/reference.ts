import { decodeEvent } from '@vouch/domain'
import type { RecordedEvent } from '@vouch/event-store'
import { foldingInTurn, memoryState, type Projection } from '@vouch/projector'
import { hashOfRow, hexOf, modulus } from './row-hash.ts'

/** How a table stands at a position: sums up to there. */
interface Mark {
  readonly position: bigint
  readonly rows: bigint
  readonly sum: bigint
}

/**
 * What the tables must be: the fold of the log, event by event as they are appended, in memory and without any of what runs
 * it in earnest.
 */
export class Reference {
  readonly #fold: ReturnType<typeof foldingInTurn>
  readonly #marks = new Map<string, Mark[]>()

  constructor(projections: readonly Projection[]) {
    this.#fold = foldingInTurn(projections, () => memoryState())
  }

  add(recorded: RecordedEvent): void {
    const { position, recordedAt } = recorded
    const lines = new Map<string, number>()
    for (const rows of this.#fold.fold({ position, recordedAt, event: decodeEvent(recorded) })) {
      for (const { table, values } of rows) {
        const line = lines.get(table) ?? 0
        lines.set(table, line + 1)
        this.#count(table, position, hashOfRow({ position: String(position), line, ...values }))
      }
    }
  }

  digest(table: string, upTo: bigint): { rows: bigint; hash: string } {
    const mark = this.#marks.get(table)?.findLast(({ position }) => position <= upTo)
    return { rows: mark?.rows ?? 0n, hash: hexOf(mark?.sum ?? 0n) }
  }

  #count(table: string, position: bigint, hash: bigint): void {
    const marks = this.#marks.get(table) ?? []
    this.#marks.set(table, marks)
    const { rows, sum } = marks.at(-1) ?? { rows: 0n, sum: 0n }
    marks.push({ position, rows: rows + 1n, sum: (sum + hash) % modulus })
  }
}
