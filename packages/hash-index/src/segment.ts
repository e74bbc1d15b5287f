import { blockBytes, bloomAdd, bloomBytes } from './bloom.ts'
import { entryBytes, highAt, lowAt, putEntry } from './chunk.ts'
import { DamagedIndex } from './damaged.ts'
import { keyOf, Probe } from './hash.ts'
import type { Run } from './run.ts'
import type { IndexTables } from './tables.ts'

/** How many entries go into a chunk and how many chunks into a segment. */
export interface SegmentSizes {
  readonly entriesPerChunk: number
  readonly chunksPerSegment: number
}

const headBytes = 8
const fenceBytes = 6

/**
 * Where some of a run's chunks, one after the other, may hold a hash: the first hash of each, and a Bloom filter of all.
 * Its body: number of its first chunk and of its chunks (4 bytes each), six bytes of each chunk's first hash, the filter.
 */
export class Segment {
  readonly firstChunk: number
  readonly chunks: number
  readonly #fences: DataView

  constructor(body: Uint8Array) {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
    this.firstChunk = body.length < headBytes ? 0 : view.getUint32(0)
    this.chunks = body.length < headBytes ? 0 : view.getUint32(4)
    const filterAt = headBytes + this.chunks * fenceBytes
    if (this.chunks === 0 || filterAt >= body.length || (body.length - filterAt) % blockBytes !== 0)
      throw new DamagedIndex(`A segment of an index holds ${body.length} bytes, which no segment has.`)
    // A copy, so that the filter, which is in its run from now on, is not kept twice.
    this.#fences = new DataView(body.slice(headBytes, filterAt).buffer)
  }

  /** Of a body that is one. */
  static filterIn(body: Uint8Array, { chunks }: Segment): Uint8Array {
    return body.subarray(headBytes + chunks * fenceBytes)
  }

  fence(chunk: number): number {
    return keyOf(this.#fences.getUint16(chunk * fenceBytes), this.#fences.getUint32(chunk * fenceBytes + 2))
  }

  /** The first of its chunks that can hold a hash: several may, if many entries have the same one. */
  firstChunkWith(key: number): number {
    let [low, high] = [0, this.chunks]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.fence(middle) < key) low = middle + 1
      else high = middle
    }
    return Math.max(0, low - 1)
  }
}

/**
 * The last place whose hash is less than `key`, of hashes in ascending order; 0 if there is none. Hashes are spread evenly,
 * so that a guess is mostly right.
 */
export const lastBefore = (hashes: readonly number[], key: number): number => {
  const count = hashes.length
  const guess = Math.floor((key * count) / 2 ** 48)
  if ((hashes[guess] as number) < key && (guess + 1 === count || (hashes[guess + 1] as number) >= key)) return guess
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((hashes[middle] as number) < key) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}

/** Takes the entries of one segment in order and writes them as its chunks. Used again and again, for its buffer. */
export class SegmentWriter {
  readonly #sizes: SegmentSizes
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #probe = new Probe()
  #count = 0

  constructor(sizes: SegmentSizes) {
    this.#sizes = sizes
    this.#bytes = new Uint8Array(sizes.entriesPerChunk * sizes.chunksPerSegment * entryBytes)
    this.#view = new DataView(this.#bytes.buffer)
  }

  get isFull(): boolean {
    return this.#count * entryBytes === this.#bytes.length
  }

  get count(): number {
    return this.#count
  }

  clear(): void {
    this.#count = 0
  }

  add(high: number, low: number, offset: number): void {
    putEntry(this.#view, this.#count, high, low, offset)
    this.#count += 1
  }

  /** Writes what was added as a run's next segment, and is empty again. */
  writeTo(run: Run, tables: IndexTables): void {
    const firstChunk = run.chunks
    const chunks = Math.ceil(this.#count / this.#sizes.entriesPerChunk)
    const filterAt = headBytes + chunks * fenceBytes
    const body = new Uint8Array(filterAt + bloomBytes(this.#count))
    const view = new DataView(body.buffer)
    view.setUint32(0, firstChunk)
    view.setUint32(4, chunks)
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const from = chunk * this.#sizes.entriesPerChunk * entryBytes
      const to = Math.min(this.#count * entryBytes, from + this.#sizes.entriesPerChunk * entryBytes)
      const entries = this.#bytes.subarray(from, to)
      body.set(entries.subarray(0, fenceBytes), headBytes + chunk * fenceBytes)
      tables.insertChunk(run.row.id, firstChunk + chunk, entries)
    }
    const filter = body.subarray(filterAt)
    for (let entry = 0; entry < this.#count; entry += 1)
      bloomAdd(filter, this.#probe.of(highAt(this.#view, entry), lowAt(this.#view, entry)))
    tables.insertSegment(run.row.id, run.segments.length, body)
    run.add(body)
    this.clear()
  }
}
