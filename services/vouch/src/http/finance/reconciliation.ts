import { reconciliationClasses, resolutionWays } from '@vouch/domain'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { unknownBatch } from '../../finance/payouts.ts'
import { bookAndReconcile } from '../../finance/reconciliation.ts'
import { needingPerson, reconciliationJson } from '../../finance/reconciliation-json.ts'
import { batchId } from './fields.ts'
import { type Finance, refusals, refused } from './requests.ts'

const maybe = z.string().nullable()

const answerSchema = z.object({
  lines: z.array(
    z.object({
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
    }),
  ),
  totals: z.partialRecord(z.enum(reconciliationClasses), z.int()).describe('How many lines are of each class'),
  needsPerson: z.int().describe('Lines that somebody has to look at'),
})

/**
 * `POST /v1/reconciliation`: as `vouch reconcile` does. It books what statements settle, so it is no GET, which anybody on the way
 * may repeat, or send in advance.
 */
export function reconciliationRoutes(app: FastifyInstance, { engine, guard, work }: Finance): void {
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
