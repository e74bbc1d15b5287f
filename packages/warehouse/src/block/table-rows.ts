import { type RowSet, type RowValues, WarehouseError } from '../port.ts'
import type { BlockFormat, OpenBlock } from './block.ts'

/** Rows of one table, as bytes of a block from when it is known what columns the table has. */
export class TableRows implements RowSet {
  readonly #formatNow: () => BlockFormat | undefined
  #format: BlockFormat | undefined
  #block: OpenBlock | undefined
  /** Those that came before. */
  #waiting: RowValues[] = []

  /** @param formatNow the format of the table, once it is known */
  constructor(formatNow: () => BlockFormat | undefined, rows: Iterable<RowValues> = []) {
    this.#formatNow = formatNow
    for (const row of rows) this.push(row)
  }

  get length(): number {
    return this.#block?.length ?? this.#waiting.length
  }

  push(row: RowValues): number {
    const block = this.#block ?? this.#open(this.#formatNow())
    return block ? block.push(row) : this.#waiting.push(row)
  }

  /** The block of them all. @param format what the table has come to have; rows of another are refused */
  bytes(format: BlockFormat, generation: number): Buffer {
    const block = this.#block ?? this.#open(format)
    if (block === undefined || this.#format !== format)
      throw new WarehouseError('bad-row', 'These rows were put together for another table.')
    return block.bytes(generation)
  }

  #open(format: BlockFormat | undefined): OpenBlock | undefined {
    if (format === undefined) return undefined
    this.#format = format
    this.#block = format.open()
    for (const row of this.#waiting) this.#block.push(row)
    this.#waiting = []
    return this.#block
  }
}
