/** Digits that a float counts exactly whatever they are. */
const exactDigits = 15

const [zero, nine, minus, point] = [48, 57, 45, 46]

/**
 * The number that a decimal's digits are once the point is moved `scale` places: '-1.5' at scale 4 is -15000.
 * @returns undefined for what is no decimal, or has more digits behind the point
 */
export function scaledInteger(text: string, scale: number): number | bigint | undefined {
  const { length } = text
  const start = text.charCodeAt(0) === minus ? 1 : 0
  let value = 0
  let digits = 0
  let places = -1
  for (let index = start; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code === point && places < 0 && digits > 0) {
      places = 0
    } else if (code >= zero && code <= nine) {
      value = value * 10 + code - zero
      digits++
      if (places >= 0) places++
    } else {
      return undefined
    }
  }
  if (digits === 0 || places === 0 || places > scale) return undefined
  const missing = scale - Math.max(places, 0)
  if (digits + missing > exactDigits) return BigInt(text.replace('.', '')) * 10n ** BigInt(missing)
  const scaled = value * (powers[missing] as number)
  // Negative zero has other bits as a float, and none as an integer; this keeps it out of here.
  return start === 1 && scaled !== 0 ? -scaled : scaled
}

const powers = Array.from({ length: exactDigits + 1 }, (_, exponent) => 10 ** exponent)

const dayMs = 86_400_000

/** 'YYYY-MM-DD' as days since the epoch; undefined for anything else. */
export function daysOf(text: string): number | undefined {
  if (text.length !== 10) return undefined
  const days = dayIn(text)
  return Number.isNaN(days) ? undefined : days
}

/** 'YYYY-MM-DD hh:mm:ss.sss', UTC, with or without its fraction, as ms since the epoch; undefined for anything else. */
export function msOf(text: string): number | undefined {
  const { length } = text
  if (length !== 23 && length !== 19) return undefined
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  const ms = length === 19 ? 0 : 10 * twoDigits(text, 20) + digit(text, 22)
  const marks = text[10] === ' ' && text[13] === ':' && text[16] === ':' && (length === 19 || text[19] === '.')
  if (!marks || !(hour < 24 && minute < 60 && second < 60)) return undefined
  const time = dayIn(text) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000 + ms
  return Number.isNaN(time) ? undefined : time
}

let lastDate = Number.NaN
let lastDay = Number.NaN

/** Of the first ten characters; NaN if they are no day. Rows that follow on each other mostly share it. */
function dayIn(text: string): number {
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2)
  const date = (year * 100 + twoDigits(text, 5)) * 100 + twoDigits(text, 8)
  if (text[4] !== '-' || text[7] !== '-') return Number.NaN
  if (date === lastDate) return lastDay
  const time = Date.parse(text.slice(0, 10))
  // What rolls over into the next month is no day.
  const isDay = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 10))
  if (!isDay) return Number.NaN
  ;[lastDate, lastDay] = [date, time / dayMs]
  return lastDay
}

/** NaN where there is no digit, which stays NaN whatever is computed with it. */
function digit(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code >= zero && code <= nine ? code - zero : Number.NaN
}

const twoDigits = (text: string, at: number): number => 10 * digit(text, at) + digit(text, at + 1)
