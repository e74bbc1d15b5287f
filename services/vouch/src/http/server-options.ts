import { randomUUID } from 'node:crypto'
import type { Logger, Metrics } from '@vouch/observability'
import { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Access } from './auth.ts'
import { answerUnreadable } from './client-error.ts'
import type { HttpLimits } from './limits.ts'

/** What all HTTP interfaces of one server share: whoever asks by two of them is counted once. */
export interface Outside {
  readonly access: Access
  readonly metrics: Metrics
  readonly limits: HttpLimits
}

declare module 'fastify' {
  interface FastifyInstance {
    outside: Outside
  }
}

/** How any HTTP interface of ours is served. */
export const serverOptions = (logger: Logger, limits: HttpLimits) =>
  ({
    loggerInstance: logger as FastifyBaseLogger,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    // What has come in is answered; the listening socket is closed, and connections after their answer.
    return503OnClosing: false,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.idleMs,
    clientErrorHandler: answerUnreadable,
  }) as const

export const httpOptions = (limits: HttpLimits) => ({
  headersTimeout: limits.headersMs,
  connectionsCheckingInterval: limits.checkMs,
})

interface Watch extends Pick<Outside, 'limits' | 'metrics'> {
  readonly onConnection: () => void
}

export function watchConnections({ server }: FastifyInstance, { limits, metrics, onConnection }: Watch): void {
  server.maxConnections = limits.connections
  server.on('connection', onConnection)
  server.on('drop', () => metrics.turnedAway.inc({ reason: 'connections' }))
}

/**
 * Measures and logs each request, never with its address: keys may stand in it.
 * @param prefix tells the routes of one interface from those of another
 */
export function observeRequests(app: FastifyInstance, metrics: Metrics, prefix = ''): void {
  // Hooks that wait for nothing call back: a promise each costs a small request as much as its event.
  app.addHook('onResponse', (request, reply, done) => {
    const { url } = request.routeOptions
    const route = url === undefined ? 'none' : prefix + url
    const { method } = request
    const { statusCode } = reply
    metrics.requests.observe({ route, method, status: String(statusCode) }, reply.elapsedTime / 1000)
    request.log.info({ method, route, statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 }, 'request')
    done()
  })
}
