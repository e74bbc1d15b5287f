import { describe, expect, it } from 'vitest'
import { createArrivals } from './arrivals.ts'

/** A loop that is turned by hand; each turn takes a tenth of a millisecond. */
function bench() {
  let now = 0
  const due: (() => void)[] = []
  const arrivals = createArrivals(
    () => now,
    (next) => void due.push(next),
  )
  let done = false
  arrivals.later(() => {
    done = true
  })
  return {
    arrivals,
    isDone: () => done,
    turn() {
      now += 0.1
      for (const step of due.splice(0)) step()
    },
  }
}

describe('work in slices', () => {
  it('goes on with the next turn where nobody comes', () => {
    const { turn, isDone } = bench()
    expect(isDone()).toBe(false)
    turn()
    expect(isDone()).toBe(true)
  })

  it('stands back while each turn brings a connection, and goes on after the first that brings none', () => {
    const { arrivals, turn, isDone } = bench()
    for (let n = 0; n < 50; n++) {
      arrivals.came()
      turn()
      expect(isDone()).toBe(false)
    }
    turn()
    expect(isDone()).toBe(true)
  })

  it('does not stand back for ever', () => {
    const { arrivals, turn, isDone } = bench()
    let turns = 0
    for (; !isDone(); turns++) {
      arrivals.came()
      turn()
    }
    expect(turns).toBeGreaterThan(240)
    expect(turns).toBeLessThan(260)
  })
})
