import swagger from '@fastify/swagger'
import { StoreError } from '@vouch/event-store'
import { createMetrics, type Logger } from '@vouch/observability'
import { WarehouseError } from '@vouch/warehouse'
import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { v7 as uuid } from 'uuid'
import { z } from 'zod'
import type { Engine } from '../engine.ts'
import { version } from '../version.ts'
import { completeDescription } from './description.ts'
import { type EventLimits, eventRoutes } from './events.ts'
import { explanationRoutes } from './explanation.ts'
import { healthRoutes } from './health.ts'
import { problem, unavailable } from './problem.ts'
import { sqlRoutes } from './sql.ts'

export interface HttpOptions {
  readonly engine: Engine
  readonly logger: Logger
  readonly limits?: Partial<EventLimits>
}

const defaultLimits: EventLimits = { bodyBytes: 16 * 2 ** 20, pendingBytes: 64 * 2 ** 20 }

/** The HTTP interface over one engine; listens to nothing yet. */
export async function buildApp({ engine, logger, limits }: HttpOptions): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    genReqId: () => uuid(),
    requestIdHeader: false,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    // What has come in is answered; the listening socket is closed, and connections after their answer.
    return503OnClosing: false,
    requestTimeout: 60_000,
    // An id has up to 200 characters, and percent-encoded up to nine times as many.
    routerOptions: { maxParamLength: 2_000 },
    frameworkErrors: (error, _request, reply) => void problem(reply, error.statusCode ?? 400, `${error.message}.`),
  })
  const metrics = createMetrics(async () => {
    const { head, position, lagMs } = await engine.projector.progress()
    return { head: Number(head), position: Number(position), lagSeconds: lagMs / 1000 }
  })
  app.decorateRequest('grantedScopes')
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    const { method } = request
    const { statusCode } = reply
    metrics.requests.observe({ route, method, status: String(statusCode) }, reply.elapsedTime / 1000)
    request.log.info({ method, route, statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 }, 'request')
  })
  app.addHook('onRequest', async (request, reply) => {
    const encoding = request.headers['content-encoding']
    if (encoding !== undefined && encoding !== 'identity') return problem(reply, 415, contentTypes)
  })
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    // A connection that is kept would keep the server from closing.
    if (closing) reply.header('connection', 'close')
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof StoreError || error instanceof WarehouseError) {
      request.log.error({ err: error }, 'unavailable')
      return unavailable(reply, error.message)
    }
    const status = error.statusCode ?? 500
    if (status < 500) return problem(reply, status, messageOf(error, request))
    request.log.error({ err: error }, 'unexpected')
    return problem(reply, 500, `Something is wrong on our side; its log has it under request ${request.id}.`)
  })
  app.setNotFoundHandler((request, reply) =>
    problem(
      reply,
      404,
      `There is no ${request.method} ${request.url.split('?')[0]}; /openapi.json lists what there is.`,
    ),
  )
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'vouch', version, description: 'Who earned what, and why.' },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => completeDescription('openapiObject' in document ? document.openapiObject : {}),
  })
  await app.register(async (scope) => {
    bodiesAsTheyAre(scope)
    eventRoutes(scope, engine, metrics, { ...defaultLimits, ...limits })
  })
  await app.register(async (scope) => {
    sqlRoutes(scope, engine)
    explanationRoutes(scope, engine)
    healthRoutes(scope, engine, metrics)
    descriptionRoute(scope)
  })
  return app
}

/** Events are read by the same strict reader as files, so that a body is handed on as its bytes. */
function bodiesAsTheyAre(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  for (const type of [
    'application/json',
    'application/x-ndjson',
    'application/ndjson',
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
  ]) {
    scope.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  }
}

function messageOf(error: FastifyError, request: FastifyRequest): string {
  if (error.statusCode === 413) {
    const limit = request.routeOptions.bodyLimit
    return `The body is larger than the ${limit} bytes that this route takes; send less at once.`
  }
  if (error.statusCode === 415) return contentTypes
  if (error.validation)
    return `${error.validation.map((it) => `${it.instancePath.slice(1) || 'body'}: ${it.message}`).join('; ')}.`
  return error.message
}

const contentTypes =
  'Send application/json, or application/x-ndjson for one event a line, as it is: without a content-encoding.'

/** `GET /openapi.json`: all of it. */
function descriptionRoute(app: FastifyInstance): void {
  app.get(
    '/openapi.json',
    {
      schema: { summary: 'This description', tags: ['operation'], security: [], response: { 200: z.looseObject({}) } },
    },
    async () => app.swagger(),
  )
}
