import { type Incoming, outcomeJson, parseNdjson, unreadable } from '@vouch/ingestion'
import type { Metrics } from '@vouch/observability'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isLeft } from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import type { Engine } from '../engine.ts'
import { requireScope } from './auth.ts'
import { problem, problemSchema, unavailable } from './problem.ts'

export interface EventLimits {
  readonly bodyBytes: number
  /** Bytes of bodies that may wait for their answers at once; more are told to come back. */
  readonly pendingBytes: number
}

const resultsSchema = z.object({
  results: z.array(
    z.object({
      id: z.string().nullable(),
      outcome: z.enum(['appended', 'duplicate', 'conflict', 'rejected']),
      position: z
        .number()
        .int()
        .optional()
        .describe('Log position of the event, or of the one it repeats or contradicts'),
      error: z
        .object({
          message: z.string().describe('One sentence'),
          field: z.string().describe('Path of the field that is wrong, empty for the whole event'),
          reason: z.string(),
          fields: z.array(z.string()).optional().describe('For a conflict, all fields that differ'),
          offered: z.looseObject({}).optional(),
          existing: z.looseObject({}).optional(),
        })
        .optional(),
    }),
  ),
})

/** `POST /v1/events`: what is acknowledged is durable. */
export function eventRoutes(app: FastifyInstance, engine: Engine, metrics: Metrics, limits: EventLimits): void {
  let pendingBytes = 0
  app.post(
    '/v1/events',
    {
      onRequest: requireScope(engine.keys, 'ingest', 'admin'),
      bodyLimit: limits.bodyBytes,
      schema: {
        summary: 'Append events',
        description:
          'One CloudEvent, a JSON array of them, or NDJSON. Results are in the order given; what is acknowledged is durable.',
        tags: ['events'],
        response: {
          200: resultsSchema,
          207: resultsSchema,
          400: problemSchema,
          401: problemSchema,
          403: problemSchema,
          413: problemSchema,
          415: problemSchema,
          429: problemSchema,
          503: problemSchema,
        },
      },
    },
    async (request, reply) => {
      // Without a body there is nothing to parse either.
      const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
      if (pendingBytes + body.length > limits.pendingBytes) {
        reply.header('retry-after', '1')
        return problem(
          reply,
          429,
          'More events wait for their answers than can be taken at once; send them again in a second.',
        )
      }
      pendingBytes += body.length
      try {
        return await append(engine, metrics, request, reply, body)
      } finally {
        pendingBytes -= body.length
      }
    },
  )
}

async function append(
  engine: Engine,
  metrics: Metrics,
  request: FastifyRequest,
  reply: FastifyReply,
  body: Buffer,
): Promise<FastifyReply> {
  const items = readBody(body, request.headers['content-type'] ?? '')
  if (typeof items === 'string') return problem(reply, 400, items)
  const scopes = new Set((['ingest', 'admin'] as const).filter((scope) => request.grantedScopes.has(scope)))
  // What only ingest may do, admin may too.
  if (scopes.has('admin')) scopes.add('ingest')
  const answer = await engine.admission.admit(items, { scopes })()
  if (isLeft(answer)) {
    return unavailable(
      reply,
      `${answer.left.message} Send the same events again: those already taken are answered as duplicates.`,
    )
  }
  for (const { outcome } of answer.right) metrics.events.inc({ outcome })
  const complete = answer.right.every(({ outcome }) => outcome === 'appended' || outcome === 'duplicate')
  const text = JSON.stringify({ results: answer.right.map(outcomeJson) })
  return reply
    .code(complete ? 200 : 207)
    .type('application/json; charset=utf-8')
    .send(text)
}

/** The items of a body, or a sentence that says why it cannot be read. */
function readBody(body: Buffer, contentType: string): readonly Incoming[] | string {
  if (body.length === 0) return 'The body is empty: send one event, a JSON array of events, or NDJSON.'
  if (/^application\/(x-)?ndjson/i.test(contentType)) return parseNdjson(body).map(({ incoming }) => incoming)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    return error instanceof TypeError
      ? 'The body is not valid UTF-8.'
      : `The body is no JSON (${error instanceof Error ? error.message : String(error)}); for NDJSON send content-type application/x-ndjson.`
  }
  if (Array.isArray(value)) return value.map((it: unknown) => ({ tag: 'value', value: it }))
  if (typeof value === 'object' && value !== null) return [{ tag: 'value', value }]
  return [unreadable('an event is a JSON object')]
}
