import { moneyRoles, unconvertedReasons } from '@vouch/domain'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { isLeft } from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import { catchUp } from '../../catch-up.ts'
import { conversionJson } from '../../finance/conversion-json.ts'
import { convertBalances } from '../../finance/convert.ts'
import { listConversions } from '../../finance/list-conversions.ts'
import { by, currency, day, name, programId, rate, reason } from './fields.ts'
import { answers, changing, type Finance, refused } from './requests.ts'

const money = z.string().describe('A decimal with the digits of its currency')

const common = {
  conversionId: z.string(),
  programId: z.string(),
  from: z.string(),
  to: z.string(),
  rate: z.string().describe('Units of the second currency for one unit of the first'),
  asOf: z.string(),
  by: z.string(),
  convertedAt: z.iso.datetime(),
  totals: z.object({
    from: money,
    to: money,
    atRate: money.describe('What the rate makes of the whole'),
    difference: money.describe('What rounding each balance by itself has added'),
  }),
}

/** As `vouch payouts convert --json` prints it. */
const conversionSchema = z.object({
  ...common,
  reason: z.string().nullable(),
  position: z.int().describe('The log position at which the balances were known'),
  lines: z.array(z.object({ beneficiaryId: z.string(), role: z.enum(moneyRoles), from: money, to: money })),
  carried: z.array(
    z.object({
      beneficiaryId: z.string(),
      role: z.enum(moneyRoles),
      amount: money,
      currency: z.string(),
      reason: z.enum(unconvertedReasons),
    }),
  ),
})

/** As `vouch payouts conversions --json` prints each. */
const listedSchema = z.object({ ...common, lines: z.int().describe('How many') })

const tags = ['finance']

/** `/v1/conversions`: as `vouch payouts convert` and `vouch payouts conversions` do. */
export function conversionRoutes(app: FastifyInstance, { engine, guard, work }: Finance): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  typed.post(
    '/v1/conversions',
    {
      ...guard,
      schema: {
        summary: 'Convert what is payable in one currency to another',
        description:
          'At a rate that is recorded. With a conversionId of your own the same request again is answered with the same conversion.',
        tags,
        body: z.strictObject({
          programId: programId.describe('Whose beneficiaries’ balances are converted'),
          from: currency.describe('Of the balances'),
          to: currency.describe('In which they are payable instead'),
          rate: rate.describe('Units of the second for one unit of the first'),
          asOf: day.describe('The day whose payable balances are converted'),
          by,
          reason: reason.optional().describe('Why, for the log; e.g. where the rate is from'),
          conversionId: name.optional().describe('A name of your own'),
        }),
        response: {
          200: conversionSchema.describe('The same was done before'),
          201: conversionSchema.describe('Converted'),
          ...changing,
        },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal, key }) => {
        const done = await convertBalances(engine, request.body, signal, key)
        if (isLeft(done)) return refused(reply, done.left)
        const { conversion, changed } = done.right
        return reply.code(changed ? 201 : 200).send(conversionJson(conversion))
      }),
  )
  typed.get(
    '/v1/conversions',
    {
      ...guard,
      schema: {
        summary: 'All conversions of balances, oldest first',
        tags,
        querystring: z.strictObject({ program: programId.optional().describe('Of this program alone') }),
        response: { 200: z.array(listedSchema), ...answers },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal }) => {
        await catchUp(engine, signal)
        return reply.send(await listConversions(engine.warehouse, request.query.program))
      }),
  )
}
