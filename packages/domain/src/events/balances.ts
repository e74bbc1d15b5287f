import { z } from 'zod'
import { currencyProblem } from '../currency.ts'
import { maxIdLength, programId } from '../ids.ts'
import { moneyRoles } from '../ledger/party.ts'
import { formatMinor } from '../money.ts'
import { exchanged, exchangeRateDigits } from '../payouts/exchange.ts'
import { unconvertedReasons } from '../payouts/withheld.ts'
import { quote } from '../quote.ts'
import { canonicalRate } from '../rate.ts'
import { plainText } from '../text.ts'
import { open, reason } from './fields.ts'
import { beneficiaryId, by, day, minorOf, signed } from './payouts.ts'

const currency = z
  .string()
  .check((context) => {
    const message = currencyProblem(context.value)
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value })
  })
  .meta({ pattern: '^[A-Z]{3}$' })

const rate = z
  .string()
  .transform((text, context) => {
    const canonical = canonicalRate(text, exchangeRateDigits)
    if (canonical !== undefined) return canonical
    context.issues.push({ code: 'custom', message: `${quote(text)} ${notExchangeRate}`, input: text })
    return z.NEVER
  })
  .meta({ pattern: '^\\d{1,8}(\\.\\d{1,10})?$' })

/** Why a text is no rate, to stand behind it. */
export const notExchangeRate =
  'is not a rate; write a decimal above zero with at most 8 digits before the point and 10 after it, such as "0.9213"'

const role = z.enum(moneyRoles).describe('In which it was earned')

const line = z.looseObject({
  beneficiaryId: beneficiaryId.describe('Whose balance it is'),
  role,
  from: signed.describe('The payable balance, which is brought to zero; below zero it is owed back'),
  to: signed.describe('What it comes to at the rate, rounded to the minor unit, halves away from zero'),
})

const carried = z.looseObject({
  beneficiaryId: beneficiaryId.describe('Whose balance it is'),
  role,
  value: signed.describe('The balance, which stays as it is'),
  reason: z.enum(unconvertedReasons).describe('Why it is not converted now'),
})

export const balancesConverted = open({
  programId,
  conversionId: plainText(maxIdLength).describe('The conversion of balances; unique within the program'),
  from: currency.describe('ISO 4217 code of the currency in which something was payable'),
  to: currency.describe('ISO 4217 code of the currency in which it is payable instead'),
  rate: rate.describe('Units of `to` for one unit of `from`: a decimal string above zero'),
  asOf: day.describe('The day whose payable balances are converted'),
  by: by.describe('Who converted them'),
  reason: reason.optional().describe('Why, in words, e.g. where the rate is from'),
  position: z.int().min(0).describe('The log position at which the balances were known'),
  lines: z.array(line).min(1).describe('Which balances are converted, and what they come to'),
  carried: z.array(carried).describe('Balances that are not converted now'),
})
  .check((context) => {
    const { from, to, rate, lines } = context.value
    if (from === to)
      context.issues.push({ code: 'custom', path: ['to'], message: `is ${from} as well`, input: context.value })
    for (const [index, line] of lines.entries()) {
      const minor = minorOf(line.from, from)
      const due = minor === undefined ? 0n : exchanged(minor, { from, to, rate })
      if (due !== 0n && minorOf(line.to, to) === due) continue
      const message =
        due === 0n
          ? `is no amount of ${from} that comes to anything in ${to}`
          : `comes to ${formatMinor(due, to)} ${to} at ${rate}, not to ${quote(line.to)}`
      context.issues.push({ code: 'custom', path: ['lines', index, 'from'], message, input: context.value })
    }
  })
  .describe('Payable balances were converted to another currency at a recorded rate. Comes from vouch payouts alone.')
