import { z } from 'zod'
import { maxIdLength, programId } from '../ids.ts'
import { moneyRoles } from '../ledger/party.ts'
import { holdReasons } from '../payees/hold.ts'
import { plainText } from '../text.ts'
import { open, reason } from './fields.ts'

const whom = {
  programId,
  beneficiaryId: plainText(maxIdLength).describe('Who is not paid: an advocate’s id, or a referee’s as a customer'),
  role: z
    .enum(moneyRoles)
    .optional()
    .describe('In which it is earned; advocate, which upline is too, where it is left out, or referee: a customer'),
}

export const payeeHeld = open({
  ...whom,
  hold: z.enum(holdReasons).describe('held: nothing is to be paid for now; disputed: what is owed is in dispute'),
  reason: reason.optional().describe('Why, in words'),
}).describe(
  'Batches that are opened from here on leave somebody out. What is earned stands. The latest statement by time holds.',
)

export const payeeReleased = open({ ...whom, reason: reason.optional().describe('Why, in words') }).describe(
  'Somebody is paid again.',
)
