import { beneficiaryKinds, carryReasons } from '@vouch/domain'
import { z } from 'zod'

const money = z.string().describe('A decimal with the digits of its currency')
const currency = z.string().describe('ISO 4217 code')
const totals = z.record(z.string(), money).describe('What the lines come to, by currency')
const position = z.int().describe('The log position at which the balances were known')
const kind = z.enum(beneficiaryKinds).describe('Whether it is an advocate’s id or a customer’s')

const line = z.object({
  reference: z.string().describe('What names the line to the world'),
  beneficiaryId: z.string(),
  amount: money,
  currency,
})

const carried = z.array(
  z.object({ beneficiaryId: z.string(), kind, amount: money, currency, reason: z.enum(carryReasons) }),
)

/** As `vouch payouts open --json` prints it. */
export const openedSchema = z.object({
  batchId: z.string(),
  position,
  lines: z.array(line),
  totals,
  carried: carried.describe('Balances that are not paid now'),
})

const statuses = ['open', 'approved', 'cancelled', 'submitted'] as const
const lineStatus = z.enum([...statuses, 'settled', 'failed', 'returned', 'resolved'])

/** As `vouch payouts show --json` prints it. */
export const batchSchema = z.object({
  batchId: z.string(),
  programId: z.string(),
  status: z.enum(statuses),
  asOf: z.string().describe('The day whose payable balances it pays'),
  minimum: z.string().nullable(),
  position,
  openedBy: z.string(),
  openedAt: z.iso.datetime(),
  approvedBy: z.string().nullable(),
  approvedAt: z.iso.datetime().nullable(),
  cancelledBy: z.string().nullable(),
  cancelledAt: z.iso.datetime().nullable(),
  cancelReason: z.string().nullable(),
  submittedAt: z.iso.datetime().nullable(),
  submittedAs: z.string().nullable().describe('The format in which its instructions went out first'),
  lines: z.array(
    line.extend({
      kind,
      status: lineStatus.describe('What the provider said, else the batch’s'),
      statedOn: z.string().nullable().describe('The day on which the provider says that it happened'),
      provider: z.string().nullable(),
      reason: z.string().nullable().describe('Why it failed or came back, as the provider says'),
    }),
  ),
  totals,
  outcomes: z
    .array(z.object({ status: lineStatus, currency, lines: z.int(), amount: money }))
    .describe('What the lines come to, by what became of them and by currency'),
  carried,
})

/** As `vouch payouts list --json` prints each batch. */
export const listedSchema = z.object({
  batchId: z.string(),
  programId: z.string(),
  status: z.enum(statuses),
  openedAt: z.iso.datetime(),
  lines: z.int().describe('How many'),
  totals,
})
