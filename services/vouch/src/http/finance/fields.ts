import { monthForm, plainTextPattern } from '@vouch/domain'
import { isLeft } from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import { takeDebtor } from '../../finance/debtor.ts'
import {
  takeAmount,
  takeCurrency,
  takeDay,
  takeId,
  takeMonth,
  takeName,
  takePaidRate,
  takeRate,
  takeReason,
  takeUuid,
  type Word,
} from '../../finance/words.ts'

/** A field whose words commands take too; the pattern is for the description alone. */
const field = (take: (text: string) => Word, meta: { readonly pattern: string; readonly maxLength?: number }) =>
  z
    .string()
    .transform((text, context) => {
      const taken = take(text)
      if (!isLeft(taken)) return taken.right
      context.issues.push({ code: 'custom', message: taken.left, input: text })
      return z.NEVER
    })
    .meta(meta)

const notBlank = { pattern: '\\S' }

export const day = field(takeDay, { pattern: '^\\d{4}-\\d\\d-\\d\\d$' })
export const month = field(takeMonth, { pattern: monthForm.source })
export const currency = field(takeCurrency, { pattern: '^[A-Z]{3}$' })
export const paidRate = field(takePaidRate, { pattern: '^\\d{1,12}(\\.\\d{1,12})?$' })
export const rate = field(takeRate, { pattern: '^\\d{1,8}(\\.\\d{1,10})?$' })
export const amount = field(takeAmount, { pattern: '^\\d{1,12}(\\.\\d{1,4})?$' })
export const name = field(takeName, { ...notBlank, maxLength: 200 })
export const reason = field(takeReason, { ...notBlank, maxLength: 500 })
export const uuid = field(takeUuid, { pattern: '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$' })
export const programId = field(takeId, { pattern: plainTextPattern, maxLength: 200 })
export const batchId = field(takeId, { pattern: plainTextPattern, maxLength: 200 })
export const beneficiaryId = field(takeId, { pattern: plainTextPattern, maxLength: 200 })
export const position = z
  .string()
  .regex(/^\d{1,19}$/, 'must be a log position, a whole number from 0')
  .transform(BigInt)
export const by = name.describe('Who does it; kept in the log, with the key')

export const debtor = z
  .strictObject({
    name: name.describe('Up to 140 characters'),
    iban: z.string().describe('The account that it is paid from'),
    bic: z.string().optional().describe('Its bank, where the bank wants it said'),
  })
  .transform((given, context) => {
    const taken = takeDebtor(given)
    if (!isLeft(taken)) return taken.right
    const { field: path, reason: message } = taken.left
    context.issues.push({ code: 'custom', path: [path], message, input: given[path] })
    return z.NEVER
  })
