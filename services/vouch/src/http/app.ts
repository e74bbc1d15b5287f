import swagger from '@fastify/swagger'
import { createMetrics, type Logger } from '@vouch/observability'
import { type FastifyBaseLogger, type FastifyError, type FastifyInstance, fastify, LogController } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { v7 as uuid } from 'uuid'
import type { Engine } from '../engine.ts'
import { type EventLimits, eventBodySchema, eventRoutes } from './events.ts'
import { explanationRoutes } from './explanation.ts'
import { healthRoutes } from './health.ts'
import { problem } from './problem.ts'
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
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 1_000 },
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
  app.addHook('onSend', async (request, reply) => void reply.header('x-request-id', request.id))
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return problem(reply, status, messageOf(error))
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
      info: { title: 'vouch', version: '0.1.0', description: 'Who earned what, and why.' },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withEventBody('openapiObject' in document ? document.openapiObject : {}),
  })
  await app.register(async (scope) => {
    bodiesAsTheyAre(scope)
    eventRoutes(scope, engine, metrics, { ...defaultLimits, ...limits })
  })
  await app.register(async (scope) => {
    sqlRoutes(scope, engine)
    explanationRoutes(scope, engine)
    healthRoutes(scope, engine, metrics)
    scope.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
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

function messageOf(error: FastifyError): string {
  if (error.statusCode === 413) return 'The body is too large; send fewer events at once.'
  if (error.statusCode === 415) return 'Send application/json, or application/x-ndjson for one event a line.'
  if (error.validation)
    return error.validation.map((it) => `${it.instancePath.slice(1) || 'body'}: ${it.message}`).join('; ')
  return error.message
}

function withEventBody<T extends object>(document: T): T {
  const paths = (document as { paths?: Record<string, { post?: Record<string, unknown> }> }).paths
  const post = paths?.['/v1/events']?.post
  if (post) {
    post.requestBody = {
      required: true,
      content: {
        'application/json': { schema: eventBodySchema() },
        'application/x-ndjson': { schema: { type: 'string' } },
      },
    }
  }
  return document
}
