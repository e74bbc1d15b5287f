import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { daysOf, monthForm, monthOfDay, nextMonth } from './month.ts'

describe('a month', () => {
  it.each([
    ['2026-03', '2026-03-01', '2026-03-31'],
    ['2026-02', '2026-02-01', '2026-02-28'],
    ['2028-02', '2028-02-01', '2028-02-29'],
    ['2026-12', '2026-12-01', '2026-12-31'],
  ])('%s is from %s to %s', (month, first, last) => {
    expect(daysOf(month)).toStrictEqual({ first, last })
  })

  it('has every day that is of it between its first and its last, and of no other month', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('2149-01-01'), noInvalidDate: true }),
        (date) => {
          const day = date.toISOString().slice(0, 10)
          const month = monthOfDay(day)
          expect(month).toMatch(monthForm)
          const { first, last } = daysOf(month)
          expect(first <= day && day <= last).toBe(true)
          expect(daysOf(nextMonth(month)).first > last).toBe(true)
          expect(monthOfDay(last)).toBe(month)
        },
      ),
    )
  })
})
