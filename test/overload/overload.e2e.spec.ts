import { beforeAll, describe, expect, it } from 'vitest'
import { type Outcome, overload } from './overload.ts'

/** Settings that are reached on any machine: what is held to them here is that they hold, not how fast it is. */
const maxWaitMs = 100
const pendingBytes = 64 * 2 ** 20

describe('a server that is offered more than it can take', () => {
  let outcome: Outcome
  beforeAll(async () => {
    outcome = await overload({
      seconds: 4,
      tryOutSeconds: 1,
      quietSeconds: 1,
      times: 4,
      env: { VOUCH_MAX_WAIT_MS: String(maxWaitMs) },
    })
  })

  it('turns away what would wait too long, with a time to come back', () => {
    // That each 429 has a Retry-After, its sender sees to.
    expect(outcome.counts['turned away']).toBeGreaterThan(0)
    expect(outcome.counts.accepted).toBeGreaterThan(0)
    expect(outcome.counts.unanswered).toBe(0)
  })

  it('keeps what it accepted, once, and nothing that it turned away', () => {
    expect(outcome.problems).toEqual([])
    expect(outcome.verified).toMatch(/ tables equal the fold of the log up to position /)
  })

  it('goes on taking what a small sender sends', () => {
    const sent = outcome.during.reduce((all, second) => all + second.offeredBySmall, 0)
    const accepted = outcome.during.reduce((all, second) => all + second.latencies.small.length, 0)
    expect(sent).toBeGreaterThan(0)
    expect(accepted).toBeGreaterThan(sent / 2)
  })

  it('says meanwhile that it lives, and holds no more than it may', () => {
    const samples = outcome.during.flatMap(({ server }) => (server ? [server] : []))
    expect(samples.length).toBeGreaterThan(0)
    for (const sample of samples) expect(sample.pendingBytes).toBeLessThanOrEqual(pendingBytes)
  })

  it('is as before when it is over: nothing waits, and the tables are complete', () => {
    const last = outcome.after.findLast(({ server }) => server !== undefined)?.server
    expect(last).toMatchObject({ pendingBytes: 0, expectedWaitMs: 0, behind: 0 })
  })
})
