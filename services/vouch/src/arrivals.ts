import { availableParallelism } from 'node:os'

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
  /** How many events wait, for a fold in another thread. */
  readonly waiting: Waiting
}

/** A number that threads share. */
export type Waiting = Int32Array<SharedArrayBuffer>

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
  const waiting: Waiting = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
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
      Atomics.add(waiting, 0, 1)
    },
    eventsDone() {
      Atomics.sub(waiting, 0, 1)
    },
    afterEvents(next) {
      const end = now() + foldPatienceMs
      const step = () => (Atomics.load(waiting, 0) === 0 || now() >= end ? next() : later(step))
      later(step)
    },
    waiting,
  }
}

/** Where there are so many processors, a fold in a thread of its own has one for itself. */
const enoughProcessors = 4

/** How often a fold in another thread looks whether events wait, ms. */
const lookEveryMs = 1

/** What comes between two requests of a busy sender is no lull; none of so many looks in a row may see events wait. */
const looksOfALull = 3

const sleepOrTurn = (next: () => void, ms: number): void => {
  if (ms === 0) setImmediate(next)
  else setTimeout(next, ms)
}

export interface FoldApartOptions {
  readonly processors?: number
  /** ms of a clock that only goes forward. */
  readonly now?: () => number
  /** Calls back after so long; after 0 ms, with the next turn of the loop. */
  readonly sleep?: (next: () => void, ms: number) => void
}

/**
 * As `foldTurns`, for a fold in another thread than that in which events wait. It takes no turn of that one's loop, but the
 * processor, where there are few.
 */
export function foldTurnsApart(waiting: Waiting, options: FoldApartOptions = {}): () => Promise<void> | undefined {
  const { processors = availableParallelism(), now = () => performance.now(), sleep = sleepOrTurn } = options
  const isWaiting = () => processors < enoughProcessors && Atomics.load(waiting, 0) > 0
  const afterEvents = (next: () => void, workedMs: number) => {
    const end = now() + Math.max(foldPatienceMs, (workedMs * (1 - foldPart)) / foldPart)
    let quiet = isWaiting() ? 0 : looksOfALull
    const look = () => {
      quiet = isWaiting() ? 0 : quiet + 1
      if (quiet >= looksOfALull || now() >= end) next()
      else sleep(look, lookEveryMs)
    }
    sleep(look, 0)
  }
  return foldTurns({ afterEvents }, now)
}

/**
 * When folds let others have their turn: undefined while they may go on, else a promise that resolves when they may. However
 * many events wait, folds have their part of the time; and where none do, all that is left.
 */
export function foldTurns(
  { afterEvents }: { afterEvents(next: () => void, workedMs: number): void },
  now: () => number = () => performance.now(),
): () => Promise<void> | undefined {
  const [least, most] = foldSliceMs
  let begun = now()
  let end = begun + least
  /** What it was owed, and has not had. */
  let owed = 0
  return () => {
    const stopped = now()
    if (stopped < end) return undefined
    const worked = stopped - begun
    return new Promise<void>((next) => afterEvents(next, worked)).then(() => {
      begun = now()
      const earned = ((begun - stopped) * foldPart) / (1 - foldPart)
      owed = Math.min(most, Math.max(0, owed + earned - worked))
      end = begun + Math.max(least, owed)
    })
  }
}
