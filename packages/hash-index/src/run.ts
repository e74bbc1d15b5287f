import { blockBytes, bloomBytes, bloomHas } from './bloom.ts'
import { collect } from './chunk.ts'
import type { Probe } from './hash.ts'
import { lastBefore, Segment } from './segment.ts'
import type { IndexTables, RunRow } from './tables.ts'

const none: readonly number[] = []

/**
 * A sorted run as memory knows it: its row and its segments. What each search asks lies side by side: the first hash of
 * each segment, and all filters in one array.
 */
export class Run {
  row: RunRow
  #segments: Segment[] = []
  #firsts: number[] = []
  #filters: Uint8Array
  /** Where the filter of each segment begins in blocks, and where the last one ends. */
  #blocks: number[] = [0]

  /** @param entries so many are going to be added, as far as that is known */
  constructor(row: RunRow, entries = row.entries) {
    this.row = row
    this.#filters = new Uint8Array(bloomBytes(entries))
  }

  get segments(): readonly Segment[] {
    return this.#segments
  }

  get chunks(): number {
    const last = this.#segments.at(-1)
    return last === undefined ? 0 : last.firstChunk + last.chunks
  }

  get bytes(): number {
    return this.#filters.length + this.chunks * 6
  }

  /** Adds a segment, given its body. */
  add(body: Uint8Array): void {
    const segment = new Segment(body)
    const filter = Segment.filterIn(body, segment)
    const from = this.#blocks.at(-1) as number
    const to = from + filter.length / blockBytes
    if (to * blockBytes > this.#filters.length) {
      const filters = new Uint8Array(Math.max(to * blockBytes, 2 * this.#filters.length))
      filters.set(this.#filters)
      this.#filters = filters
    }
    this.#filters.set(filter, from * blockBytes)
    this.#segments.push(segment)
    this.#firsts.push(segment.fence(0))
    this.#blocks.push(to)
  }

  clear(): void {
    this.#segments = []
    this.#firsts = []
    this.#filters = new Uint8Array(0)
    this.#blocks = [0]
  }

  mayHold(segment: number, probe: Probe): boolean {
    const from = this.#blocks[segment] as number
    return bloomHas(this.#filters, from, (this.#blocks[segment + 1] as number) - from, probe)
  }

  /** The numbers of the chunks that may hold a hash: mostly none, found without a look at the disk. */
  chunksWith(probe: Probe): readonly number[] {
    const { key } = probe
    let found: number[] | undefined
    for (let at = lastBefore(this.#firsts, key); at < this.#firsts.length; at += 1) {
      if ((this.#firsts[at] as number) > key) break
      if (!this.mayHold(at, probe)) continue
      const segment = this.#segments[at] as Segment
      for (let chunk = segment.firstChunkWith(key); chunk < segment.chunks && segment.fence(chunk) <= key; chunk += 1) {
        found ??= []
        found.push(segment.firstChunk + chunk)
      }
    }
    return found ?? none
  }

  /** Puts the values of a hash, ascending, behind those in `found`. */
  find(probe: Probe, tables: IndexTables, found: number[]): void {
    for (const chunk of this.chunksWith(probe))
      collect(tables.chunk(this.row.id, chunk), probe.key, this.row.after, found)
  }
}
