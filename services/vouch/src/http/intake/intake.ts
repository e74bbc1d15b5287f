import { createPace } from './pace.ts'
import { createShares } from './shares.ts'

/** Why somebody is asked to come back, as metrics name it. */
export type TurnedAwayFor = 'requests' | 'memory' | 'wait'

export interface TurnedAway {
  readonly reason: TurnedAwayFor
  readonly retryAfterSeconds: number
}

export interface IntakeLimits {
  /** Events that would wait longer than this for their place in the log are turned away, ms. */
  readonly maxWaitMs: number
  /** Bytes of bodies that are held at once, arriving or waiting or being answered. */
  readonly pendingBytes: number
  /** The largest body. */
  readonly bodyBytes: number
  /** Requests that send events and have no answer yet. */
  readonly requestsAtOnce: number
}

/** One request that sends events, from its headers to the end of its answer. */
export interface Visit {
  /** So many bytes of its body have come. They count until the visit ends. */
  receive(bytes: number): TurnedAway | undefined
  /** Its body is whole and waits to be appended. */
  wait(): TurnedAway | undefined
  /** What waited has been worked off; once, after a `wait` that turned nobody away. */
  done(): void
  /** Its answer is out, or its connection gone. */
  end(): void
}

/**
 * Who may send events, and who is to come back: by the time that they would wait, which is what waits already at the
 * pace that is measured. A queue that is bounded by bytes alone makes everybody wait for as long as the disk is slow.
 */
export interface Intake {
  /** @param bytes of the body, as far as the headers say */
  enter(sender: string, bytes: number): Visit | TurnedAway
  /** How long what waits now has to wait. */
  expectedWaitMs(): number
  /** Of bodies, arriving or waiting or being answered. */
  pendingBytes(): number
}

/** What a request costs besides its bytes, as if it had so many more. */
const bytesARequest = 1_024

/** So much may wait whatever the pace is: a moment in which nothing moves is no overload. */
const alwaysInTime = 64 * 1_024

/** Before anything was measured: bytes a millisecond, less than any disk gives. */
const assumedPerMs = 1_000

/** @param now ms of a clock that only goes forward */
export function createIntake(limits: IntakeLimits, now: () => number): Intake {
  const { maxWaitMs, pendingBytes, bodyBytes, requestsAtOnce } = limits
  const pace = createPace(assumedPerMs)
  const waiting = createShares({ all: Number.POSITIVE_INFINITY, each: Number.POSITIVE_INFINITY })
  const held = createShares({ all: pendingBytes, each: Math.max(bodyBytes, pendingBytes / 2) })
  const requests = createShares({ all: requestsAtOnce, each: Math.ceil(requestsAtOnce / 2) })

  const away = (reason: TurnedAwayFor, units = 0): TurnedAway => {
    const seconds = Math.ceil((waiting.held() + units) / pace.perMs() / 1_000)
    return { reason, retryAfterSeconds: Math.min(Math.max(seconds, 1), 60) }
  }

  /**
   * Senders share what can be done in time. Somebody of whom nothing waits is let in even beyond that, up to twice as
   * much: so a large sender keeps no small one out. Where nothing waits at all, anything is taken, however long it takes.
   */
  const wouldWaitTooLong = (sender: string, units: number): boolean => {
    if (waiting.held() === 0) return false
    const inTime = Math.max(pace.perMs() * maxWaitMs, alwaysInTime)
    const all = waiting.held() + units
    const own = waiting.heldBy(sender)
    if (own === 0) return all > 2 * inTime
    return all > inTime || own + units > inTime / waiting.senders()
  }

  return {
    enter(sender, bytes) {
      if (wouldWaitTooLong(sender, bytes + bytesARequest)) return away('wait', bytes + bytesARequest)
      if (!requests.take(sender, 1)) return away('requests')
      let received = 0
      let units = 0
      let isWaiting = false
      let hasEnded = false
      // Whoever goes away early leaves work behind, which holds its memory until it is done.
      const release = () => {
        if (isWaiting || !hasEnded) return
        held.give(sender, received)
        requests.give(sender, 1)
      }
      return {
        receive(more) {
          if (hasEnded) return undefined
          if (!held.take(sender, more)) return away('memory')
          received += more
          return undefined
        },
        wait() {
          units = received + bytesARequest
          if (wouldWaitTooLong(sender, units)) return away('wait', units)
          isWaiting = true
          pace.begin(now())
          waiting.take(sender, units)
          return undefined
        },
        done() {
          isWaiting = false
          pace.end(now(), units)
          waiting.give(sender, units)
          release()
        },
        end() {
          if (hasEnded) return
          hasEnded = true
          release()
        },
      }
    },
    expectedWaitMs: () => waiting.held() / pace.perMs(),
    pendingBytes: () => held.held(),
  }
}

export const isTurnedAway = (it: Visit | TurnedAway): it is TurnedAway => 'reason' in it
