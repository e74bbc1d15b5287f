import type { IncomingMessage } from 'node:http'
import type { Incoming, Outcome } from '@vouch/ingestion'
import type { Metrics } from '@vouch/observability'
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { isLeft } from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import type { Engine } from '../engine.ts'
import { answerWriter } from './answer.ts'
import { type Access, requireScope } from './auth.ts'
import { readBody } from './intake/body.ts'
import { type Intake, isTurnedAway, type TurnedAway, type Visit } from './intake/intake.ts'
import type { Turns } from './intake/turns.ts'
import { readItems } from './items.ts'
import type { HttpLimits } from './limits.ts'
import { problem, problemSchema, tooMuch, unavailable } from './problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on requests that send events. */
    visit: Visit | undefined
  }
}

/** What `POST /v1/events` works with. */
export interface EventParts {
  readonly engine: Engine
  readonly access: Access
  readonly metrics: Metrics
  readonly limits: HttpLimits
  readonly intake: Intake
  readonly turns: Turns
}

/** Events that are checked and appended in one go; between two, others have their turn. */
const eventsATurn = 250

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
          offered: z.looseObject({}).optional().describe('For a conflict; left out where answers grow too long'),
          existing: z.looseObject({}).optional().describe('For a conflict; left out where answers grow too long'),
        })
        .optional(),
    }),
  ),
})

class TurnedAwayError extends Error {
  override readonly name = 'TurnedAwayError'
  readonly turnedAway: TurnedAway

  constructor(turnedAway: TurnedAway) {
    super(turnedAway.reason)
    this.turnedAway = turnedAway
  }
}

/** `POST /v1/events`: what is acknowledged is durable. Who is turned away is so as early as it can be known. */
export function eventRoutes(app: FastifyInstance, parts: EventParts): void {
  const { access, engine, intake, limits, metrics } = parts
  app.decorateRequest('visit')

  const turnAway = (reply: FastifyReply, { reason, retryAfterSeconds }: TurnedAway): FastifyReply => {
    metrics.turnedAway.inc({ reason })
    const when = retryAfterSeconds === 1 ? 'in a second' : `in ${retryAfterSeconds} seconds`
    return tooMuch(
      reply,
      `More events wait for their answers than can be taken at once; send them again ${when}.`,
      retryAfterSeconds,
    )
  }

  const enter: onRequestHookHandler = (request, reply, done) => {
    const announced = Number(request.headers['content-length'] ?? 0)
    if (announced > limits.bodyBytes) return done()
    const visit = intake.enter(request.sender, announced)
    if (isTurnedAway(visit)) {
      turnAway(reply, visit)
      return
    }
    request.visit = visit
    reply.raw.once('close', () => visit.end())
    done()
  }

  scopeBodies(app, limits.bodyBytes)
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof TurnedAwayError) return turnAway(reply, error.turnedAway)
    throw error
  })

  const { onRequest, preHandler } = requireScope(access, 'ingest', 'admin')
  app.post(
    '/v1/events',
    {
      onRequest: [onRequest, enter],
      preHandler,
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
      const turnedAway = request.visit?.wait()
      if (turnedAway) return turnAway(reply, turnedAway)
      engine.arrivals.eventsCame()
      try {
        return await append(parts, request, reply)
      } finally {
        engine.arrivals.eventsDone()
        request.visit?.done()
      }
    },
  )
}

/** Events are read by the same strict reader as files, so a body is handed on as its bytes, counted as they come. */
function scopeBodies(app: FastifyInstance, bodyBytes: number): void {
  app.removeAllContentTypeParsers()
  for (const type of [
    'application/json',
    'application/x-ndjson',
    'application/ndjson',
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
  ]) {
    app.addContentTypeParser(type, (request: FastifyRequest, payload: IncomingMessage) =>
      readBody(payload, (bytes, all) => {
        if (all > bodyBytes) throw Object.assign(new Error('too large'), { statusCode: 413 })
        const turnedAway = request.visit?.receive(bytes)
        if (turnedAway) throw new TurnedAwayError(turnedAway)
      }),
    )
  }
}

async function append(
  { engine, metrics, limits, turns }: EventParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { sender, grantedScopes } = request
  // Without a body there is nothing to parse either.
  const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
  const scopes = new Set((['ingest', 'admin'] as const).filter((scope) => grantedScopes.has(scope)))
  // What only ingest may do, admin may too.
  if (scopes.has('admin')) scopes.add('ingest')
  const admit = (items: readonly Incoming[], from: number) =>
    engine.admission.admit(items.slice(from, from + eventsATurn), { scopes })()

  // The first events go with the reading: most requests have no more, and each further turn is one more wait.
  const { items, first } = await turns.run(sender, async () => {
    const items = readItems(body, request.headers['content-type'] ?? '')
    const isRefused = typeof items === 'string' || items.length > limits.eventsARequest
    return { items, first: isRefused ? undefined : await admit(items, 0) }
  })
  if (typeof items === 'string') return problem(reply, 400, items)
  if (first === undefined) {
    return problem(
      reply,
      413,
      `There are ${items.length} events in this request, and at most ${limits.eventsARequest} are taken at once; divide them.`,
    )
  }
  const answer = answerWriter()
  let outcomes = first
  for (let next = eventsATurn; ; next += eventsATurn) {
    if (isLeft(outcomes)) {
      metrics.turnedAway.inc({ reason: 'store' })
      return unavailable(
        reply,
        `${outcomes.left.message} Send the same events again: those already taken are answered as duplicates.`,
      )
    }
    count(metrics, outcomes.right)
    answer.add(outcomes.right)
    if (next >= items.length) break
    const from = next
    outcomes = await turns.run(sender, () => admit(items, from))
  }
  return reply
    .code(answer.isComplete() ? 200 : 207)
    .type('application/json; charset=utf-8')
    .send(answer.text())
}

function count(metrics: Metrics, outcomes: readonly Outcome[]): void {
  const counts = new Map<Outcome['outcome'], number>()
  for (const { outcome } of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  for (const [outcome, times] of counts) metrics.events.inc({ outcome }, times)
}
