import { z } from 'zod'
import { maxIdLength, programId } from '../ids.ts'
import { moneyRoles } from '../ledger/party.ts'
import { bicProblem, canonicalBic, canonicalIban, ibanProblem } from '../payees/account.ts'
import { plainText, plainTextPattern, textProblem } from '../text.ts'

/**
 * A text that is personal: whatever is wrong with it, what it says is not repeated.
 * @param expected what would be right
 */
const secretText = (maxLength: number, expected: string) =>
  z
    .string({
      error: (issue) =>
        issue.input === undefined ? `is missing; write ${expected}` : `is not text; write ${expected}`,
    })
    .check((context) => {
      if (textProblem(context.value, maxLength) === undefined) return
      const message = `is blank, too long, or has outer blanks or control characters; write ${expected} in 1 to ${maxLength} characters`
      // Without its input: what zod keeps of an issue may be shown.
      context.issues.push({ code: 'custom', message, input: undefined })
    })
    .meta({ minLength: 1, maxLength, pattern: plainTextPattern })

/** Brings a text to its canonical form, unless there is a problem. */
const secretForm = (
  expected: string,
  problem: (text: string) => string | undefined,
  canonical: (text: string) => string,
) =>
  z.string({ error: `is not text; write ${expected}` }).transform((text, context) => {
    const message = problem(text)
    if (message === undefined) return canonical(text)
    context.issues.push({ code: 'custom', message, input: undefined })
    return z.NEVER
  })

const iban = secretForm('an IBAN', ibanProblem, canonicalIban)
  .describe('IBAN, in capitals or not, with blanks or without')
  .meta({ pattern: '^[A-Za-z0-9 ]+$' })
const bic = secretForm('a BIC', bicProblem, canonicalBic)
  .describe('BIC of the account’s bank')
  .meta({ pattern: '^[A-Za-z0-9]{4}[A-Za-z]{2}[A-Za-z0-9]{2}([A-Za-z0-9]{3})?$' })

const anObject = 'write an object with name and iban, or name and accountId'

/** Who is paid and where: what of a payee's registration is sealed. */
const fields = {
  name: secretText(140, 'the name of whoever holds the account').describe('Name of whoever holds the account'),
  iban: iban.optional(),
  bic: bic.optional(),
  accountId: secretText(maxIdLength, 'the account’s id at its provider')
    .optional()
    .describe('Id of an account at a provider of payouts, where there is no IBAN'),
}

const account = z
  .looseObject(fields, {
    error: (issue) => (issue.input === undefined ? `is missing; ${anObject}` : `is not right; ${anObject}`),
  })
  .check((context) => {
    const { iban, accountId } = context.value
    if (iban !== undefined || accountId !== undefined) return
    const message = 'names no account; write iban, or accountId where a provider has an id for it'
    context.issues.push({ code: 'custom', path: ['iban'], message, input: undefined })
  })
  .describe('Who is paid and where. Kept encrypted under the key of the beneficiary; nothing of it may stand elsewhere')

export type PayeeAccount = z.output<typeof account>

const payee = z
  .looseObject({
    programId,
    beneficiaryId: plainText(maxIdLength).describe('Who is paid: an advocate’s id, or a referee’s as a customer'),
    role: z
      .enum(moneyRoles)
      .optional()
      .describe('In which it is earned; advocate, which upline is too, where it is left out, or referee: a customer'),
    personal: account,
  })
  .check((context) => {
    for (const name of Object.keys(context.value)) {
      if (!misplaced.has(name.toLowerCase().replace(/[^a-z]/g, ''))) continue
      const message = 'would not be encrypted here; write it within personal'
      context.issues.push({ code: 'custom', path: [name], message, input: undefined })
    }
  })
  .describe(
    'Where somebody is paid. Of several about the same one, the latest holds for instructions made from then on.',
  )

/** Names, without case and signs, under which bank details would be kept as they are. */
const misplaced: ReadonlySet<string> = new Set([
  ...['name', 'holder', 'accountholder', 'iban', 'bic', 'swift', 'swiftbic', 'account', 'accountid', 'accountnumber'],
  ...['bank', 'bankaccount', 'bankdetails', 'sortcode', 'routingnumber', 'email', 'address'],
])

// `personal` is read by `payeeAccountIn` alone, since in the log something else stands there: what it was sealed into.
export const payeeRegistered = payee as unknown as z.ZodObject<Omit<(typeof payee)['shape'], 'personal'>>
