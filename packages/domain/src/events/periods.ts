import { z } from 'zod'
import { maxIdLength, programId } from '../ids.ts'
import { moneyRoles } from '../ledger/party.ts'
import { toMinor } from '../money.ts'
import { monthForm } from '../periods/month.ts'
import { quote } from '../quote.ts'
import { plainText } from '../text.ts'
import { open } from './fields.ts'
import { by, signed } from './payouts.ts'

const period = z
  .string()
  .check((context) => {
    if (monthForm.test(context.value)) return
    const message = `${quote(context.value)} is not a month; write one such as "2026-03"`
    context.issues.push({ code: 'custom', message, input: context.value })
  })
  .meta({ pattern: monthForm.source })
  .describe('The month')

const added = (what: string) => signed.optional().describe(`${what}, as what it adds to what is owed; zero if left out`)

const totals = z
  .looseObject({
    role: z.enum(moneyRoles).describe('In which it is owed'),
    beneficiaryId: plainText(maxIdLength).describe('To whom'),
    currency: z.string().describe('ISO 4217 code'),
    opening: signed.optional().describe('What was owed when the month began'),
    earned: added('What was earned'),
    reversed: added('What was taken back'),
    paid: added('What was paid, or came back'),
    writtenOff: added('What was given up'),
    converted: added('What exchanges did'),
    adjusted: added('What belongs to months that were closed before'),
    closing: signed.optional().describe('What was owed at its end'),
    pending: signed.optional().describe('Of it, what was still held'),
    payable: signed.optional().describe('Of it, what was to be paid'),
    inTransit: signed.optional().describe('Of it, what a batch had taken and no statement had settled'),
  })
  .check((context) => {
    const { currency, opening, earned, reversed, paid, writtenOff, converted, adjusted, closing } = context.value
    const { pending, payable, inTransit } = context.value
    const minor = (value: string | undefined) => (value === undefined ? 0n : toMinor({ value, currency }))
    try {
      const end = minor(closing)
      const parts = [pending, payable, inTransit].map(minor)
      const ways = [opening, earned, reversed, paid, writtenOff, converted, adjusted].map(minor)
      if ([parts, ways].every((of) => of.reduce((sum, one) => sum + one, 0n) === end)) return
    } catch {
      // Said below: each is a decimal with the digits of a currency there is.
    }
    const message = `do not come to ${closing ?? 0} ${currency} in both ways; each is a decimal with the digits of the currency`
    context.issues.push({ code: 'custom', path: ['closing'], message, input: context.value })
  })

export const periodClosing = open({ programId, period, by: by.describe('Who closes it') }).describe(
  'From here on nothing is dated in a month: what belongs to it counts in the next. Comes from vouch periods alone.',
)

export const periodClosed = open({
  programId,
  period,
  by: by.describe('Who closed it'),
  position: z.int().min(0).describe('Log position up to which all that belongs to it was known'),
  totals: z.array(totals).describe('What is declared, for everybody to whom something is or was owed'),
}).describe('What a month came to was declared, for ever. Comes from vouch periods alone.')
