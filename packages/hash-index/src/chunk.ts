import { keyOf } from './hash.ts'

/**
 * Entries, ten bytes each and big-endian: six of the hash and four of the value, counted from a number that stands beside
 * them. In a run's chunks they are sorted by hash and then by value.
 */
export const entryBytes = 10

/** How far apart values may lie that are counted from one number. */
export const maxSpan = 2 ** 32 - 1

export const entriesOf = (chunk: DataView): number => chunk.byteLength / entryBytes

export const highAt = (chunk: DataView, entry: number): number => chunk.getUint16(entry * entryBytes)

export const lowAt = (chunk: DataView, entry: number): number => chunk.getUint32(entry * entryBytes + 2)

export const keyAt = (chunk: DataView, entry: number): number => keyOf(highAt(chunk, entry), lowAt(chunk, entry))

export const offsetAt = (chunk: DataView, entry: number): number => chunk.getUint32(entry * entryBytes + 6)

export const putEntry = (chunk: DataView, entry: number, high: number, low: number, offset: number): void => {
  chunk.setUint16(entry * entryBytes, high)
  chunk.setUint32(entry * entryBytes + 2, low)
  chunk.setUint32(entry * entryBytes + 6, offset)
}

/** Puts the values of a hash that a chunk holds behind those in `found`. */
export const collect = (chunk: DataView, key: number, after: number, found: number[]): void => {
  const entries = entriesOf(chunk)
  let [low, high] = [0, entries]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keyAt(chunk, middle) < key) low = middle + 1
    else high = middle
  }
  for (let entry = low; entry < entries && keyAt(chunk, entry) === key; entry += 1)
    found.push(after + offsetAt(chunk, entry))
}
