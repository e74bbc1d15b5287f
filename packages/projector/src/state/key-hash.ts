/** Where a key is filed in an index: 48 bits. Different keys may share a hash. */
export type KeyHash = (space: number, key: string) => number

/**
 * A hash of a name's number and a key, in one pass over two 32-bit lanes of multiplications. It is not cryptographic: keys
 * come from outside, and what keeps anybody from piling them up under one hash is the salt, which is the file's own.
 */
export const saltedHash = (salt: number): KeyHash => {
  const upper = Math.floor(salt / 2 ** 32) >>> 0
  const lower = salt >>> 0
  return (space, key) => {
    let one = Math.imul(upper ^ space, 0x9e3779b1)
    let other = Math.imul(lower ^ key.length, 0x85ebca6b)
    for (let place = 0; place < key.length; place += 1) {
      const unit = key.charCodeAt(place)
      one = Math.imul(one ^ unit, 0x9e3779b1)
      one ^= one >>> 15
      other = Math.imul(other ^ unit, 0xc2b2ae35)
      other ^= other >>> 13
    }
    one = Math.imul(one ^ (other >>> 16), 0x85ebca6b)
    other = Math.imul(other ^ (one >>> 13), 0xc2b2ae35)
    one ^= other >>> 15
    return ((one >>> 16) & 0xffff) * 2 ** 32 + (other >>> 0)
  }
}
