import { z } from 'zod'
import { maxIdLength, programId } from '../ids.ts'
import { beneficiaryKinds, moneyRoles } from '../ledger/party.ts'
import { money, toMinor } from '../money.ts'
import { bicForm } from '../payees/account.ts'
import { carryReasons } from '../payouts/lines.ts'
import { quote } from '../quote.ts'
import { plainText } from '../text.ts'
import { open, reason } from './fields.ts'
import { readTime } from './time.ts'

/** Who did it, as the command was told. */
export const by = plainText(200)

const batchId = plainText(maxIdLength).describe('The batch; unique in the whole log')

export const day = z
  .string()
  .check((context) => {
    if (/^\d{4}-\d\d-\d\d$/.test(context.value) && typeof readTime(`${context.value}T00:00:00Z`) === 'number') return
    const message = `${quote(context.value)} is not a day; write one such as "2026-03-31"`
    context.issues.push({ code: 'custom', message, input: context.value })
  })
  .meta({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' })

const reference = z
  .string()
  .regex(/^[A-Za-z0-9+?/:().,' -]{1,35}$/, 'must be 1 to 35 characters that SEPA knows')
  .describe('What names the line to the world')

export const beneficiaryId = plainText(maxIdLength).describe('Who is paid')
const kind = z.enum(beneficiaryKinds).describe('Whether it is an advocate’s id or a customer’s')

/** Digits are those of the currency beside it; checked with the whole. */
export const signed = z.string().meta({ pattern: '^-?\\d{1,14}(\\.\\d{1,4})?$' })

// Not `open`, which offers `personal`: only that of an event's data is encrypted.
const line = z
  .looseObject({
    reference,
    beneficiaryId,
    kind,
    amount: money('above zero').describe('What is paid'),
    parts: z
      .array(
        z.looseObject({
          role: z.enum(moneyRoles).describe('In which it was earned'),
          value: signed.describe('Below zero: it is netted off'),
        }),
      )
      .min(1)
      .max(moneyRoles.length)
      .describe('The payable balances that it brings to zero, in the currency of the amount'),
  })
  .check((context) => {
    const { amount, parts } = context.value
    const sum = parts.map(({ value }) => minorOf(value, amount.currency)).reduce(added, 0n)
    if (sum !== undefined && sum === toMinor(amount)) return
    const message = `do not come to ${amount.value} ${amount.currency}; each is a decimal with the digits of the currency`
    context.issues.push({ code: 'custom', path: ['parts'], message, input: context.value })
  })

const added = (sum: bigint | undefined, next: bigint | undefined): bigint | undefined =>
  sum === undefined || next === undefined ? undefined : sum + next

/** In minor units; undefined for what is no amount of the currency. */
export function minorOf(value: string, currency: string): bigint | undefined {
  try {
    return toMinor({ value, currency })
  } catch {
    return undefined
  }
}

const carried = z.looseObject({
  beneficiaryId,
  kind,
  value: signed.describe('The balance, in units of the currency'),
  currency: z.string().describe('ISO 4217 code'),
  reason: z.enum(carryReasons).describe('Why it is not paid now'),
})

export const payoutOpened = open({
  programId,
  batchId,
  asOf: day.describe('The day whose payable balances are paid'),
  minimum: z
    .string()
    .regex(/^\d{1,12}(\.\d{1,4})?$/, 'must be a decimal such as 25.00')
    .optional()
    .describe('Balances below it are carried over, in each currency'),
  by: by.describe('Who opened it'),
  position: z.int().min(0).describe('The log position at which the balances were known'),
  lines: z.array(line).min(1).describe('Who is paid how much'),
  carried: z.array(carried).describe('Balances that are not paid now'),
}).describe('A batch of payouts was put together; what it pays is reserved. Comes from vouch payouts alone.')

export const payoutApproved = open({ programId, batchId, by: by.describe('Who approved it') }).describe(
  'Somebody other than who opened it approved a batch. Comes from vouch payouts alone.',
)

export const payoutCancelled = open({
  programId,
  batchId,
  by: by.describe('Who cancelled it'),
  reason: reason.optional().describe('Why, in words'),
}).describe('A batch is not paid; what it had reserved is payable again. Comes from vouch payouts alone.')

export const payoutSubmitted = open({
  programId,
  batchId,
  format: plainText(30).describe('The format of the payment instructions, e.g. csv'),
}).describe('The payment instructions of a batch were handed out for the first time. Comes from vouch payouts alone.')

/** A bank account of the operator's own: it stands on invoices, and is kept in clear. */
const debtor = z.looseObject({
  name: plainText(140).describe('Who pays'),
  iban: z
    .string()
    .regex(/^[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}$/, 'must be an IBAN in capitals without blanks')
    .describe('The account that it is paid from'),
  bic: z.string().regex(bicForm, 'must be a BIC of 8 or 11 capitals and digits').optional().describe('Its bank'),
})

export const payoutInstructed = open({
  programId,
  batchId,
  format: plainText(30).describe('The format of the payment instructions, e.g. pain.001'),
  debtor: debtor.describe('Who pays, and from which account'),
  executeOn: day.describe('The day on which the bank is asked to pay'),
  payees: z
    .array(
      z.looseObject({
        reference,
        source: plainText(500).describe('Source of the event that registered whom the line pays'),
        id: plainText(500).describe('Its id'),
      }),
    )
    .min(1)
    .describe('By which registration each line is paid; no bank details'),
}).describe(
  'What the payment instructions of a batch are made of, so that they are the same for ever. Comes from vouch payouts alone.',
)

const outcome = {
  programId,
  batchId,
  reference,
  date: day.describe('The day on which the provider says that it happened'),
  provider: plainText(maxIdLength).describe('Whose account it was paid from'),
  fee: money('above zero').optional().describe('What the provider charged for it'),
  statementId: plainText(maxIdLength).optional().describe('The statement that says so'),
  lineId: plainText(maxIdLength).optional().describe('The line of the statement'),
}

export const payoutSettled = open(outcome).describe('The provider paid a line of a batch. Comes from statements alone.')

export const payoutFailed = open({ ...outcome, reason: reason.optional().describe('Why, in words') }).describe(
  'The provider did not pay a line; it is payable again. Comes from statements alone.',
)

export const payoutReturned = open({ ...outcome, reason: reason.optional().describe('Why, in words') }).describe(
  'What was sent for a line came back; it is payable again. Comes from statements alone.',
)
