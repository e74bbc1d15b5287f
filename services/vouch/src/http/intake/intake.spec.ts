import { describe, expect, it } from 'vitest'
import { createIntake, type IntakeLimits, isTurnedAway, type TurnedAway, type Visit } from './intake.ts'

const kilobyte = 1_024
const limits: IntakeLimits = {
  maxWaitMs: 1_000,
  pendingBytes: 4_000 * kilobyte,
  bodyBytes: 1_000 * kilobyte,
  requestsAtOnce: 2_000,
}

/** An intake whose disk does so many kilobytes a second, by a clock of its own. A request costs one more. */
function bench(more: Partial<IntakeLimits> = {}) {
  let now = 0
  const intake = createIntake({ ...limits, ...more }, () => now)
  const send = (sender: string, kilobytes: number): Visit | TurnedAway => {
    const visit = intake.enter(sender, kilobytes * kilobyte)
    if (isTurnedAway(visit)) return visit
    const refused = visit.receive(kilobytes * kilobyte) ?? visit.wait()
    if (refused) visit.end()
    return refused ?? visit
  }
  const work = (visit: Visit | TurnedAway, ms: number) => {
    now += ms
    if (isTurnedAway(visit)) throw new Error(`turned away for ${visit.reason}`)
    visit.done()
    visit.end()
  }
  /** Gets it used to 100 kB a second. */
  const settle = () => {
    for (let n = 0; n < 100; n++) work(send('a', 99), 1_000)
  }
  return { intake, send, work, settle, pass: (ms: number) => (now += ms) }
}

describe('the intake', () => {
  it('turns away what would wait longer than it may, and says for how long', () => {
    const { send, settle, intake } = bench()
    settle()
    const letIn = Array.from({ length: 20 }, () => send('a', 9)).filter((it) => !isTurnedAway(it))
    expect(letIn.length).toBe(10)
    expect(intake.expectedWaitMs()).toBeCloseTo(1_000, -1)
    expect(send('a', 199)).toEqual({ reason: 'wait', retryAfterSeconds: 3 })
  })

  it('does so by the headers alone, before a body comes', () => {
    const { send, settle, intake } = bench()
    settle()
    send('a', 99)
    expect(intake.enter('a', 9 * kilobyte)).toEqual({ reason: 'wait', retryAfterSeconds: 2 })
  })

  it('looks again when a body is there, for many may have come at once', () => {
    const { settle, intake } = bench()
    settle()
    const visits = Array.from({ length: 20 }, () => intake.enter('a', 9 * kilobyte))
    const answers = visits.map((visit) => {
      if (isTurnedAway(visit)) throw new Error('nothing waits yet')
      return visit.receive(9 * kilobyte) ?? visit.wait()
    })
    expect(answers.filter((it) => it === undefined).length).toBe(10)
    expect(answers.at(-1)).toEqual({ reason: 'wait', retryAfterSeconds: 2 })
  })

  it('takes anything where nothing waits, however long it takes', () => {
    const { send, settle, work } = bench()
    settle()
    work(send('a', 900), 9_000)
    work(send('b', 900), 9_000)
  })

  it('lets a small sender in, however much a large one sends', () => {
    const { send, settle } = bench()
    settle()
    while (!isTurnedAway(send('large', 9)));
    expect(isTurnedAway(send('small', 1))).toBe(false)
    expect(isTurnedAway(send('another', 1))).toBe(false)
    // And no further one of the large sender's, who has more than its share.
    expect(isTurnedAway(send('large', 1))).toBe(true)
  })

  it('lets nobody wait longer than twice as long, however many there are', () => {
    const { send, settle, intake } = bench()
    settle()
    for (let n = 0; n < 500; n++) send(`sender ${n}`, 9)
    expect(intake.expectedWaitMs()).toBeLessThanOrEqual(2_010)
  })

  it('shares what can be done in time among those who wait', () => {
    const { send, settle } = bench()
    settle()
    const counts = { a: 0, b: 0, c: 0 }
    for (let n = 0; n < 100; n++)
      for (const sender of ['a', 'b', 'c'] as const) if (!isTurnedAway(send(sender, 4))) counts[sender]++
    expect(counts).toEqual({ a: 6, b: 6, c: 6 })
  })

  it('takes less when the disk grows slow', () => {
    const { send, settle, work } = bench()
    settle()
    work(send('a', 9), 20_000)
    const letIn = Array.from({ length: 20 }, () => send('a', 9)).filter((it) => !isTurnedAway(it))
    // As little as is always let in, since nothing gets done any more.
    expect(letIn.length).toBe(6)
  })

  it('holds no more bytes than it may, nor more of one sender than half', () => {
    const { intake } = bench()
    const hold = (sender: string) => {
      const visit = intake.enter(sender, 0)
      if (isTurnedAway(visit)) throw new Error('it is not full')
      return [visit, visit.receive(1_000 * kilobyte)] as const
    }
    expect([hold('a')[1], hold('a')[1]]).toEqual([undefined, undefined])
    expect(hold('a')[1]).toEqual({ reason: 'memory', retryAfterSeconds: 1 })
    const [b] = hold('b')
    expect([hold('b')[1], hold('c')[1]]).toEqual([undefined, { reason: 'memory', retryAfterSeconds: 1 }])
    expect(intake.pendingBytes()).toBe(limits.pendingBytes)
    b.end()
    b.end()
    expect(intake.pendingBytes()).toBe(limits.pendingBytes - 1_000 * kilobyte)
    expect(hold('c')[1]).toBe(undefined)
  })

  it('counts the memory of who went away until its work is done', () => {
    const { intake } = bench()
    const visit = intake.enter('a', 0)
    if (isTurnedAway(visit)) throw new Error('it is not full')
    visit.receive(5 * kilobyte)
    visit.wait()
    visit.end()
    expect(intake.pendingBytes()).toBe(5 * kilobyte)
    visit.done()
    expect([intake.pendingBytes(), intake.expectedWaitMs()]).toEqual([0, 0])
  })

  it('works on so many requests at once, and on half as many of one sender', () => {
    const { intake } = bench({ requestsAtOnce: 4 })
    const entered = ['a', 'a', 'a', 'b', 'b', 'c'].map((sender) => isTurnedAway(intake.enter(sender, 10)))
    expect(entered).toEqual([false, false, true, false, false, true])
  })
})
