import { describe, expect, it } from 'vitest'
import { createArrivals, foldTurns, foldTurnsApart, type Waiting } from './arrivals.ts'

/** A loop that is turned by hand; each turn takes a tenth of a millisecond. */
function bench() {
  let now = 0
  const due: (() => void)[] = []
  const arrivals = createArrivals(
    () => now,
    (next) => void due.push(next),
  )
  let done = false
  let folds = false
  arrivals.later(() => {
    done = true
  })
  return {
    arrivals,
    isDone: () => done,
    fold: () => {
      folds = false
      arrivals.afterEvents(() => {
        folds = true
      })
    },
    isFolding: () => folds,
    turn(ms = 0.1) {
      now += ms
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

  it('stands back for connections that come while a long turn is made, too', () => {
    const { arrivals, turn, isDone } = bench()
    for (let n = 0; n < 20; n++) {
      arrivals.came()
      turn(n % 2 === 0 ? 60 : 0.1)
      expect(isDone()).toBe(false)
    }
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

describe('folds', () => {
  it('go on with the next turn where no events wait', () => {
    const { fold, turn, isFolding } = bench()
    fold()
    turn()
    expect(isFolding()).toBe(true)
  })

  it('stand back until the last event has its place', () => {
    const { arrivals, fold, turn, isFolding } = bench()
    arrivals.eventsCame()
    arrivals.eventsCame()
    fold()
    turn()
    arrivals.eventsDone()
    turn()
    expect(isFolding()).toBe(false)
    arrivals.eventsDone()
    turn()
    expect(isFolding()).toBe(true)
  })

  it('do not stand back for ever', () => {
    const { arrivals, fold, turn, isFolding } = bench()
    arrivals.eventsCame()
    fold()
    let turns = 0
    for (; !isFolding(); turns++) turn()
    expect(turns).toBeGreaterThan(150)
    expect(turns).toBeLessThan(170)
  })

  it('stand back for connections as well, as all work does', () => {
    const { arrivals, fold, turn, isFolding } = bench()
    fold()
    arrivals.came()
    turn()
    expect(isFolding()).toBe(false)
    turn()
    expect(isFolding()).toBe(true)
  })
})

describe('a fold', () => {
  /** Others that take so many ms whenever the fold lets them. */
  function foldBeside(othersMs: number) {
    let now = 0
    const breathe = foldTurns({ afterEvents: (next) => next() }, () => now)
    const work = async (ms: number) => {
      let [folded, others] = [0, 0]
      while (folded < ms) {
        now++
        folded++
        const pause = breathe()
        if (!pause) continue
        now += othersMs
        others += othersMs
        await pause
      }
      return { folded, others }
    }
    return work
  }

  it('lets others have their turn every few ms', async () => {
    expect(await foldBeside(0)(12)).toEqual({ folded: 12, others: 0 })
    expect(await foldBeside(1)(12)).toEqual({ folded: 12, others: 3 })
  })

  it('has a fifth of the time, however long it has to stand back', async () => {
    for (const othersMs of [16, 24, 40]) {
      const { folded, others } = await foldBeside(othersMs)(1_200)
      expect(folded / (folded + others)).toBeCloseTo(0.2, 2)
    }
  })

  it('does not take long turns in return for long ones', async () => {
    expect(await foldBeside(200)(120)).toEqual({ folded: 120, others: 2_000 })
  })
})

describe('a fold in a thread of its own', () => {
  /**
   * Beside a thread in which events wait at some times. The fold works for `overrunMs` more than it is given.
   * @param isWaiting at a time, ms
   */
  function bench(isWaiting: (at: number) => boolean, { processors = 2, overrunMs = 0 } = {}) {
    let now = 0
    const waiting: Waiting = new Int32Array(new SharedArrayBuffer(4))
    const pass = (ms: number) => {
      now += ms
      waiting[0] = isWaiting(now) ? 1 : 0
    }
    const sleep = (next: () => void, ms: number) => {
      pass(ms)
      queueMicrotask(next)
    }
    const breathe = foldTurnsApart(waiting, { processors, now: () => now, sleep })
    return async (untilMs: number) => {
      let folded = 0
      while (now < untilMs) {
        pass(1)
        folded++
        const pause = breathe()
        if (!pause) continue
        pass(0)
        await pause
        pass(overrunMs)
        folded += overrunMs
      }
      return folded / now
    }
  }

  it('has its processor for itself where no events wait', async () => {
    expect(await bench(() => false)(1_000)).toBe(1)
  })

  it('has a fifth of it where they wait without end, however long its steps are', async () => {
    expect(await bench(() => true)(10_000)).toBeCloseTo(0.2, 2)
    expect(await bench(() => true, { overrunMs: 9 })(10_000)).toBeCloseTo(0.2, 2)
  })

  it('takes no moment between two requests for a lull', async () => {
    // Of five ms, events wait in four.
    const share = await bench((at) => at % 5 !== 0)(10_000)
    expect(share).toBeLessThan(0.3)
  })

  it('works on where a request comes now and then', async () => {
    // Every fifty ms, events wait for three.
    const share = await bench((at) => at % 50 < 3)(10_000)
    expect(share).toBeGreaterThan(0.8)
  })

  it('never stands back where there are processors enough', async () => {
    expect(await bench(() => true, { processors: 4 })(1_000)).toBe(1)
  })
})
