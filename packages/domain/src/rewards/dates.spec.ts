import { describe, expect, it } from 'vitest'
import { availableOn, monthOf } from './dates.ts'

describe('the day from which a reward is payable', () => {
  it.each<[string, number, string]>([
    ['2026-01-10T00:00:00.000Z', 0, '2026-01-10'],
    ['2026-01-10T23:59:59.999Z', 0, '2026-01-10'],
    ['2026-01-10T23:59:59.999Z', 1, '2026-01-11'],
    ['2026-01-10T12:00:00Z', 30, '2026-02-09'],
    ['2028-02-28T12:00:00Z', 1, '2028-02-29'],
    ['2026-12-31T12:00:00Z', 1, '2027-01-01'],
    ['2026-01-01T00:00:00Z', 3650, '2035-12-30'],
    // The clocks of many countries change on this night; UTC days do not.
    ['2026-03-28T23:30:00Z', 1, '2026-03-29'],
  ])('earned at %s and held %s days: %s', (earned, holdDays, day) => {
    expect(availableOn(Date.parse(earned), holdDays)).toBe(day)
  })
})

describe('the month', () => {
  it.each([
    ['2026-01-31T23:59:59.999Z', '2026-01'],
    ['2026-02-01T00:00:00.000Z', '2026-02'],
    ['2026-02-01T00:30:00.000+01:00', '2026-01'],
  ])('of %s is the UTC month %s', (time, month) => {
    expect(monthOf(Date.parse(time))).toBe(month)
  })
})
