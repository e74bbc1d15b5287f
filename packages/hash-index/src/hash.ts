/**
 * A hash is 48 bits in a number, signed or not: -1 and 2 ** 48 - 1 are the same. It is taken apart into 16 and 32 bits,
 * which the engine holds as integers, and compared as a key from 0 to 2 ** 48 - 1.
 */
export const highOf = (hash: number): number => Math.floor(hash / 2 ** 32) & 0xffff

export const lowOf = (hash: number): number => hash >>> 0

export const keyOf = (high: number, low: number): number => high * 2 ** 32 + low

export const assertHash = (hash: number): void => {
  if (!Number.isInteger(hash) || hash < -(2 ** 47) || hash >= 2 ** 48)
    throw new RangeError(`A hash must be a whole number of 48 bits, not ${hash}.`)
}

/** All bits of a hash in 32, each of which depends on every one of them. With another salt, another such number. */
export const mix = (high: number, low: number, salt: number): number => {
  let x = low ^ Math.imul(high ^ salt, 0x9e3779b1)
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13) ^ salt, 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** A hash that is looked for in many places, with what each of them needs of it. Used again for the next one. */
export class Probe {
  high = 0
  low = 0
  key = 0
  /** Which block of a Bloom filter is its own, as a part of 2 ** 32. */
  block = 0
  /** Three times nine bits, and three more: which bits of the block are its own. */
  bits = 0
  moreBits = 0

  of(high: number, low: number): this {
    this.high = high
    this.low = low
    this.key = keyOf(high, low)
    this.block = mix(high, low, 0x9e3779b9)
    this.bits = mix(high, low, 0x27d4eb2f)
    this.moreBits = mix(high, low, 0x165667b1)
    return this
  }
}
