import { reconciliationClasses, resolutionWays } from '@vouch/domain'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { isLeft } from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import { unknownBatch } from '../../finance/payouts.ts'
import { bookAndReconcile } from '../../finance/reconciliation.ts'
import { lineJson, needingPerson, reconciliationJson } from '../../finance/reconciliation-json.ts'
import { resolveDiscrepancy } from '../../finance/resolve.ts'
import { batchId, by, name, paidRate, reason } from './fields.ts'
import { changing, type Finance, refusals, refused } from './requests.ts'

const maybe = z.string().nullable()

const lineSchema = z.object({
  batchId: maybe,
  reference: z.string(),
  beneficiaryId: maybe,
  expected: maybe.describe('What the instruction pays'),
  actual: maybe.describe('What the statement names'),
  currency: z.string(),
  class: z.enum(reconciliationClasses),
  actualCurrency: maybe,
  date: maybe,
  statementId: maybe,
  lineId: maybe,
  lines: z.array(z.string()).readonly().describe('Ids of the lines of statements in it'),
  needsPerson: z.boolean(),
  resolutions: z.array(z.enum(resolutionWays)).readonly().describe('In which ways somebody can resolve it'),
  resolution: z
    .object({ as: z.enum(resolutionWays), by: z.string(), reason: z.string(), on: z.string(), rate: maybe })
    .nullable()
    .describe('How somebody has resolved it'),
})

const answerSchema = z.object({
  lines: z.array(lineSchema),
  totals: z.partialRecord(z.enum(reconciliationClasses), z.int()).describe('How many lines are of each class'),
  needsPerson: z.int().describe('Lines that somebody has to look at'),
})

/**
 * `POST /v1/reconciliation`: as `vouch reconcile` does. It books what statements settle, so it is no GET, which anybody on the way
 * may repeat, or send in advance.
 */
export function reconciliationRoutes(app: FastifyInstance, finance: Finance): void {
  resolutionRoute(app, finance)
  const { engine, guard, work } = finance
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/reconciliation',
    {
      ...guard,
      schema: {
        summary: 'Hold payment instructions to what statements say',
        description: 'What statements settle and the books do not have yet is booked before, once.',
        tags: ['finance'],
        body: z
          .strictObject({ batchId: batchId.optional().describe('Its lines alone, and whatever is unexpected') })
          .nullable(),
        response: { 200: answerSchema, ...refusals },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal }) => {
        const batch = request.body?.batchId
        const found = await bookAndReconcile(engine, batch, signal)
        if (found === undefined) return refused(reply, unknownBatch(batch ?? ''))
        const { judged, receivers } = found
        return reply.send({ ...reconciliationJson(judged, receivers), needsPerson: needingPerson(judged).count })
      }),
  )
}

const resolvedSchema = z.object({
  changed: z.boolean().describe('False where the same was decided before'),
  lines: z.array(lineSchema).describe('What there is of the reference now'),
})

/** `POST /v1/reconciliation/resolutions`: as `vouch reconcile resolve` does. */
function resolutionRoute(app: FastifyInstance, { engine, guard, work }: Finance): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/reconciliation/resolutions',
    {
      ...guard,
      schema: {
        summary: 'Settle by hand what needs a person',
        description: 'Once, with who and why; what it moves is booked. The same request again changes nothing.',
        tags: ['finance'],
        body: z.strictObject({
          reference: name.describe('As the reconciliation has it'),
          as: z.enum(resolutionWays).describe('What becomes of it; the reconciliation names the ways there are'),
          by,
          reason: reason.describe('Why, for the log'),
          line: name.optional().describe('Which of several: id of the line of a statement, or instruction'),
          batchId: batchId.optional().describe('The batch that it is of, to be sure'),
          rate: paidRate.optional().describe('How much of its own currency one of what was paid is'),
          provider: name.optional().describe('Whose account paid what no statement names'),
          correct: z.boolean().optional().describe('Takes back how it was resolved before'),
        }),
        response: { 200: resolvedSchema, ...changing },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal, key }) => {
        const done = await resolveDiscrepancy(engine, request.body, signal, key)
        if (isLeft(done)) return refused(reply, done.left)
        const { decided, lines, receivers } = done.right
        return reply.send({ changed: decided !== undefined, lines: lines.map((it) => lineJson(it, receivers)) })
      }),
  )
}
