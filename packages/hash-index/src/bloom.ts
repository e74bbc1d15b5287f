import type { Probe } from './hash.ts'

/**
 * A Bloom filter in blocks of 64 bytes, so that a question costs one access to memory: an entry sets six bits of one
 * block. With 16 bits an entry, one in a thousand hashes that were never added seems to be there.
 */
export const blockBytes = 64
const entriesPerBlock = 32

export const bloomBytes = (entries: number): number => Math.max(1, Math.ceil(entries / entriesPerBlock)) * blockBytes

export const bloomAdd = (filter: Uint8Array, probe: Probe): void => {
  const block = blockOf(0, filter.length / blockBytes, probe)
  for (let { bits } = probe, nth = 0; nth < 3; nth += 1, bits >>>= 9) set(filter, block, bits)
  for (let { moreBits: bits } = probe, nth = 0; nth < 3; nth += 1, bits >>>= 9) set(filter, block, bits)
}

/** Asks one of several filters that lie one behind the other: the one from block `from` on, of so many blocks. */
export const bloomHas = (filters: Uint8Array, from: number, blocks: number, probe: Probe): boolean => {
  const block = blockOf(from, blocks, probe)
  const { bits, moreBits } = probe
  return (
    isSet(filters, block, bits) &&
    isSet(filters, block, bits >>> 9) &&
    isSet(filters, block, bits >>> 18) &&
    isSet(filters, block, moreBits) &&
    isSet(filters, block, moreBits >>> 9) &&
    isSet(filters, block, moreBits >>> 18)
  )
}

const blockOf = (from: number, blocks: number, { block }: Probe): number =>
  (from + Math.floor((block * blocks) / 2 ** 32)) * blockBytes

const set = (bytes: Uint8Array, block: number, bits: number): void => {
  const at = block + ((bits & 511) >>> 3)
  bytes[at] = (bytes[at] as number) | (1 << (bits & 7))
}

const isSet = (bytes: Uint8Array, block: number, bits: number): boolean =>
  ((bytes[block + ((bits & 511) >>> 3)] as number) & (1 << (bits & 7))) !== 0
