import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import { currencyProblem, digitsOf } from './currency.ts'
import { quote } from './quote.ts'

/** An amount as it travels: a decimal string with exactly the currency's digits, e.g. {"value":"49.90","currency":"EUR"}. */
export interface MoneyJson {
  readonly value: string
  /** ISO 4217, e.g. EUR. */
  readonly currency: string
}

/** How many digits may stand before the point. */
export const maxIntegerDigits = 12

const written = /^(\d+)(?:\.(\d+))?$/

/**
 * Brings an amount of a known currency to its canonical form, e.g. '049.9' EUR to '49.90'.
 * @returns on the left, why it is no amount: one sentence that says what would be right
 */
export function canonicalAmount(value: string, currency: string): Either<string, string> {
  const digits = digitsOf(currency)
  if (digits === undefined) return left(currencyProblem(currency) as string)
  const match = written.exec(value)
  if (!match) return left(amountProblem(value, digits))
  const whole = (match[1] as string).replace(/^0+(?=\d)/, '')
  const fraction = match[2] ?? ''
  if (fraction.length > digits) {
    const has = `${fraction.length} ${fraction.length === 1 ? 'digit' : 'digits'}`
    return left(`${quote(value)} has ${has} after the point, ${currency} has ${digits === 0 ? 'none' : digits}`)
  }
  if (whole.length > maxIntegerDigits) {
    return left(`${quote(value)} has ${whole.length} digits before the point; at most ${maxIntegerDigits} are taken`)
  }
  return right(digits === 0 ? whole : `${whole}.${fraction.padEnd(digits, '0')}`)
}

/** Why a text is no unsigned decimal number; the example has the currency's digits. */
function amountProblem(value: string, digits: number): string {
  const like = `write digits and at most one point, such as ${quote(digits === 0 ? '49' : `49.${'90'.padEnd(digits, '0').slice(0, digits)}`)}`
  const said = quote(value)
  if (value.trim() === '') return `is empty; ${like}`
  if (value !== value.trim()) return `${said} begins or ends with a blank; write ${quote(value.trim())}`
  if (/^[-−]/.test(value))
    return `${said} is negative; amounts are zero or above, and what is taken back is an event of its own`
  if (/^\+/.test(value)) return `${said} has a sign; write ${quote(value.slice(1))}`
  if (/^[\d.]+e[+-]?\d+$/i.test(value)) return `${said} is in exponent notation; ${like}`
  if (value.includes(',')) return `${said} has a comma; ${like}`
  return `${said} is not an amount; ${like}`
}

const notMoney = 'is not money; write an object such as {"value":"49.90","currency":"EUR"}'

type MoneyRule = 'zero allowed' | 'above zero'

/** Of a canonical amount. */
export const notAboveZero = /^[0.]+$/

/** For JSON Schema, which cannot look up the digits of a currency; none has more than 4. */
const pattern = '0*\\d{1,12}(\\.\\d{1,4})?'

/** A schema for money; the parsed value is canonical. */
export const money = (rule: MoneyRule) =>
  z
    .looseObject(
      {
        value: z
          .string()
          .describe('A decimal string with at most as many digits after the point as the currency has, e.g. "49.90"')
          .meta({ pattern: rule === 'above zero' ? `^(?=.*[1-9])${pattern}$` : `^${pattern}$` }),
        currency: z.string().describe('ISO 4217 code, e.g. EUR').meta({ pattern: '^[A-Z]{3}$' }),
      },
      { error: (issue) => (issue.input === undefined ? undefined : notMoney) },
    )
    .transform((given, context): MoneyJson => {
      const wrong = (field: 'value' | 'currency', message: string): never => {
        context.issues.push({ code: 'custom', path: [field], message, input: given })
        return z.NEVER
      }
      const badCurrency = currencyProblem(given.currency)
      if (badCurrency !== undefined) return wrong('currency', badCurrency)
      const amount = canonicalAmount(given.value, given.currency)
      if (amount._tag === 'Left') return wrong('value', amount.left)
      if (rule === 'above zero' && notAboveZero.test(amount.right)) {
        return wrong('value', `${quote(given.value)} is zero; the amount must be above zero`)
      }
      return { ...given, value: amount.right }
    })

const canonical = /^(-?)(\d+)(?:\.(\d+))?$/

/**
 * The amount in the currency's smallest unit: {"value":"49.90","currency":"EUR"} is 4990n.
 * @throws RangeError for an unknown currency, or a value that is no decimal with at most the currency's digits
 */
export function toMinor(money: MoneyJson): bigint {
  const digits = knownDigits(money.currency)
  const match = canonical.exec(money.value)
  const fraction = match?.[3] ?? ''
  if (!match || fraction.length > digits)
    throw new RangeError(`${quote(money.value)} is no amount of ${money.currency}.`)
  const minor = BigInt(match[2] + fraction.padEnd(digits, '0'))
  return match[1] === '-' ? -minor : minor
}

/**
 * The canonical decimal string of an amount in the smallest unit, which may be below zero: -5n EUR is '-0.05'.
 * @throws RangeError for an unknown currency
 */
export function formatMinor(minor: bigint, currency: string): string {
  const digits = knownDigits(currency)
  const sign = minor < 0n ? '-' : ''
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0')
  if (digits === 0) return sign + text
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

function knownDigits(currency: string): number {
  const digits = digitsOf(currency)
  if (digits === undefined) throw new RangeError(`${currencyProblem(currency)}.`)
  return digits
}
