import { readFileSync } from 'node:fs'
import type { Founding, Published, RowSet, RowValues, Shared, Slot, Warehouse } from '@vouch/warehouse'
import { rowsOf, WarehouseError } from '@vouch/warehouse'
import { readTablesFile } from '../../packages/warehouse/src/tables/tables-file.ts'
import { hashOfRow, hexOf, modulus } from './row-hash.ts'

export interface StoredRow {
  readonly position: bigint
  readonly hash: bigint
  readonly values: RowValues
}

/** Told of what changes under the eyes of readers. */
export interface Watcher {
  readonly published?: (slot: Slot, mark: Published) => void
  /** A row that the generation did not have; or had with other values, which are given. */
  readonly wrote?: (table: string, generation: number, row: StoredRow, before: StoredRow | undefined) => void
  readonly dropped?: (generation: number) => void
}

type Rows = Map<string, StoredRow>

/**
 * A double of the warehouse, in memory: generations of tables whose rows are named by (generation, position, line), the
 * pointer of each slot, digests. Its spec holds it to the port's conformance suite and to ClickHouse. It answers no SQL, and
 * knows of columns only those that the port names.
 */
export class WarehouseDouble implements Warehouse {
  readonly #tables: readonly string[]
  readonly #rows = new Map<string, Map<number, Rows>>()
  readonly #published = new Map<Slot, Published>()
  readonly #watcher: Watcher
  readonly #marks = new Map<number, Map<number, bigint>>()
  readonly #foundings = new Map<number, Founding | 'dropped'>()
  #closed = false

  /** @param files the tables files of the projections */
  constructor(files: readonly URL[], watcher: Watcher = {}) {
    this.#tables = files.flatMap((file) =>
      readTablesFile(readFileSync(file, 'utf8'), file.pathname).tables.map(({ name }) => name),
    )
    for (const table of this.#tables) this.#rows.set(table, new Map())
    this.#watcher = watcher
  }

  async migrate() {
    this.#assertOpen()
    return { changed: [], needsRebuild: false }
  }

  rowSet(): RowSet {
    return []
  }

  async insert(table: string, generation: number, rows: RowSet | readonly RowValues[]): Promise<void> {
    this.#assertOpen()
    const generations = this.#generationsOf(table)
    checkGeneration(generation)
    const checked = rowsOf(rows).map((values) => checkedRow(table, values))
    if (checked.length === 0) return
    const stored = generations.get(generation) ?? new Map()
    generations.set(generation, stored)
    for (const row of checked) {
      const name = this.nameOf(row.values)
      const before = stored.get(name)
      stored.set(name, row)
      if (before?.hash !== row.hash) this.#watcher.wrote?.(table, generation, row, before)
    }
  }

  async insertAll(table: string, generation: number, sets: readonly (RowSet | readonly RowValues[])[]): Promise<void> {
    for (const rows of sets) await this.insert(table, generation, rows)
  }

  /** Rows of one name collapse. */
  protected nameOf({ position, line }: RowValues): string {
    return `${position}.${line}`
  }

  async publish(slot: Slot, mark: Published): Promise<void> {
    this.#assertOpen()
    checkGeneration(mark.generation)
    this.#published.set(slot, mark)
    this.#watcher.published?.(slot, mark)
  }

  async published(slot: Slot): Promise<Published | undefined> {
    this.#assertOpen()
    return this.#published.get(slot)
  }

  readonly shared: Shared = {
    raise: async (slot, mark) => {
      const shown = this.#published.get(slot)
      if (mark.generation >= 2 ** 20 || mark.position >= 2n ** 44n) {
        throw new WarehouseError('bad-row', `Position ${mark.position} cannot be shown where several write.`)
      }
      if (shown && shown.generation > mark.generation) return
      if (shown && shown.generation === mark.generation) {
        if (shown.position > mark.position) return
        if (shown.position === mark.position && shown.publishedAt > mark.publishedAt) return
      }
      await this.publish(slot, mark)
    },
    mark: async (generation, marks) => {
      this.#assertOpen()
      const known = this.#marks.get(generation) ?? new Map<number, bigint>()
      this.#marks.set(generation, known)
      for (const [partition, position] of marks) {
        if (position > (known.get(partition) ?? -1n)) known.set(partition, position)
      }
    },
    marks: async (generation) => {
      this.#assertOpen()
      return new Map(this.#marks.get(generation))
    },
    found: async (generation, founding) => {
      this.#assertOpen()
      const known = this.#foundings.get(generation) ?? founding
      if (known === 'dropped') {
        throw new WarehouseError(
          'other-generation',
          `Generation ${generation} was dropped, and its number is not used again: set VOUCH_GENERATION to a higher one.`,
        )
      }
      if (known.madeBy !== founding.madeBy || known.partitions !== founding.partitions) {
        throw new WarehouseError('other-generation', `Generation ${generation} is made by other code or partitions.`)
      }
      this.#foundings.set(generation, known)
    },
    founding: async (generation) => {
      this.#assertOpen()
      const known = this.#foundings.get(generation)
      return known === 'dropped' ? undefined : known
    },
    bury: async (generation) => {
      this.#assertOpen()
      this.#foundings.set(generation, 'dropped')
    },
  }

  async generations(): Promise<number[]> {
    this.#assertOpen()
    return this.generationsNow()
  }

  /** As `generations`, at once. */
  generationsNow(): number[] {
    const found = new Set([...this.#rows.values()].flatMap((generations) => [...generations.keys()]))
    return [...found].sort((a, b) => a - b)
  }

  async dropGeneration(generation: number): Promise<void> {
    for (const table of this.#tables) await this.dropFrom(table, generation)
  }

  /** One table's part of a drop, which is no transaction. */
  async dropFrom(table: string, generation: number): Promise<void> {
    this.#assertOpen()
    checkGeneration(generation)
    if (this.#generationsOf(table).delete(generation)) this.#watcher.dropped?.(generation)
  }

  async digest(table: string, generation: number, upTo: bigint): Promise<{ rows: bigint; hash: string }> {
    this.#assertOpen()
    checkGeneration(generation)
    return this.digestNow(table, generation, upTo)
  }

  /** As `digest`, at once. */
  digestNow(table: string, generation: number, upTo: bigint): { rows: bigint; hash: string } {
    let [rows, sum] = [0n, 0n]
    for (const { position, hash } of this.#generationsOf(table).get(generation)?.values() ?? []) {
      if (position > upTo) continue
      rows++
      sum += hash
    }
    return { rows, hash: hexOf(sum % modulus) }
  }

  tables(): readonly string[] {
    return this.#tables
  }

  /** What is stored, at once and as it was given. */
  rowsOf(table: string, generation: number): Iterable<StoredRow> {
    return this.#generationsOf(table).get(generation)?.values() ?? []
  }

  /** As `published`, at once. */
  shownIn(slot: Slot): Published | undefined {
    return this.#published.get(slot)
  }

  rows<T>(): Promise<T[]> {
    return Promise.reject(new Error('The double of the warehouse answers no SQL.'))
  }

  ask(): Promise<never> {
    return Promise.reject(new Error('The double of the warehouse answers no questions.'))
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #generationsOf(table: string): Map<number, Rows> {
    const found = this.#rows.get(table)
    if (found) return found
    throw new WarehouseError('unknown-table', `There is no table "${table}"; there are ${this.#tables.join(', ')}.`)
  }

  #assertOpen(): void {
    if (this.#closed) throw new WarehouseError('closed', 'The warehouse is closed.')
  }
}

function checkedRow(table: string, values: RowValues): StoredRow {
  for (const column of ['position', 'line']) {
    if (values[column] !== undefined && values[column] !== null) continue
    throw new WarehouseError('bad-row', `A row of ${table} does not fit: ${column} is missing, and every row has one.`)
  }
  return { position: BigInt(String(values.position)), hash: hashOfRow(values), values }
}

function checkGeneration(generation: number): void {
  if (Number.isInteger(generation) && generation >= 1 && generation < 2 ** 32) return
  throw new WarehouseError(
    'bad-row',
    `${generation} is no generation; a generation is an integer from 1 to 4294967295.`,
  )
}
