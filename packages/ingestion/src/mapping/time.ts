import { type Either, left, right } from 'fp-ts/lib/Either.js'

/** Reads a column's text as a time: ISO 8601 in UTC, or a reason why it is none. */
export type TimeReader = (text: string) => Either<string, string>

interface Fields {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
}

/**
 * @param format `iso` (ISO 8601, a blank for the T allowed), `epoch-seconds`, `epoch-milliseconds`, or a pattern of YYYY MM DD
 *   HH mm ss SSS and literal text, e.g. `DD.MM.YYYY HH:mm`
 * @param timezone `UTC`, an offset such as `+02:00`, or a name such as `Europe/Berlin`, for times that have no offset of their
 *   own. A local time that a change of clocks skips is refused; one that it repeats is taken as the first of the two.
 * @returns what is wrong with the format or the time zone
 */
export function timeReader(format = 'iso', timezone?: string): Either<string, TimeReader> {
  const zone = timezone === undefined ? undefined : zoneOf(timezone)
  if (timezone !== undefined && zone === undefined) {
    return left(`"${timezone}" is no time zone; write UTC, an offset such as +02:00, or a name such as Europe/Berlin`)
  }
  if (format === 'epoch-seconds') return right(epochReader(1000))
  if (format === 'epoch-milliseconds') return right(epochReader(1))
  if (format === 'iso') return right(isoReader(zone))
  const pattern = patternOf(format)
  if (pattern === undefined) {
    return left(
      `"${format}" is no format; write iso, epoch-seconds, epoch-milliseconds, or a pattern with YYYY, MM and DD, each once, e.g. DD.MM.YYYY HH:mm`,
    )
  }
  if (zone === undefined)
    return left(`the format "${format}" has no offset, so the mapping must say timezone: UTC or another`)
  return right((text) => {
    const found = pattern.exec(text.trim())?.groups
    return found === undefined ? left(`${show(text)} is not written as ${format}`) : utc(text, fieldsOf(found), zone)
  })
}

const iso =
  /^(?<YYYY>\d{4})-(?<MM>\d\d)-(?<DD>\d\d)(?:[T ](?<HH>\d\d):(?<mm>\d\d)(?::(?<ss>\d\d)(?:[.,](?<SSS>\d{1,9}))?)?)? ?(?<offset>Z|[+-]\d\d(?::?\d\d)?)?$/i

function isoReader(zone: Zone | undefined): TimeReader {
  return (text) => {
    const found = iso.exec(text.trim())?.groups
    if (found === undefined) return left(`${show(text)} is no ISO 8601 time, e.g. 2026-03-01T12:00:00Z`)
    const own = found.offset === undefined ? zone : zoneOf(found.offset)
    if (own === undefined)
      return left(`${show(text)} has no offset; add one, or say timezone: UTC or another in the mapping`)
    return utc(text, fieldsOf(found), own)
  }
}

/** Digits are moved in the text, so that no binary fraction rounds a millisecond away. */
function epochReader(unitMs: 1 | 1000): TimeReader {
  const unit = unitMs === 1 ? 'milliseconds' : 'seconds'
  return (text) => {
    const found = /^(\d{1,15})(?:\.(\d+))?$/.exec(text.trim())
    if (found === null) return left(`${show(text)} is no number of ${unit} since 1970`)
    const ms = Number(found[1]) * unitMs + (unitMs === 1 ? 0 : Number((found[2] ?? '').slice(0, 3).padEnd(3, '0')))
    const date = new Date(ms)
    return Number.isNaN(date.getTime())
      ? left(`${show(text)} is too large for a number of ${unit} since 1970`)
      : right(date.toISOString())
  }
}

const tokens = ['YYYY', 'MM', 'DD', 'HH', 'mm', 'ss', 'SSS'] as const

function patternOf(format: string): RegExp | undefined {
  const seen: string[] = []
  const source = format.replace(/YYYY|MM|DD|HH|mm|ss|SSS|./gs, (part) => {
    if (!(tokens as readonly string[]).includes(part)) return part.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&')
    seen.push(part)
    return `(?<${part}>\\d{${part.length}})`
  })
  const once = new Set(seen).size === seen.length
  return once && ['YYYY', 'MM', 'DD'].every((part) => seen.includes(part)) ? new RegExp(`^${source}$`) : undefined
}

const fieldsOf = (found: Readonly<Record<string, string | undefined>>): Fields => ({
  year: Number(found.YYYY),
  month: Number(found.MM),
  day: Number(found.DD),
  hour: Number(found.HH ?? 0),
  minute: Number(found.mm ?? 0),
  second: Number(found.ss ?? 0),
  millisecond: Number((found.SSS ?? '').slice(0, 3).padEnd(3, '0')),
})

function utc(text: string, fields: Fields, zone: Zone): Either<string, string> {
  const { year, month, day, hour, minute, second, millisecond } = fields
  const local = Date.UTC(year, month - 1, day, hour, minute, second, millisecond)
  const date = new Date(local)
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  if (!real || year < 100) return left(`${show(text)} is no time that there is`)
  const instant = zone.instantOf(local)
  return instant === undefined
    ? left(`${show(text)} does not exist in ${zone.name}: the clocks went forward over it`)
    : right(new Date(instant).toISOString())
}

interface Zone {
  readonly name: string
  /** The instant at which clocks there show `local` (given as if it were UTC); the first if they show it twice. */
  instantOf(local: number): number | undefined
}

function zoneOf(name: string): Zone | undefined {
  if (/^(?:utc|z)$/i.test(name)) return { name, instantOf: (local) => local }
  const offset = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(name)
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0)
    if (minutes > 18 * 60 || Number(offset[3] ?? 0) > 59) return undefined
    const ms = (offset[1] === '-' ? -minutes : minutes) * 60_000
    return { name, instantOf: (local) => local - ms }
  }
  return namedZone(name)
}

const dayMs = 86_400_000

function namedZone(name: string): Zone | undefined {
  let clock: Intl.DateTimeFormat
  try {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
  } catch {
    return undefined
  }
  const offsetAt = (instant: number): number => {
    const parts: Record<string, number> = {}
    for (const { type, value } of clock.formatToParts(instant)) parts[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000
  }
  return {
    name,
    instantOf(local) {
      // A day before and a day after, the offset is the one before and after any change of clocks near by.
      const candidates = [local - offsetAt(local - dayMs), local - offsetAt(local + dayMs)]
      return candidates.filter((instant) => instant + offsetAt(instant) === local).sort((a, b) => a - b)[0]
    },
  }
}

const show = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
