import type { Metrics } from '@vouch/observability'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Engine } from '../engine.ts'

/** Behind by more than this is not ready: what was just sent is not to be seen for too long. */
const readyLagMs = 10_000

const readySchema = z.object({
  ready: z.boolean(),
  position: z.number().int().describe('The tables are complete up to this log position'),
  head: z.number().int().describe('Position of the newest event'),
  lagMs: z.number().int().describe('Age of the newest projected event while others wait; 0 when none does'),
  reason: z.string().optional(),
})

/** `GET /healthz`, `/readyz`, `/metrics`; open to all, for they say nothing of anybody. */
export function healthRoutes(app: FastifyInstance, engine: Engine, metrics: Metrics): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  typed.get(
    '/healthz',
    {
      schema: {
        summary: 'Whether the process lives',
        tags: ['operation'],
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
        response: { 200: readySchema, 503: readySchema },
      },
    },
    async (_request, reply) => {
      const { position, head, lagMs } = await engine.projector.progress()
      const failure = engine.projector.failure
      const reason =
        failure === undefined
          ? lagMs > readyLagMs
            ? 'the projection lags behind'
            : undefined
          : 'the projection has stopped; see the log of the server'
      const state = {
        ready: reason === undefined,
        position: Number(position),
        head: Number(head),
        lagMs: Math.round(lagMs),
        ...(reason === undefined ? {} : { reason }),
      }
      return reply.code(state.ready ? 200 : 503).send(state)
    },
  )
  app.get(
    '/metrics',
    { schema: { summary: 'For Prometheus', tags: ['operation'], response: { 200: z.string() } } },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  )
}
