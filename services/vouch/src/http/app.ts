import { statfs } from 'node:fs/promises'
import swagger from '@fastify/swagger'
import { StoreError } from '@vouch/event-store'
import type { InboundStanding } from '@vouch/messaging'
import { createMetrics, type Logger } from '@vouch/observability'
import { WarehouseError } from '@vouch/warehouse'
import { type FastifyError, type FastifyInstance, type FastifyRequest, fastify } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Engine } from '../engine.ts'
import { version } from '../version.ts'
import { type Access, decorateRequests, limitStrangers } from './auth.ts'
import { completeDescription } from './description.ts'
import { eventRoutes } from './events.ts'
import { explanationRoutes } from './explanation.ts'
import { financeRoutes } from './finance/routes.ts'
import { healthRoutes, metricsRoute } from './health.ts'
import { createGate, type Gate } from './intake/gate.ts'
import { defaultLimits, type HttpLimits } from './limits.ts'
import { problem, problemSchema, unavailable } from './problem.ts'
import { createRates } from './rates.ts'
import { httpOptions, observeRequests, serverOptions, watchConnections } from './server-options.ts'
import { sqlRoutes } from './sql.ts'

export interface HttpOptions {
  readonly engine: Engine
  readonly logger: Logger
  readonly limits?: Partial<HttpLimits> | undefined
  /** One that others pass as well; by default its own. */
  readonly gate?: Gate | undefined
  /** How far reading from Kafka is, where anything is read from there. */
  readonly kafka?: (() => InboundStanding) | undefined
}

/** The HTTP interface over one engine; listens to nothing yet. */
export async function buildApp({ engine, logger, limits: given, gate, kafka }: HttpOptions): Promise<FastifyInstance> {
  const limits: HttpLimits = { ...defaultLimits, ...given }
  const app = fastify({
    ...serverOptions(logger, limits),
    http: httpOptions(limits),
    // An id has up to 200 characters, and percent-encoded up to nine times as many.
    routerOptions: { maxParamLength: 2_000 },
    frameworkErrors: (error, _request, reply) => void problem(reply, error.statusCode ?? 400, `${error.message}.`),
  })
  const { intake, turns } = gate ?? createGate(limits, engine.arrivals)
  const metrics = createMetrics(async () => {
    const { head, position, lagMs } = await engine.projector.progress()
    const expectedWaitSeconds = intake.expectedWaitMs() / 1000
    const pendingBytes = intake.pendingBytes()
    const { bavail, blocks, bsize } = await statfs(engine.dataDir)
    return {
      head: Number(head),
      position: Number(position),
      lagSeconds: lagMs / 1000,
      expectedWaitSeconds,
      pendingBytes,
      sealedPosition: Number(engine.seals.newest().position),
      freeBytes: bavail * bsize,
      capacityBytes: blocks * bsize,
    }
  }, kafka)
  watchConnections(app, { limits, metrics, onConnection: engine.arrivals.came })
  const rates = await createRates(app, limits, () => metrics.turnedAway.inc({ reason: 'rate' }))
  const access: Access = { keys: engine.keys, rates }
  decorateRequests(app)
  app.decorate('outside', { access, metrics, limits })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  observeRequests(app, metrics)
  app.addHook('onRequest', (request, reply, done) => {
    const encoding = request.headers['content-encoding']
    if (encoding === undefined || encoding === 'identity') done()
    else problem(reply, 415, contentTypesOf(request))
  })
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id)
    // A connection that is kept would keep the server from closing.
    if (closing) reply.header('connection', 'close')
    done(null, payload)
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
  app.setNotFoundHandler({ preHandler: limitStrangers(access) }, (request, reply) =>
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
  await app.register(async (scope) => eventRoutes(scope, { engine, access, metrics, limits, intake, turns }))
  await app.register(async (scope) => {
    sqlRoutes(scope, engine, access)
    explanationRoutes(scope, engine, access, limits.explanationsAtOnce)
    healthRoutes(scope, engine, kafka)
  })
  await app.register(async (scope) => financeRoutes(scope, { engine, access, limits }))
  await app.register(async (scope) => {
    scope.addHook('onRequest', limitStrangers(access))
    metricsRoute(scope, metrics)
    descriptionRoute(scope)
  })
  return app
}

function messageOf(error: FastifyError, request: FastifyRequest): string {
  if (error.statusCode === 413) {
    const limit = request.routeOptions.bodyLimit
    return `The body is larger than the ${limit} bytes that this route takes; send less at once.`
  }
  if (error.statusCode === 415) return contentTypesOf(request)
  if (error.validation) {
    const whole = error.validationContext === 'querystring' ? 'query' : 'body'
    return `${error.validation.map((it) => `${it.instancePath.slice(1) || whole}: ${it.message}`).join('; ')}.`
  }
  return error.message
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which bodies a route takes, as a sentence, where they are not events. */
    readonly takes?: string
  }
}

const contentTypesOf = (request: FastifyRequest): string => request.routeOptions.config?.takes ?? contentTypes

const contentTypes =
  'Send application/json, or application/x-ndjson for one event a line, as it is: without a content-encoding.'

/** `GET /openapi.json`: all of it. */
function descriptionRoute(app: FastifyInstance): void {
  let text: string | undefined
  app.get(
    '/openapi.json',
    {
      schema: {
        summary: 'This description',
        tags: ['operation'],
        security: [],
        response: { 200: z.looseObject({}), 429: problemSchema },
      },
      serializerCompiler: () => (data) => String(data),
    },
    async (_request, reply) => {
      text ??= JSON.stringify(app.swagger())
      return reply.type('application/json; charset=utf-8').send(text)
    },
  )
}
