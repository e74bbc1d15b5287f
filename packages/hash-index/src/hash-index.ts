import type { DatabaseSync } from 'node:sqlite'
import { findingsIn, type Scan } from './check.ts'
import { collect, maxSpan } from './chunk.ts'
import { DamagedIndex } from './damaged.ts'
import { assertHash, highOf, lowOf, Probe } from './hash.ts'
import { deleteDropped, mergeSegment } from './merge.ts'
import { Recent } from './recent.ts'
import { Runs } from './runs.ts'
import { seal } from './seal.ts'
import { type SegmentSizes, SegmentWriter } from './segment.ts'
import { indexTables } from './tables.ts'

export interface HashIndexOptions extends Partial<SegmentSizes> {
  /** Of the tables that `hashIndexSchema` made; a to z and _. */
  readonly name: string
  /** The entries of the owner's rows `after` (exclusive) to `upTo` (inclusive), ascending by value. */
  readonly scan: Scan
  /** So many entries are kept in memory before they are written as a run. Default 65,536, some 2 MiB. */
  readonly entriesInMemory?: number
  /** So many runs become one. Default 8. */
  readonly fanOut?: number
}

/**
 * Values by hash, where a hash may have many values and values ascend, such as the rowids of the owner's table. It writes
 * in order, whatever the hashes are: the newest entries are in memory alone, the others in sorted runs.
 *
 * All of it belongs to the owner's transactions. Each begins with `refresh`; after a rollback there must be `rewindTo`.
 * Its errors are those of SQLite, or a `DamagedIndex`.
 */
export interface HashIndex {
  /**
   * Sees what others have written, and what of the owner's rows is not in runs yet. To be called first in a transaction,
   * and before the first use.
   * @param newest the greatest value of the owner's rows as they stand; 0 if there are none
   */
  refresh(newest: number): void
  /**
   * @param hash 48 bits, signed or not
   * @param value from 1 on, and never less than one that was added before
   */
  add(hash: number, value: number): void
  /** The values of a hash, ascending. */
  find(hash: number): readonly number[]
  /** As `find`, but read as they are asked for. To be used up before anything is changed. */
  values(hash: number): Iterable<number>
  /** Forgets the greater values, as their transaction was rolled back. */
  rewindTo(value: number): void
  /**
   * Writes what memory has no room for, and goes on merging: a few milliseconds at most, in proportion to what was added.
   * To be called once a transaction, after what is added, and not between two entries of the same value.
   */
  step(): void
  /** Reads all of the index and compares it with what the owner has. @returns what is wrong, one sentence each */
  check(scan: Scan): string[]
  /** How many entries there are. */
  readonly size: number
  readonly memoryBytes: number
}

/** Opens an index on tables that are there. Nothing is read before the first `refresh`. */
export const openHashIndex = (db: DatabaseSync, options: HashIndexOptions): HashIndex => new SortedRuns(db, options)

const none: readonly number[] = []

class SortedRuns implements HashIndex {
  readonly #name: string
  readonly #scan: Scan
  readonly #entriesInMemory: number
  readonly #fanOut: number
  readonly #sizes: SegmentSizes
  readonly #writer: SegmentWriter
  readonly #runs: Runs
  readonly #recent = new Recent()
  readonly #probe = new Probe()
  /** Whether memory may differ from the file, or has not seen it yet. */
  #isStale = true
  /** All entries up to this value are known. */
  #knownTo = 0
  /** The runs' version when the transaction began. */
  #versionBefore = -1
  /** How many entries may be merged to keep pace with what is added. The first step always may merge some. */
  #mergeable: number

  constructor(db: DatabaseSync, options: HashIndexOptions) {
    const { name, scan, entriesInMemory = 65_536, fanOut = 8, entriesPerChunk = 400, chunksPerSegment = 32 } = options
    this.#name = name
    this.#scan = scan
    this.#entriesInMemory = entriesInMemory
    this.#fanOut = fanOut
    this.#sizes = { entriesPerChunk, chunksPerSegment }
    this.#mergeable = entriesPerChunk * chunksPerSegment
    this.#writer = new SegmentWriter(this.#sizes)
    this.#runs = new Runs(indexTables(db, name))
  }

  get size(): number {
    return this.#runs.made.reduce((sum, { row }) => sum + row.entries, this.#recent.count)
  }

  get memoryBytes(): number {
    return this.#recent.bytes + this.#runs.bytes
  }

  refresh(newest: number): void {
    const version = this.#runs.tables.version()
    if (this.#isStale || version !== this.#runs.version) this.#reload(version)
    this.#versionBefore = version
    if (newest < this.#knownTo) this.rewindTo(newest)
    if (newest > this.#knownTo) this.#take(newest)
  }

  add(hash: number, value: number): void {
    this.#assertFresh()
    assertHash(hash)
    if (!Number.isSafeInteger(value) || value < this.#knownTo || value < 1)
      throw new RangeError(`A value must be a whole number from ${Math.max(1, this.#knownTo)} on, not ${value}.`)
    if (this.#recent.count > 0 && value - this.#recent.value(0) >= maxSpan)
      throw new RangeError(`Values in memory may not lie ${maxSpan} apart: ${this.#recent.value(0)} and ${value}.`)
    this.#recent.add(hash, value)
    this.#knownTo = value
    this.#mergeable += this.#levels()
  }

  find(hash: number): readonly number[] {
    this.#assertFresh()
    const probe = this.#probe.of(highOf(hash), lowOf(hash))
    let found: number[] | undefined
    for (const run of this.#runs.made) {
      for (const chunk of run.chunksWith(probe)) {
        found ??= []
        collect(this.#runs.tables.chunk(run.row.id, chunk), probe.key, run.row.after, found)
      }
    }
    if (this.#recent.has(probe.high, probe.low)) {
      found ??= []
      this.#recent.find(probe.high, probe.low, found)
    }
    return found ?? none
  }

  *values(hash: number): Generator<number> {
    this.#assertFresh()
    const probe = new Probe().of(highOf(hash), lowOf(hash))
    const found: number[] = []
    for (const run of this.#runs.made) {
      for (const chunk of run.chunksWith(probe)) {
        found.length = 0
        collect(this.#runs.tables.chunk(run.row.id, chunk), probe.key, run.row.after, found)
        yield* found
      }
    }
    found.length = 0
    this.#recent.find(probe.high, probe.low, found)
    yield* found
  }

  rewindTo(value: number): void {
    if (this.#isStale) return
    if (this.#runs.version !== this.#versionBefore) {
      this.#forget()
      return
    }
    if (value < this.#runs.upTo)
      throw new DamagedIndex(
        `The index ${this.#name} knows rows up to ${this.#runs.upTo}, but there are none after ${value}.`,
      )
    this.#recent.rewindTo(value)
    this.#knownTo = Math.min(this.#knownTo, value)
  }

  step(): void {
    this.#assertFresh()
    if (this.#recent.count >= this.#entriesInMemory) seal(this.#recent, this.#runs, this.#writer)
    const { entriesPerChunk, chunksPerSegment } = this.#sizes
    const perSegment = entriesPerChunk * chunksPerSegment
    for (; this.#mergeable >= perSegment; this.#mergeable -= perSegment) {
      deleteDropped(this.#runs, chunksPerSegment)
      if (!mergeSegment(this.#runs, this.#writer, this.#fanOut)) this.#mergeable = Math.min(this.#mergeable, perSegment)
    }
  }

  check(scan: Scan): string[] {
    this.#assertFresh()
    const findings: string[] = []
    let after = 0
    for (const run of this.#runs.made) {
      findings.push(...findingsIn(run, this.#runs.tables, after, scan))
      after = run.row.upTo
    }
    for (const [hash, value] of scan(after, this.#knownTo)) {
      if (!this.find(hash).includes(value)) findings.push(`row ${value} is missing in memory`)
    }
    return findings.map((finding) => `${this.#name}: ${finding}`)
  }

  /** Each entry is merged once a level; one more for what has piled up. */
  #levels(): number {
    return 2 + (this.#runs.made[0]?.row.level ?? 0)
  }

  #reload(version: number): void {
    if (this.#isStale) this.#forget()
    this.#runs.load(version)
    this.#isStale = false
    this.#recent.forgetUpTo(this.#runs.upTo)
    this.#knownTo = Math.max(this.#knownTo, this.#runs.upTo)
  }

  #take(newest: number): void {
    // What is thrown halfway leaves memory with a part of the rows.
    this.#isStale = true
    for (const [hash, value] of this.#scan(this.#knownTo, newest)) this.#recent.add(hash, value)
    this.#isStale = false
    this.#knownTo = newest
  }

  #forget(): void {
    this.#runs.forget()
    this.#recent.rewindTo(0)
    this.#knownTo = 0
    this.#isStale = true
  }

  #assertFresh(): void {
    if (this.#isStale) throw new Error(`The index ${this.#name} must be refreshed first.`)
  }
}
