import type { Logger } from '@vouch/observability'
import { WarehouseError } from '@vouch/warehouse'
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { Engine } from '../engine.ts'
import { decorateRequests, unknownKey } from '../http/auth.ts'
import { httpOptions, type Outside, observeRequests, serverOptions, watchConnections } from '../http/server-options.ts'
import { type Identity, sendAnswer, sendFault } from './answer.ts'
import { readAsked } from './asked.ts'
import { readSaid } from './body.ts'
import { isStillWelcome, refusalOf } from './credentials.ts'
import { encodingFor } from './encodings.ts'
import { codes, fault, faultOf } from './fault.ts'

export interface ClickHouseOptions {
  readonly engine: Engine
  readonly logger: Logger
  readonly outside: Outside
}

declare module 'fastify' {
  interface FastifyInstance {
    isClosing(): boolean
  }
}

/** Of a body, as it comes and unpacked. */
const bodyBytes = 256 * 1024

/** Drivers put what they ask into the address. */
const headBytes = 128 * 1024

/**
 * ClickHouse's HTTP interface over the tables, for drivers of ClickHouse: read-only, each question through the same guard and
 * under the same limits as `POST /v1/sql`. Listens to nothing yet.
 */
export async function buildClickHouseApp({ engine, logger, outside }: ClickHouseOptions): Promise<FastifyInstance> {
  const { access, metrics, limits } = outside
  const identity: Identity = { version: await versionOf(engine) }
  const app = fastify({
    ...serverOptions(logger, limits),
    http: { ...httpOptions(limits), maxHeaderSize: headBytes },
    bodyLimit: bodyBytes,
    exposeHeadRoutes: false,
    frameworkErrors: (error, _request, reply) =>
      void sendFault(
        reply,
        identity,
        fault(codes.BAD_ARGUMENTS, `${error.message}.`, { status: error.statusCode ?? 400 }),
      ),
  })
  watchConnections(app, { limits, metrics, onConnection: engine.arrivals.came })
  observeRequests(app, metrics, 'clickhouse:')
  decorateRequests(app)
  let closing = false
  app.decorate('isClosing', () => closing)
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close')
    done(null, payload)
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply, identity))
  app.setNotFoundHandler((request, reply) =>
    sendFault(
      reply,
      identity,
      fault(
        codes.BAD_ARGUMENTS,
        `There is no ${request.method} ${request.url.split('?')[0]} here; ask at /, and /ping whether it is there.`,
        {
          status: 404,
        },
      ),
    ),
  )

  const fine = (_request: FastifyRequest, reply: FastifyReply) => reply.type('text/html; charset=UTF-8').send('Ok.\n')
  for (const path of ['/ping', '/replicas_status']) app.route({ method: ['GET', 'HEAD'], url: path, handler: fine })

  app.route({
    method: ['GET', 'POST'],
    url: '/',
    async onRequest(request, reply) {
      const refusal = await refusalOf(access, request, paramsOf(request))
      return refusal && sendFault(reply, identity, refusal)
    },
    async handler(request, reply) {
      const said = await readSaid(request, paramsOf(request), bodyBytes)
      if (said.tag === 'fault') return sendFault(reply, identity, said)
      const asked = readAsked(said.params, said.body, request.headers)
      if (asked.tag === 'fault') return sendFault(reply, identity, asked)
      // As a server answers who asks for nothing.
      if (request.method === 'GET' && asked.question.query === '') return fine(request, reply)
      if (!isStillWelcome(access, request, paramsOf(request))) {
        return sendFault(reply, identity, fault(codes.AUTHENTICATION_FAILED, unknownKey))
      }
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort())
      const answer = await engine.warehouse.ask({ ...asked.question, signal: gone.signal })
      if (answer.tag !== 'answered') return sendFault(reply, identity, faultOf(answer), asked.queryId)
      const encoding = asked.mayCompress ? encodingFor(request.headers['accept-encoding']) : undefined
      return sendAnswer(reply, identity, answer, asked, encoding)
    },
  })
  return app
}

const paramsOf = ({ url }: FastifyRequest): URLSearchParams => new URL(url, 'http://here').searchParams

async function versionOf({ warehouse }: Engine): Promise<string> {
  const [row] = await warehouse.rows<{ version: string }>('SELECT version() AS version')
  return row?.version ?? 'unknown'
}

function sendError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  identity: Identity,
): FastifyReply {
  if (error instanceof WarehouseError) {
    request.log.error({ err: error }, 'unavailable')
    return sendFault(
      reply,
      identity,
      fault(error.code ?? codes.ABORTED, error.message, { status: 503, retryAfterSeconds: 5 }),
    )
  }
  const status = error.statusCode ?? 500
  if (status === 413) {
    return sendFault(
      reply,
      identity,
      fault(codes.QUERY_IS_TOO_LARGE, `The body is larger than ${bodyBytes} bytes; send less at once.`),
    )
  }
  if (status < 500) return sendFault(reply, identity, fault(codes.BAD_ARGUMENTS, error.message, { status }))
  request.log.error({ err: error }, 'unexpected')
  const message = `Something is wrong on our side; its log has it under request ${request.id}.`
  return sendFault(reply, identity, fault(codes.UNKNOWN_EXCEPTION, message))
}
