/** How fast work gets done, measured while there is any to do. */
export interface Pace {
  /** Units a millisecond; what the newest seconds of work say. */
  perMs(): number
  /** @param now ms of a clock that only goes forward */
  begin(now: number): void
  /** A piece of work that had begun is done. */
  end(now: number, units: number): void
}

/** After so much time at work, what was measured counts half. */
const halfLifeMs = 2_000

/** @param initialPerMs what is assumed until there is something to measure, as if it had been so for a second */
export function createPace(initialPerMs: number): Pace {
  let units = initialPerMs * 1_000
  let busyMs = 1_000
  let underWay = 0
  let since = 0

  /** Idle time says nothing of how fast work would be done, so it leaves all as it is. */
  const elapse = (now: number) => {
    if (underWay > 0) {
      const kept = 0.5 ** ((now - since) / halfLifeMs)
      units *= kept
      busyMs = busyMs * kept + (now - since)
    }
    since = now
  }

  return {
    perMs: () => units / busyMs,
    begin(now) {
      elapse(now)
      underWay++
    },
    end(now, done) {
      elapse(now)
      underWay--
      units += done
    },
  }
}
