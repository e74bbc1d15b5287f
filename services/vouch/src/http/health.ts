import { StoreError } from '@vouch/event-store'
import type { InboundStanding } from '@vouch/messaging'
import type { Metrics } from '@vouch/observability'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Engine } from '../engine.ts'
import { problemSchema } from './problem.ts'

/** Behind by more than this is not ready: what was just sent is not to be seen for too long. */
const readyLagMs = 10_000

/** Kafka that has not answered for so long, ms, is not merely dealing its group anew or being restarted. */
const readySilenceMs = 30_000

const kafkaSchema = z
  .object({
    silentMs: z.number().int().describe('How long Kafka has not answered this member of the consumer group'),
    lagMessages: z.number().int().describe('Messages that are not done, as far as was seen'),
    failure: z.string().optional().describe('Why reading ended last, until it goes on'),
  })
  .describe('Where events are read from Kafka')

const readySchema = z.object({
  ready: z.literal(true),
  position: z.number().int().describe('The tables are complete up to this log position'),
  head: z.number().int().describe('Position of the newest event'),
  lagMs: z.number().int().describe('How long the oldest event that the tables lack has been waiting'),
  kafka: kafkaSchema.optional(),
})

/** Where even the log cannot be read, no position is known. */
const notReadySchema = readySchema
  .partial()
  .extend({ ready: z.literal(false), reason: z.string().describe('What keeps it from being ready') })

/** `GET /healthz`, `/readyz`; open to all, for they say nothing of anybody. */
export function healthRoutes(app: FastifyInstance, engine: Engine, kafka?: () => InboundStanding): void {
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
      const state = await standing(engine, kafka?.())
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

type Ready = z.infer<typeof readySchema> | z.infer<typeof notReadySchema>

async function standing({ projector, projection }: Engine, inbound: InboundStanding | undefined): Promise<Ready> {
  const kafka = inbound && kafkaOf(inbound)
  try {
    const { position, head, lagMs } = await projector.progress()
    const numbers = { position: Number(position), head: Number(head), lagMs: Math.round(lagMs), kafka }
    const { failure } = projector
    if (failure !== undefined) {
      const reason = projection === 'own' ? 'the projection has stopped; see the log of the server' : unasked(failure)
      return { ready: false, ...numbers, reason }
    }
    if (lagMs > readyLagMs) return { ready: false, ...numbers, reason: 'the projection lags behind' }
    if (kafka && kafka.silentMs > readySilenceMs) return { ready: false, ...numbers, reason: silence(kafka.failure) }
    return { ready: true, ...numbers }
  } catch (error) {
    if (error instanceof StoreError) return { ready: false, kafka, reason: error.message }
    throw error
  }
}

const unasked = (failure: unknown): string =>
  `the tables cannot be asked how far they are (${failure instanceof Error ? failure.message : String(failure)})`

const kafkaOf = ({ silentMs, lagMessages, failure }: InboundStanding): z.infer<typeof kafkaSchema> => ({
  silentMs: Math.round(silentMs),
  lagMessages,
  failure,
})

const silence = (failure: string | undefined): string =>
  failure === undefined ? 'Kafka does not answer; see the log of the server' : `Kafka: ${failure}`
