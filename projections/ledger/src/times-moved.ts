import { hashOf } from './name-hash.ts'

/**
 * How often an event has moved each reward so far. One event may move a million rewards, whose names would take more than a
 * hundred MiB, so they are known by a hash. Of two that share one, each counts the movements of both: a number is
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
