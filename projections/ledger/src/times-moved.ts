/**
 * How often an event has moved each reward so far. One event may move a million rewards, and their names would take more memory
 * than the rest of a fold, so they are known by a hash. Of two that share one, each counts the movements of both: a number is
 * left out then, and none is given twice.
 */
export class TimesMoved {
  readonly #times = new Map<number, number>()
  readonly #hash: (rewardId: string) => number

  constructor(hash = hashOf) {
    this.#hash = hash
  }

  /** How many movements of the reward came before this one. */
  next(rewardId: string): number {
    const hash = this.#hash(rewardId)
    const before = this.#times.get(hash) ?? 0
    this.#times.set(hash, before + 1)
    return before
  }
}

/** 53 bits: that two of a million share one is one chance in twenty thousand. */
function hashOf(name: string): number {
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
