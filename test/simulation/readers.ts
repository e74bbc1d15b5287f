import type { Published, Slot } from '@vouch/warehouse'
import type { Log } from './log.ts'
import type { Reference } from './reference.ts'
import type { StoredRow, WarehouseDouble, Watcher } from './warehouse-double.ts'

/**
 * Whoever reads the tables, all the time: at each change of what they can see it must be the fold of the log up to the
 * published position, whole, and no earlier than what they have seen.
 */
export class Readers {
  readonly #log: Log
  readonly #references: readonly Reference[]
  readonly #wrong: (why: string) => void
  #warehouse: WarehouseDouble | undefined
  #newest = 0n
  /** Which version of the code has made what a slot shows. */
  readonly #madeBy = new Map<
    Slot,
    { readonly generation: number; readonly position: bigint; readonly version: number }
  >()
  /** Index of the version that publishes now. */
  version = 0

  /**
   * @param references by version of the code
   * @param wrong is told of what readers should not have seen
   */
  constructor(log: Log, references: readonly Reference[], wrong: (why: string) => void) {
    this.#log = log
    this.#references = references
    this.#wrong = wrong
  }

  /** From now on they read this one, which was given their `watcher`. */
  read(warehouse: WarehouseDouble): void {
    this.#warehouse = warehouse
  }

  readonly watcher: Watcher = {
    published: (slot, mark) => this.#published(slot, mark),
    wrote: (table, generation, row, before) => this.#wrote(table, generation, row, before),
    dropped: (generation) => {
      for (const slot of this.#slotsOf(generation)) {
        const position = this.#warehouse?.shownIn(slot)?.position ?? 0n
        if (position > 0n) this.#wrong(`generation ${generation} was dropped while ${slot} showed it up to ${position}`)
      }
    },
  }

  #published(slot: Slot, { generation, position, head }: Published): void {
    const what = `${slot} shows generation ${generation} up to ${position}`
    if (position > this.#log.head) this.#wrong(`${what}, and the log ends at ${this.#log.head}`)
    if (head < position || head > this.#log.head)
      this.#wrong(`${what} of ${head}, and the log ends at ${this.#log.head}`)
    if (slot === 'live') {
      if (position < this.#newest) this.#wrong(`${what}, and it has shown ${this.#newest}`)
      this.#newest = position
    }
    // What was empty so far may be gone on with by any version.
    const known = this.#madeBy.get(slot)
    if (known?.generation !== generation || known.position === 0n) {
      this.#madeBy.set(slot, { generation, position, version: this.version })
    }
    this.check(slot)
  }

  /** Holds what a slot shows to the fold of the log. */
  check(slot: Slot): void {
    const shown = this.#warehouse?.shownIn(slot)
    if (this.#warehouse === undefined || shown === undefined) return
    const { generation, position } = shown
    const reference = this.#references[this.#madeBy.get(slot)?.version ?? 0]
    if (reference === undefined) throw new Error('There is a reference for each version of the code.')
    for (const table of this.#warehouse.tables()) {
      const [is, must] = [this.#warehouse.digestNow(table, generation, position), reference.digest(table, position)]
      if (is.rows === must.rows && is.hash === must.hash) continue
      const count =
        is.rows === must.rows ? `${is.rows} rows, but not those of the fold` : `${is.rows} rows, the fold ${must.rows}`
      this.#wrong(`${slot} shows generation ${generation} up to ${position}, and its ${table} has ${count}`)
    }
  }

  #wrote(table: string, generation: number, { position, values }: StoredRow, before: StoredRow | undefined): void {
    const row = `${position}.${String(values.line)} of ${table} in generation ${generation}`
    if (before !== undefined) return this.#wrong(`row ${row} was written again with other values`)
    for (const slot of this.#slotsOf(generation)) {
      const shown = this.#warehouse?.shownIn(slot)?.position ?? 0n
      if (position <= shown) this.#wrong(`row ${row} came when ${slot} had shown ${shown} already`)
    }
  }

  #slotsOf(generation: number): Slot[] {
    return (['live', 'asof'] as const).filter((slot) => this.#warehouse?.shownIn(slot)?.generation === generation)
  }
}
