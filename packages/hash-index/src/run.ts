import { collect } from './chunk.ts'
import type { Probe } from './hash.ts'
import { lastBefore, type Segment } from './segment.ts'
import type { IndexTables, RunRow } from './tables.ts'

const none: readonly number[] = []

/** A sorted run as memory knows it: its row and its segments. */
export class Run {
  row: RunRow
  #segments: Segment[] = []
  /** The first hash of each segment. */
  #firsts: number[] = []

  constructor(row: RunRow) {
    this.row = row
  }

  get segments(): readonly Segment[] {
    return this.#segments
  }

  get chunks(): number {
    const last = this.#segments.at(-1)
    return last === undefined ? 0 : last.firstChunk + last.chunks
  }

  add(segment: Segment): void {
    this.#segments.push(segment)
    this.#firsts.push(segment.first)
  }

  clear(): void {
    this.#segments = []
    this.#firsts = []
  }

  /** The numbers of the chunks that may hold a hash: mostly none, found without a look at the disk. */
  chunksWith(probe: Probe): readonly number[] {
    const { key } = probe
    let found: number[] | undefined
    for (let at = lastBefore(this.#firsts, key); at < this.#firsts.length; at += 1) {
      if ((this.#firsts[at] as number) > key) break
      const segment = this.#segments[at] as Segment
      if (!segment.mayHold(probe)) continue
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
