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
  /** Events are there that wait for their place in the log. */
  eventsCame(): void
  /** So many of those that came have got it. */
  eventsDone(): void
  /** As `later`, and once no events wait: for folds, which can be late without being wrong. */
  afterEvents(next: () => void): void
}

/** Work stands back for so long at the most, ms. */
const patienceMs = 25

/** A turn counts as so long at the most, ms: one in which a large commit was made has still taken in one connection alone. */
const longestTurnMs = 1

/** Folds stand back for events so long at the most, ms, and to the end of the turn of the loop in which that is over. */
const foldPatienceMs = 16

/** What a fold does between two turns of the loop, ms: at least, and at most. */
const foldSliceMs = [4, 12] as const

/** Of the time, where events wait without end: a fifth. */
const foldPart = 1 / 5

/**
 * @param now ms of a clock that only goes forward
 * @param nextTurn calls back with the next turn of the loop
 */
export function createArrivals(
  now: () => number = () => performance.now(),
  nextTurn: (next: () => void) => void = setImmediate,
): Arrivals {
  let arrived = 0
  let waiting = 0
  const later = (next: () => void) => {
    let patience = patienceMs
    let [seen, before] = [arrived, now()]
    const step = () => {
      const at = now()
      patience -= Math.min(at - before, longestTurnMs)
      if (arrived === seen || patience <= 0) return next()
      seen = arrived
      before = at
      nextTurn(step)
    }
    nextTurn(step)
  }
  return {
    came() {
      arrived++
    },
    later,
    eventsCame() {
      waiting++
    },
    eventsDone() {
      waiting--
    },
    afterEvents(next) {
      const end = now() + foldPatienceMs
      const step = () => (waiting === 0 || now() >= end ? next() : later(step))
      later(step)
    },
  }
}

/**
 * When folds let others have their turn: undefined while they may go on, else a promise that resolves when they may. However
 * many events wait, folds have their part of the time; and where none do, all that is left.
 */
export function foldTurns(
  { afterEvents }: Pick<Arrivals, 'afterEvents'>,
  now: () => number = () => performance.now(),
): () => Promise<void> | undefined {
  const [least, most] = foldSliceMs
  let end = now() + least
  return () => {
    const stopped = now()
    if (stopped < end) return undefined
    return new Promise<void>(afterEvents).then(() => {
      const begun = now()
      const owed = ((begun - stopped) * foldPart) / (1 - foldPart)
      end = begun + Math.min(most, Math.max(least, owed))
    })
  }
}
