import { moneyRoles } from '@vouch/domain'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { isLeft } from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import { periodJson, totalsColumns } from '../../finance/period-json.ts'
import { closePeriod, listPeriods, restatedPeriods, showPeriod } from '../../finance/periods.ts'
import { by, month, programId } from './fields.ts'
import { answers, changing, type Finance, refusals, refused } from './requests.ts'

const money = z.string().describe('A decimal: what it adds to what is owed')
const totals = {
  currency: z.string(),
  ...(Object.fromEntries(totalsColumns.map((column) => [column, money])) as Record<
    (typeof totalsColumns)[number],
    typeof money
  >),
}

/** As `vouch periods show --json` prints it. */
const periodSchema = z.object({
  programId: z.string(),
  period: z.string(),
  from: z.iso.date(),
  until: z.iso.date(),
  closed: z
    .object({ by: z.string(), at: z.iso.datetime(), position: z.int() })
    .nullable()
    .describe('Null while it is open, and all of it may still change'),
  totals: z.array(z.object(totals)).readonly().describe('By currency, over all parties'),
  parties: z
    .array(z.object({ partyId: z.string(), role: z.enum(moneyRoles), beneficiaryId: z.string(), ...totals }))
    .readonly(),
})

const listSchema = z.object({
  periods: z.array(
    z.object({
      programId: z.string(),
      period: z.string(),
      by: z.string(),
      closedAt: z.iso.datetime().nullable().describe('Null where closing was begun and broken off'),
    }),
  ),
  restated: z
    .array(
      z.object({
        programId: z.string(),
        period: z.string(),
        currency: z.string(),
        parties: z.int(),
        more: z.string().describe('What they are owed more, or less, in all'),
        on: z.iso.date().describe('The day on which that is booked'),
      }),
    )
    .describe('Closed months of which the books now make something else than was declared'),
})

const tags = ['finance']

/** `/v1/periods`: as `vouch periods` does. */
export function periodRoutes(app: FastifyInstance, { engine, guard, work }: Finance): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  typed.post(
    '/v1/periods',
    {
      ...guard,
      schema: {
        summary: 'Close a month',
        description:
          'Declares for ever what a month came to. What belongs to it and comes later is an adjustment of the next. The same request again is answered with the same month.',
        tags,
        body: z.strictObject({
          programId: programId.describe('Whose month it is'),
          period: month.describe('It is over, and the one before it is closed'),
          by,
        }),
        response: {
          200: periodSchema.describe('It was closed before'),
          201: periodSchema.describe('Closed'),
          ...changing,
        },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal, key }) => {
        const done = await closePeriod(engine, request.body, signal, key)
        if (isLeft(done)) return refused(reply, done.left)
        const { closed, changed } = done.right
        const { programId, period } = request.body
        return reply.code(changed ? 201 : 200).send(periodJson(programId, period, closed.declared.totals, closed))
      }),
  )
  typed.get(
    '/v1/periods',
    {
      ...guard,
      schema: {
        summary: 'All months that are closed, and those that the books now make something else of',
        tags,
        querystring: z.strictObject({ program: programId.optional().describe('Of this program alone') }),
        response: { 200: listSchema, ...answers },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal }) => {
        const { program } = request.query
        const periods = await listPeriods(engine, program, signal)
        return reply.send({ periods, restated: await restatedPeriods(engine.warehouse, program) })
      }),
  )
  typed.get(
    '/v1/periods/:programId/:period',
    {
      ...guard,
      schema: {
        summary: 'What a month came to, for the program and for everybody',
        description: 'Of a closed month what was declared, the same bytes for ever; of an open one what it is so far.',
        tags,
        params: z.object({ programId, period: month }),
        response: { 200: periodSchema, ...refusals },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal }) => {
        const { programId, period } = request.params
        const shown = await showPeriod(engine, { programId, period }, signal)
        if (isLeft(shown)) return refused(reply, shown.left)
        const { totals, closed } = shown.right
        return reply.send(periodJson(programId, period, totals, closed))
      }),
  )
}
