import { z } from 'zod'
import { maxIdLength, programId } from '../ids.ts'
import { money } from '../money.ts'
import { statementStatuses } from '../reconciliation/statement-line.ts'
import { plainText } from '../text.ts'
import { open, reason } from './fields.ts'
import { day } from './payouts.ts'

export const statementRecorded = open({
  programId: programId.describe('The program whose payout it names, or a name for all that name none'),
  provider: plainText(maxIdLength).describe('Whose statement it is'),
  reference: plainText(maxIdLength).describe('What it says that was paid'),
  beneficiaryId: plainText(maxIdLength).optional().describe('To whom, if it says so'),
  amount: money('zero allowed').describe('How much'),
  status: z.enum(statementStatuses).describe('What became of it'),
  date: day.describe('On which day'),
  fee: money('above zero').optional().describe('What the provider charged for it'),
  statementId: plainText(maxIdLength).optional().describe('The statement, as its provider names it'),
  lineId: plainText(maxIdLength).optional().describe('The line, unique within the statement'),
  reason: reason.optional().describe('Why it failed or came back, in words'),
}).describe('A provider said what became of a payment. Comes from vouch statements alone.')
