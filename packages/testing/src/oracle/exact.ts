/** Exact arithmetic on bigints: fractions, one rounding, one way to split. */

export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** Reads a decimal as it is written: '12.5', '-3', or a JSON number such as 0.4 or 1e-7. */
export function fraction(decimal: string | number): Fraction {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(String(decimal).trim())
  if (!match) throw new Error(`not a decimal number: ${decimal}`)
  const [, sign = '', whole = '', places = '', exponentText = '0'] = match
  const exponent = Number(exponentText) - places.length
  const digits = BigInt(`${sign}${whole}${places}`)
  return exponent >= 0
    ? { numerator: digits * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-exponent) }
}

export function times(left: Fraction, right: Fraction): Fraction {
  return { numerator: left.numerator * right.numerator, denominator: left.denominator * right.denominator }
}

/** Below zero, zero or above, as left is less than, equal to or greater than right; denominators are above zero. */
export function compareFractions(left: Fraction, right: Fraction): number {
  const difference = left.numerator * right.denominator - right.numerator * left.denominator
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The nearest integer; halves go away from zero. */
export function roundHalfAway({ numerator, denominator }: Fraction): bigint {
  const magnitude = numerator < 0n ? -numerator : numerator
  const rounded = (2n * magnitude + denominator) / (2n * denominator)
  return numerator < 0n ? -rounded : rounded
}

/** Integer parts of `whole`, proportional to `weights`, by largest remainders; equal remainders go to the earlier part. */
export function split(whole: bigint, weights: readonly bigint[]): bigint[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0n)
  if (all === 0n) return weights.map(() => 0n)
  const parts = weights.map((weight) => (whole * weight) / all)
  const remainders = weights.map((weight) => (whole * weight) % all)
  const missing = Number(whole - parts.reduce((sum, part) => sum + part, 0n))
  const byRemainder = weights
    .map((_, index) => index)
    .sort((a, b) => {
      const [left = 0n, right = 0n] = [remainders[a], remainders[b]]
      return left > right ? -1 : left < right ? 1 : a - b
    })
  const luckier = new Set(byRemainder.slice(0, missing))
  return parts.map((part, index) => (luckier.has(index) ? part + 1n : part))
}

const digitsByCurrency: Readonly<Record<string, number>> = {
  EUR: 2,
  USD: 2,
  GBP: 2,
  CHF: 2,
  PLN: 2,
  SEK: 2,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  BHD: 3,
  CLF: 4,
}

/** Digits of the currency's minor unit; the auditor knows a handful only and says so. */
export function digitsOf(currency: string): number {
  const digits = digitsByCurrency[currency]
  if (digits === undefined) throw new Error(`the oracle does not know the currency ${currency}; add it to exact.ts`)
  return digits
}

export interface Money {
  readonly value: string
  readonly currency: string
}

/** Minor units; money with more digits than its currency has is an error. */
export function minorUnits(value: string, currency: string): bigint {
  const { numerator, denominator } = times(fraction(value), fraction(`1e${digitsOf(currency)}`))
  if (numerator % denominator !== 0n) throw new Error(`${value} ${currency} has too many digits`)
  return numerator / denominator
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** '30d' to milliseconds. */
export function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text)
  const unit = unitMs[match?.[2] ?? '']
  if (!match || unit === undefined) throw new Error(`not a duration: ${text}`)
  return Number(match[1]) * unit
}
