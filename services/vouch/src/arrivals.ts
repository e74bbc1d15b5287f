/**
 * Turns of the event loop, for work that is done in slices. Node accepts one new connection a turn, however many wait: if
 * each turn did a slice of everything, a burst of them would wait for seconds, health checks among them. So while
 * connections are coming, work stands back for a moment.
 */
export interface Arrivals {
  /** A connection was accepted. */
  came(): void
  /** Calls back when all else has had its turn. */
  later(next: () => void): void
}

/** Work stands back for so long at the most, ms. */
const patienceMs = 25

/**
 * @param now ms of a clock that only goes forward
 * @param nextTurn calls back with the next turn of the loop
 */
export function createArrivals(
  now: () => number = () => performance.now(),
  nextTurn: (next: () => void) => void = setImmediate,
): Arrivals {
  let arrived = 0
  return {
    came() {
      arrived++
    },
    later(next) {
      const end = now() + patienceMs
      let seen = arrived
      const step = () => {
        if (arrived === seen || now() >= end) return next()
        seen = arrived
        nextTurn(step)
      }
      nextTurn(step)
    },
  }
}
