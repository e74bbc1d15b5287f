import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { isLeft } from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import { catchUp } from '../../catch-up.ts'
import { batchJson, openedJson } from '../../finance/batch-json.ts'
import { exportPayout } from '../../finance/export.ts'
import { listBatches } from '../../finance/list.ts'
import { changePayout, findBatch, openPayout, unknownBatch } from '../../finance/payouts.ts'
import { amount, batchId, by, day, debtor, programId, reason, uuid } from './fields.ts'
import { batchSchema, listedSchema, openedSchema } from './payout-schemas.ts'
import { answers, changing, type Finance, refusals, refused } from './requests.ts'

const params = z.object({ batchId })
const tags = ['finance']

/** `/v1/payouts`: as `vouch payouts` does. */
export function payoutRoutes(app: FastifyInstance, finance: Finance): void {
  openRoute(app, finance)
  showRoutes(app, finance)
  changeRoute(app, finance, 'approve')
  changeRoute(app, finance, 'cancel')
  exportRoute(app, finance)
}

function openRoute(app: FastifyInstance, { engine, guard, work }: Finance): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/payouts',
    {
      ...guard,
      schema: {
        summary: 'Open a batch of payouts',
        description:
          'Puts a batch together of what is payable on a day, and reserves it. With a batchId of your own the same request again is answered with the same batch.',
        tags,
        body: z.strictObject({
          programId: programId.describe('Whose beneficiaries are paid'),
          asOf: day.describe('The day whose payable balances are paid'),
          minimum: amount.optional().describe('Smaller balances are carried over'),
          by: by.describe('Who opens it; somebody else approves'),
          batchId: uuid.optional().describe('A name of your own, a UUID'),
        }),
        response: {
          200: openedSchema.describe('The same was done before'),
          201: openedSchema.describe('Opened'),
          ...changing,
        },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal, key }) => {
        const done = await openPayout(engine, request.body, signal, key)
        if (isLeft(done)) return refused(reply, done.left)
        const { batch, changed } = done.right
        return reply.code(changed ? 201 : 200).send(openedJson(batch))
      }),
  )
}

function showRoutes(app: FastifyInstance, { engine, guard, work }: Finance): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  typed.get(
    '/v1/payouts',
    {
      ...guard,
      schema: {
        summary: 'All batches of payouts, oldest first',
        tags,
        querystring: z.strictObject({ program: programId.optional().describe('Of this program alone') }),
        response: { 200: z.array(listedSchema), ...answers },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal }) => {
        await catchUp(engine, signal)
        return reply.send(await listBatches(engine.warehouse, request.query.program))
      }),
  )
  typed.get(
    '/v1/payouts/:batchId',
    {
      ...guard,
      schema: {
        summary: 'A batch, its lines, and what was carried over and why',
        tags,
        params,
        response: { 200: batchSchema, ...refusals },
      },
    },
    (request, reply) =>
      work(reply, async () => {
        const batch = await findBatch(engine, request.params.batchId)
        return batch ? reply.send(batchJson(batch)) : refused(reply, unknownBatch(request.params.batchId))
      }),
  )
}

const summaries = {
  approve: 'Approve a batch that somebody else opened',
  cancel: 'Give back what a batch has reserved, before its instructions are out',
}

function changeRoute(app: FastifyInstance, { engine, guard, work }: Finance, tag: 'approve' | 'cancel'): void {
  const body = tag === 'approve' ? z.strictObject({ by }) : z.strictObject({ by, reason: reason.optional() })
  app.withTypeProvider<ZodTypeProvider>().post(
    `/v1/payouts/:batchId/${tag}`,
    {
      ...guard,
      schema: {
        summary: summaries[tag],
        tags,
        params,
        body,
        response: {
          200: batchSchema.extend({ changed: z.boolean().describe('False where it was done before') }),
          ...changing,
        },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal, key }) => {
        const done = await changePayout(engine, { tag, ...request.params, ...request.body }, signal, key)
        if (isLeft(done)) return refused(reply, done.left)
        const { batch, changed } = done.right
        return reply.send({ ...batchJson(batch), changed })
      }),
  )
}

const contentTypes = { csv: 'text/csv; charset=utf-8', 'pain.001': 'application/xml; charset=utf-8' }

function exportRoute(app: FastifyInstance, { engine, guard, work }: Finance): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/payouts/:batchId/export',
    {
      ...guard,
      schema: {
        summary: 'Payment instructions of an approved batch',
        description:
          'The first time, the log has it that they went out before they are answered; they are the same bytes each time.',
        tags,
        params,
        body: z.discriminatedUnion('format', [
          z.strictObject({ format: z.literal('csv') }),
          z.strictObject({
            format: z.literal('pain.001'),
            debtor: debtor.optional().describe('Who pays; kept for the batch from the first time on'),
            executeOn: day.optional().describe('The day on which the bank is to pay; today where it is left out'),
          }),
        ]),
        response: { 200: z.string(), ...changing },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal, key }) => {
        const { format } = request.body
        const done = await exportPayout(engine, { ...request.params, ...request.body }, signal, key)
        return isLeft(done) ? refused(reply, done.left) : reply.type(contentTypes[format]).send(done.right)
      }),
  )
}
