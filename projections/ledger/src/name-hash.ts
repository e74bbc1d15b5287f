/** 53 bits of a name, not cryptographic: that two of a million share one is one chance in twenty thousand. */
export function hashOf(name: string): number {
  let high = name.length
  let low = 0x9e3779b1
  for (let place = 0; place < name.length; place += 1) {
    const unit = name.charCodeAt(place)
    high = Math.imul(high ^ unit, 0x85ebca6b)
    high ^= high >>> 15
    low = Math.imul(low ^ unit, 0xc2b2ae35)
    low ^= low >>> 13
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0)
}
