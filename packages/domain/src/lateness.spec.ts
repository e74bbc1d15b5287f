import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventTypes } from './events/catalog.ts'
import type { EventType } from './events/types.ts'
import { advanceClock, canBeLate, lateBy } from './lateness.ts'

const click = (time: number) => ({ type: 'vouch.click.v1', time }) as const
const refund = (time: number) => ({ type: 'vouch.refund.v1', time }) as const

describe('what can be late', () => {
  it('is what people do: clicks, shares, signups and conversions, and nothing else', () => {
    expect(eventTypes.filter(canBeLate)).toStrictEqual([
      'vouch.click.v1',
      'vouch.share.v1',
      'vouch.signup.v1',
      'vouch.conversion.v1',
    ])
  })
})

describe('the program’s clock', () => {
  it.each<[string, number | undefined, { type: EventType; time: number }, number, number | undefined]>([
    ['starts with the first fact', undefined, click(100), 200, 100],
    ['goes forward', 100, click(150), 200, 150],
    ['never goes back', 100, click(50), 200, 100],
    ['is never later than the recording', undefined, click(500), 200, 200],
    ['goes forward no further than the recording', 100, click(500), 200, 200],
    ['does not go back to an earlier recording', 300, click(500), 200, 300],
    ['does not start with what cannot be late', undefined, refund(100), 200, undefined],
    ['is not moved by what cannot be late', 100, refund(150), 200, 100],
  ])('%s', (_, clock, event, recordedAt, after) => {
    expect(advanceClock(clock, event, recordedAt)).toBe(after)
  })

  it('is, after any log, the latest of the earlier of time and recording', () => {
    const entry = fc.record({ type: fc.constantFrom(...eventTypes), time: fc.nat(1000), recordedAt: fc.nat(1000) })
    fc.assert(
      fc.property(fc.array(entry), (log) => {
        let clock: number | undefined
        for (const { recordedAt, ...event } of log) clock = advanceClock(clock, event, recordedAt)
        const times = log.filter(({ type }) => canBeLate(type)).map((it) => Math.min(it.time, it.recordedAt))
        expect(clock).toBe(times.length === 0 ? undefined : Math.max(...times))
      }),
    )
  })
})

describe('lateness', () => {
  it.each<[string, number | undefined, { type: EventType; time: number }, number]>([
    ['is how far a fact lies behind the clock', 100, click(60), 40],
    ['is none at the clock', 100, click(100), 0],
    ['is none before it', 100, click(140), 0],
    ['is none before the first fact', undefined, click(60), 0],
    ['is none of what cannot be late', 100, refund(60), 0],
  ])('%s', (_, clock, event, late) => {
    expect(lateBy(clock, event)).toBe(late)
  })
})
