import { quote } from '../quote.ts'

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/** UTC as machines write it, in years and on days that there are for sure: what JavaScript reads alike, and faster. */
const usual =
  /^(?:19[7-9]|20\d)\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/

/** The last day a ClickHouse Date can hold is 2149-06-06. */
const end = Date.UTC(2149, 5, 7)

const day = 86_400_000

/**
 * Reads an RFC 3339 time with its offset, kept to the millisecond (further digits are cut).
 * @returns ms since the epoch, UTC; or a sentence that says why not and what would be right
 */
export function readTime(text: string): number | string {
  if (usual.test(text)) return Date.parse(text)
  const match = rfc3339.exec(text)
  if (!match) return malformed(text)
  const [, year, month, date, hour, minute, second, fraction, sign, offsetHour, offsetMinute] =
    match as unknown as string[]
  const ms = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'))
  const [y, mo, d, h, mi, s] = [Number(year), Number(month), Number(date), Number(hour), Number(minute), Number(second)]
  // Date.UTC takes years below 100 as 19xx and lets what is out of range run over, so both are looked at first.
  if (mo < 1 || mo > 12 || d < 1 || d > daysIn(y, mo)) return `${quote(text)} is on a day that does not exist`
  if (s === 60) return `${quote(text)} is a leap second, which is not kept; write second 59, or 00 of the next minute`
  if (h > 23 || mi > 59 || s > 59)
    return `${quote(text)} has a time of day that does not exist; it goes from 00:00:00 to 23:59:59`
  // The last hours of 1969 can be 1970 in UTC.
  if (y < 1969) return tooEarly(text)
  let time = Date.UTC(y, mo - 1, d, h, mi, s, ms)
  if (sign !== undefined) {
    if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return `${quote(text)} has an offset that does not exist`
    const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000
    time += sign === '+' ? -offset : offset
  }
  if (time < 0) return tooEarly(text)
  if (time >= end) return `${quote(text)} is too late; times end with 2149-06-06`
  return time
}

/** Why a time cannot be when something happened that is reported at `now`; clocks may be ahead by less than a day. */
export function futureProblem(time: number, now: number): string | undefined {
  if (time < now + day) return undefined
  return `is ${new Date(time).toISOString()}, a day or more after now (${new Date(now).toISOString()}); an event is reported once it has happened`
}

const tooEarly = (text: string): string => `${quote(text)} is before 1970-01-01, where times begin`

function malformed(text: string): string {
  const like = 'write RFC 3339 with an offset, such as "2026-03-01T12:00:00Z"'
  if (/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?$/.test(text)) return `${quote(text)} has no offset from UTC; ${like}`
  return `${quote(text)} is not a time; ${like}`
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
