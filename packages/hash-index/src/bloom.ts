import type { Probe } from './hash.ts'

/**
 * A Bloom filter in blocks of 64 bytes, so that a question costs one access to memory: an entry sets six bits of one
 * block. With 16 bits an entry, one in a thousand hashes that were never added seems to be there.
 */
const blockBytes = 64
const entriesPerBlock = 32

export const bloomBytes = (entries: number): number => Math.max(1, Math.ceil(entries / entriesPerBlock)) * blockBytes

/** @param from where the filter begins in `bytes`, of which it is the rest */
export const bloomAdd = (bytes: Uint8Array, from: number, probe: Probe): void => {
  const block = blockOf(bytes, from, probe)
  for (let { bits } = probe, nth = 0; nth < 3; nth += 1, bits >>>= 9) set(bytes, block, bits)
  for (let { moreBits: bits } = probe, nth = 0; nth < 3; nth += 1, bits >>>= 9) set(bytes, block, bits)
}

export const bloomHas = (bytes: Uint8Array, from: number, probe: Probe): boolean => {
  const block = blockOf(bytes, from, probe)
  const { bits, moreBits } = probe
  return (
    isSet(bytes, block, bits) &&
    isSet(bytes, block, bits >>> 9) &&
    isSet(bytes, block, bits >>> 18) &&
    isSet(bytes, block, moreBits) &&
    isSet(bytes, block, moreBits >>> 9) &&
    isSet(bytes, block, moreBits >>> 18)
  )
}

const blockOf = (bytes: Uint8Array, from: number, { block }: Probe): number =>
  from + Math.floor((block * ((bytes.length - from) / blockBytes)) / 2 ** 32) * blockBytes

const set = (bytes: Uint8Array, block: number, bits: number): void => {
  const at = block + ((bits & 511) >>> 3)
  bytes[at] = (bytes[at] as number) | (1 << (bits & 7))
}

const isSet = (bytes: Uint8Array, block: number, bits: number): boolean =>
  ((bytes[block + ((bits & 511) >>> 3)] as number) & (1 << (bits & 7))) !== 0
