import { z } from 'zod'
import { maxIdLength, programId } from '../ids.ts'
import { money } from '../money.ts'
import { reconciliationClasses } from '../reconciliation/reconcile.ts'
import { statementStatuses } from '../reconciliation/statement-line.ts'
import { resolutionWays } from '../resolutions/ways.ts'
import { plainText } from '../text.ts'
import { fxRate, open, reason } from './fields.ts'
import { day } from './payouts.ts'

// Not `open`, which offers `personal`: only that of an event's data is encrypted.
const about = z
  .looseObject({
    batchId: plainText(maxIdLength).describe('Its batch'),
    reference: plainText(maxIdLength).describe('Its reference'),
  })
  .describe('The line of a payout whose beneficiary is meant')
const way = z.enum(resolutionWays).describe('What was decided')

const line = z.looseObject({
  id: plainText(maxIdLength).describe('Id of the event that recorded it'),
  provider: plainText(maxIdLength).describe('Whose statement it is of'),
  amount: money('zero allowed').describe('What it says that was paid'),
  status: z.enum(statementStatuses).describe('What it says that became of it'),
  date: day.describe('The day that it names'),
  before: z
    .looseObject({ resolution: way, about: about.optional() })
    .optional()
    .describe('How it was resolved by itself before, which is taken back'),
})

export const discrepancyResolved = open({
  programId: programId.describe('The program whose payout it is about, or a name for all that are about none'),
  batchId: plainText(maxIdLength).optional().describe('The batch, if a batch has the reference'),
  reference: plainText(maxIdLength).describe('Reference of the instruction, or of the line of a statement'),
  class: z.enum(reconciliationClasses).describe('The class in which it was'),
  resolution: way,
  by: plainText(200).describe('Who decided it'),
  reason: reason.describe('Why, in words'),
  rate: fxRate
    .optional()
    .describe("Units of the instruction's currency for one unit of what was paid: a decimal string above zero"),
  provider: plainText(maxIdLength).optional().describe('Whose account paid what no statement names'),
  lines: z.array(line).max(2).describe('The lines of statements that it is about, in the order in which it happened'),
  about: about.optional(),
})
  .check((context) => {
    const { class: of, batchId, lines } = context.value
    const isAlone = of === 'unexpected' || of === 'duplicate'
    if (isAlone ? lines.length === 1 : batchId !== undefined) return
    const message = isAlone ? 'is of one line of a statement' : 'names the batch of the instruction'
    context.issues.push({ code: 'custom', path: [isAlone ? 'lines' : 'batchId'], message, input: context.value })
  })
  .describe('Somebody decided what becomes of a discrepancy. Comes from vouch reconcile resolve alone.')
