import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPace } from './pace.ts'

describe('the pace', () => {
  it('is what is assumed until there is something to measure', () => {
    expect(createPace(7).perMs()).toBe(7)
  })

  it.each([50, 5_000])('becomes what is measured: %d a ms', (perMs) => {
    const pace = createPace(1_000)
    for (let now = 0; now < 60_000; now += 10) {
      pace.begin(now)
      pace.end(now + 10, perMs * 10)
    }
    expect(pace.perMs()).toBeCloseTo(perMs, -1)
  })

  it('is that of all who work at once, not of each', () => {
    const pace = createPace(1)
    for (let now = 0; now < 60_000; now += 10) {
      for (let one = 0; one < 4; one++) pace.begin(now)
      for (let one = 0; one < 4; one++) pace.end(now + 10, 100)
    }
    expect(pace.perMs()).toBeCloseTo(40, 1)
  })

  it('does not change while there is nothing to do', () => {
    const pace = createPace(10)
    pace.begin(0)
    pace.end(1_000, 500)
    const measured = pace.perMs()
    pace.begin(1_000_000)
    expect(pace.perMs()).toBe(measured)
  })

  it('falls while work is under way and nothing gets done', () => {
    const pace = createPace(10)
    pace.begin(0)
    pace.begin(10_000)
    expect(pace.perMs()).toBeLessThan(0.05)
  })

  it('is never below zero, whatever comes', () => {
    const step = fc.record({ wait: fc.nat(10_000), units: fc.nat(1_000_000), ends: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const pace = createPace(1)
        let now = 0
        let underWay = 0
        for (const { wait, units, ends } of steps) {
          now += wait
          if (ends && underWay > 0) {
            pace.end(now, units)
            underWay--
          } else {
            pace.begin(now)
            underWay++
          }
          expect(pace.perMs()).toBeGreaterThanOrEqual(0)
          expect(Number.isFinite(pace.perMs())).toBe(true)
        }
      }),
    )
  })
})
