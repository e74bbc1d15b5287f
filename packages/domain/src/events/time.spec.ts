import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { time } from './events.arbitraries.ts'
import { readTime } from './time.ts'

describe('a time', () => {
  it.each<[string, number]>([
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01T01:00:00+01:00', 0],
    ['1969-12-31T23:00:00.001-01:00', 1],
    ['2026-03-01t12:00:00z', 1772366400000],
    ['2026-03-01T12:00:00.1239Z', 1772366400123],
    ['2026-03-01T12:00:00.5Z', 1772366400500],
    ['2026-03-01T12:00:00-00:00', 1772366400000],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
    ['2149-06-06T23:59:59.999Z', Date.UTC(2149, 5, 7) - 1],
  ])('%s', (text, ms) => {
    expect(readTime(text)).toBe(ms)
  })

  it('is read to the millisecond whatever its offset', () => {
    fc.assert(fc.property(time, ({ text, ms }) => readTime(text) === ms))
  })

  it('as machines write it is read as any other: what can be is, the rest is refused', () => {
    const digits = (from: number, to: number, length: number) =>
      fc.integer({ min: from, max: to }).map((n) => String(n).padStart(length, '0'))
    const parts = [
      digits(1960, 2200, 4),
      digits(0, 13, 2),
      digits(0, 32, 2),
      digits(0, 25, 2),
      digits(0, 61, 2),
    ] as const
    const fraction = fc.constantFrom('', '.000', '.007', '.120', '.999')
    fc.assert(
      fc.property(fc.tuple(...parts, digits(0, 61, 2), fraction), ([y, mo, d, h, mi, s, f]) => {
        const text = `${y}-${mo}-${d}T${h}:${mi}:${s}${f}`
        const [usual, unusual] = [readTime(`${text}Z`), readTime(`${text}z`)]
        expect(typeof usual === 'string' ? usual.replace('Z', 'z') : usual).toBe(unusual)
      }),
      { numRuns: 5_000 },
    )
  })

  const like = 'write RFC 3339 with an offset, such as "2026-03-01T12:00:00Z"'
  it.each<[string, string]>([
    ['2026-03-01T12:00:00', `has no offset from UTC; ${like}`],
    ['2026-03-01 12:00:00', `has no offset from UTC; ${like}`],
    ['2026-03-01 12:00:00Z', `is not a time; ${like}`],
    ['2026-03-01', `is not a time; ${like}`],
    ['2026-03-01T12:00Z', `is not a time; ${like}`],
    ['2026-03-01T12:00:00,5Z', `is not a time; ${like}`],
    ['2026-02-29T00:00:00Z', 'is on a day that does not exist'],
    ['2100-02-29T00:00:00Z', 'is on a day that does not exist'],
    ['2026-04-31T00:00:00Z', 'is on a day that does not exist'],
    ['2026-00-01T00:00:00Z', 'is on a day that does not exist'],
    ['2026-13-01T00:00:00Z', 'is on a day that does not exist'],
    ['2026-01-00T00:00:00Z', 'is on a day that does not exist'],
    ['2026-01-01T24:00:00Z', 'has a time of day that does not exist; it goes from 00:00:00 to 23:59:59'],
    ['2026-01-01T00:60:00Z', 'has a time of day that does not exist; it goes from 00:00:00 to 23:59:59'],
    ['2026-01-01T00:00:61Z', 'has a time of day that does not exist; it goes from 00:00:00 to 23:59:59'],
    ['2016-12-31T23:59:60Z', 'is a leap second, which is not kept; write second 59, or 00 of the next minute'],
    ['2026-01-01T00:00:00+24:00', 'has an offset that does not exist'],
    ['2026-01-01T00:00:00+01:60', 'has an offset that does not exist'],
    ['1969-12-31T23:59:59Z', 'is before 1970-01-01, where times begin'],
    ['1970-01-01T00:00:00+01:00', 'is before 1970-01-01, where times begin'],
    ['1969-01-01T00:00:00Z', 'is before 1970-01-01, where times begin'],
    ['0070-01-01T00:00:00Z', 'is before 1970-01-01, where times begin'],
    ['2149-06-07T00:00:00Z', 'is too late; times end with 2149-06-06'],
    ['9999-12-31T23:59:59Z', 'is too late; times end with 2149-06-06'],
  ])('%s is refused', (text, reason) => {
    expect(readTime(text)).toBe(`"${text}" ${reason}`)
  })
})
