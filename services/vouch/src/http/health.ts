import { StoreError } from '@vouch/event-store'
import type { Metrics } from '@vouch/observability'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Engine } from '../engine.ts'
import { problemSchema } from './problem.ts'

/** Behind by more than this is not ready: what was just sent is not to be seen for too long. */
const readyLagMs = 10_000

const readySchema = z.object({
  ready: z.literal(true),
  position: z.number().int().describe('The tables are complete up to this log position'),
  head: z.number().int().describe('Position of the newest event'),
  lagMs: z.number().int().describe('How long the oldest event that the tables lack has been waiting'),
})

/** Where even the log cannot be read, no position is known. */
const notReadySchema = readySchema
  .partial()
  .extend({ ready: z.literal(false), reason: z.string().describe('What keeps it from being ready') })

/** `GET /healthz`, `/readyz`; open to all, for they say nothing of anybody. */
export function healthRoutes(app: FastifyInstance, engine: Engine): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  typed.get(
    '/healthz',
    {
      schema: {
        summary: 'Whether the process lives',
        tags: ['operation'],
        security: [],
        response: { 200: z.object({ alive: z.literal(true) }) },
      },
    },
    async () => ({ alive: true as const }),
  )
  typed.get(
    '/readyz',
    {
      schema: {
        summary: 'Whether events are taken and projected in time',
        tags: ['operation'],
        security: [],
        response: { 200: readySchema, 503: notReadySchema },
      },
    },
    async (_request, reply) => {
      const state = await standing(engine)
      if (state.ready) return reply.code(200).send(state)
      return reply.code(503).header('retry-after', '5').send(state)
    },
  )
}

/** `GET /metrics`; open to all as well. */
export function metricsRoute(app: FastifyInstance, metrics: Metrics): void {
  app.get(
    '/metrics',
    {
      schema: {
        summary: 'For Prometheus',
        tags: ['operation'],
        security: [],
        response: { 200: z.string(), 429: problemSchema, 503: problemSchema },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  )
}

async function standing({ projector }: Engine): Promise<z.infer<typeof readySchema> | z.infer<typeof notReadySchema>> {
  try {
    const { position, head, lagMs } = await projector.progress()
    const numbers = { position: Number(position), head: Number(head), lagMs: Math.round(lagMs) }
    if (projector.failure !== undefined)
      return { ready: false, ...numbers, reason: 'the projection has stopped; see the log of the server' }
    if (lagMs > readyLagMs) return { ready: false, ...numbers, reason: 'the projection lags behind' }
    return { ready: true, ...numbers }
  } catch (error) {
    if (error instanceof StoreError) return { ready: false, reason: error.message }
    throw error
  }
}
