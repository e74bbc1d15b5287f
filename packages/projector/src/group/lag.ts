import type { Stated } from './partition.ts'

/** So many statements are remembered; behind more than these, the lag is measured from the newest event that is shown. */
const mostStatements = 10_000

/** How far readers are behind the log, in ms. */
export class Lag {
  #statements: Stated[] = []
  /** Whether the oldest that is remembered is the first of those that are not shown. */
  #isWhole = false

  /** The newest statement of the relay. */
  get newest(): Stated | undefined {
    return this.#statements.at(-1)
  }

  state(stated: Stated): void {
    if (stated.position <= (this.newest?.position ?? -1n)) return
    this.#statements.push(stated)
    if (this.#statements.length <= mostStatements) return
    this.#statements.shift()
    this.#isWhole = false
  }

  /**
   * How long the oldest event that is not shown has been waiting, or a little more.
   * @param position up to which readers see
   * @param recordedAt of the newest event that they see, if that is known
   * @param now ms since the epoch, UTC
   */
  at(position: bigint, recordedAt: number | undefined, now: number): number {
    while (this.#statements.length > 1 && (this.#statements[0] as Stated).position <= position) {
      this.#statements.shift()
      this.#isWhole = true
    }
    const oldest = this.#statements[0]
    if (oldest === undefined || oldest.position <= position) {
      this.#isWhole = true
      return 0
    }
    const since = this.#isWhole ? oldest.firstRecordedAt : (recordedAt ?? oldest.firstRecordedAt)
    return Math.max(0, now - since)
  }
}
