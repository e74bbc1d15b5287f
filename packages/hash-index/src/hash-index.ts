import type { DatabaseSync } from 'node:sqlite'
import { findingsIn, findingsInRecent, type Scan } from './check.ts'
import { collect, entriesOf, entryBytes, highAt, lowAt, maxSpan, offsetAt, putEntry } from './chunk.ts'
import { assertHash, highOf, lowOf, Probe } from './hash.ts'
import { deleteDropped, mergeSegment } from './merge.ts'
import { Recent } from './recent.ts'
import { Runs } from './runs.ts'
import { seal } from './seal.ts'
import { type SegmentSizes, SegmentWriter } from './segment.ts'
import { type IndexTables, indexTables } from './tables.ts'

export interface HashIndexOptions extends HashIndexSizes {
  /** Of the tables that `hashIndexSchema` made; a to z and _. */
  readonly name: string
}

/** They may be others at each opening. */
export interface HashIndexSizes extends Partial<SegmentSizes> {
  /** When there are so many entries in memory, they are written as a run. Default 65,536, some 2 MiB. */
  readonly entriesInMemory?: number
  /** So many runs become one. Default 8. */
  readonly fanOut?: number
}

/**
 * Values by hash, where a hash may have many values and values ascend, such as the rowids of the owner's table. It writes
 * in order, whatever the hashes are: the newest entries are in memory and in a list as they came, the others in sorted
 * runs.
 *
 * All of it belongs to the owner's transactions. Each begins with `refresh` and ends with `step` and the commit, or with
 * a rollback and `rollback`. Errors are those of SQLite, or a `DamagedIndex`.
 */
export interface HashIndex {
  /** Sees what others have written. To be called first in a transaction, and before the first use. */
  refresh(): void
  /**
   * @param hash 48 bits, signed or not
   * @param value from 1 on, and never less than one that was added before
   */
  add(hash: number, value: number): void
  /** The values of a hash, ascending. */
  find(hash: number): readonly number[]
  /** As `find`, but read as they are asked for. To be used up before anything is changed. */
  values(hash: number): Iterable<number>
  /**
   * Writes what was added, and goes on merging: a few milliseconds at most, in proportion to what was added. To be called
   * last in a transaction; what is added and not written is in memory alone.
   */
  step(): void
  /** Forgets what the transaction added, as it was rolled back. */
  rollback(): void
  /** Reads all of the index and compares it with what the owner has. @returns what is wrong, one sentence each */
  check(scan: Scan): string[]
  /** The greatest value; 0 if there is none. */
  readonly newest: number
  /** How many entries there are. */
  readonly size: number
  readonly memoryBytes: number
}

/** Opens an index on tables that are there. Nothing is read before the first `refresh`. */
export const openHashIndex = (db: DatabaseSync, options: HashIndexOptions): HashIndex => new SortedRuns(db, options)

const none: readonly number[] = []

class SortedRuns implements HashIndex {
  readonly #name: string
  readonly #entriesInMemory: number
  readonly #fanOut: number
  readonly #sizes: SegmentSizes
  readonly #writer: SegmentWriter
  readonly #tables: IndexTables
  readonly #runs: Runs
  readonly #recent = new Recent()
  readonly #probe = new Probe()
  /** Of the file as memory knows it; undefined if it has to be read again. */
  #version: number | undefined
  /** How many of the recent entries are in the list. */
  #listed = 0
  /** What was there when the transaction began. */
  #before = { version: 0, recent: 0, listed: 0 }
  /** Whether runs were changed since. */
  #hasChangedRuns = false
  /** How many entries may be merged to keep pace with what is added. The first step always may merge some. */
  #mergeable: number

  constructor(db: DatabaseSync, options: HashIndexOptions) {
    const { name, entriesInMemory = 65_536, fanOut = 8, entriesPerChunk = 400, chunksPerSegment = 32 } = options
    this.#name = name
    this.#entriesInMemory = entriesInMemory
    this.#fanOut = fanOut
    this.#sizes = { entriesPerChunk, chunksPerSegment }
    this.#mergeable = entriesPerChunk * chunksPerSegment
    this.#writer = new SegmentWriter(this.#sizes)
    this.#tables = indexTables(db, name)
    this.#runs = new Runs(this.#tables)
  }

  get newest(): number {
    return this.#recent.count > 0 ? this.#recent.value(this.#recent.count - 1) : this.#runs.upTo
  }

  get size(): number {
    return this.#runs.made.reduce((sum, { row }) => sum + row.entries, this.#recent.count)
  }

  get memoryBytes(): number {
    return this.#recent.bytes + this.#runs.bytes
  }

  refresh(): void {
    const version = this.#tables.version()
    if (version !== this.#version) this.#load(version)
    this.#before = { version, recent: this.#recent.count, listed: this.#listed }
    this.#hasChangedRuns = false
  }

  add(hash: number, value: number): void {
    this.#assertFresh()
    assertHash(hash)
    if (!Number.isSafeInteger(value) || value < this.newest || value < 1)
      throw new RangeError(`A value must be a whole number from ${Math.max(1, this.newest)} on, not ${value}.`)
    if (this.#recent.count > 0 && value - this.#recent.value(0) >= maxSpan)
      throw new RangeError(`Values in memory may not lie ${maxSpan} apart: ${this.#recent.value(0)} and ${value}.`)
    this.#recent.add(highOf(hash), lowOf(hash), value)
    this.#mergeable += this.#levels()
  }

  find(hash: number): readonly number[] {
    this.#assertFresh()
    const probe = this.#probe.of(highOf(hash), lowOf(hash))
    let found: number[] | undefined
    for (const run of this.#runs.made) {
      for (const chunk of run.chunksWith(probe)) {
        found ??= []
        collect(this.#tables.chunk(run.row.id, chunk), probe.key, run.row.after, found)
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
        collect(this.#tables.chunk(run.row.id, chunk), probe.key, run.row.after, found)
        yield* found
      }
    }
    found.length = 0
    this.#recent.find(probe.high, probe.low, found)
    yield* found
  }

  step(): void {
    const version = this.#assertFresh() + 1
    const mayMerge = this.#mergeable >= this.#sizes.entriesPerChunk * this.#sizes.chunksPerSegment
    if (this.#listed === this.#recent.count && !mayMerge) return
    // What fails halfway leaves memory ahead of the file.
    this.#hasChangedRuns = true
    let hasChanged = mayMerge && this.#merge()
    if (this.#recent.count >= this.#entriesInMemory) {
      seal(this.#recent, this.#runs, this.#writer)
      this.#listed = 0
      hasChanged = true
    }
    if (hasChanged || this.#listed < this.#recent.count) {
      this.#tables.addRecent(version, this.#unlisted())
      this.#version = version
      this.#listed = this.#recent.count
    }
    this.#hasChangedRuns = hasChanged
  }

  rollback(): void {
    if (this.#version === undefined) return
    if (this.#hasChangedRuns) {
      this.#version = undefined
      return
    }
    this.#version = this.#before.version
    this.#recent.rewindTo(this.#before.recent)
    this.#listed = this.#before.listed
  }

  check(scan: Scan): string[] {
    this.#assertFresh()
    const findings: string[] = []
    let after = 0
    for (const run of this.#runs.made) {
      findings.push(...findingsIn(run, this.#tables, after, scan))
      after = run.row.upTo
    }
    findings.push(...findingsInRecent(this.#recent, after, scan))
    return findings.map((finding) => `${this.#name}: ${finding}`)
  }

  /** Each entry is merged once a level; one more for what has piled up. */
  #levels(): number {
    return 2 + (this.#runs.made[0]?.row.level ?? 0)
  }

  #load(version: number): void {
    // After a rollback, a number of a run that is no more may have been given to another one.
    if (this.#version === undefined) this.#runs.forget()
    this.#version = undefined
    this.#runs.load()
    this.#recent.clear()
    for (const { after, entries } of this.#tables.recent()) {
      for (let entry = 0; entry < entriesOf(entries); entry += 1)
        this.#recent.add(highAt(entries, entry), lowAt(entries, entry), after + offsetAt(entries, entry))
    }
    this.#listed = this.#recent.count
    this.#version = version
  }

  /** @returns whether anything was changed */
  #merge(): boolean {
    const perSegment = this.#sizes.entriesPerChunk * this.#sizes.chunksPerSegment
    let hasChanged = false
    for (; this.#mergeable >= perSegment; this.#mergeable -= perSegment) {
      if (deleteDropped(this.#runs, this.#sizes.chunksPerSegment)) hasChanged = true
      if (mergeSegment(this.#runs, this.#writer, this.#fanOut)) hasChanged = true
      else this.#mergeable = Math.min(this.#mergeable, perSegment)
    }
    return hasChanged
  }

  /** The entries that are not in the list yet, as a row of it. */
  #unlisted(): { after: number; entries: DataView } {
    const count = this.#recent.count - this.#listed
    const entries = new DataView(new ArrayBuffer(count * entryBytes))
    const after = count === 0 ? this.newest : this.#recent.value(this.#listed) - 1
    for (let nth = 0; nth < count; nth += 1) {
      const entry = this.#listed + nth
      putEntry(entries, nth, this.#recent.high(entry), this.#recent.low(entry), this.#recent.value(entry) - after)
    }
    return { after, entries }
  }

  #assertFresh(): number {
    if (this.#version === undefined) throw new Error(`The index ${this.#name} must be refreshed first.`)
    return this.#version
  }
}
