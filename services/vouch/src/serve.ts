import { isIPv4 } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Inbound } from '@vouch/messaging'
import type { Logger } from '@vouch/observability'
import type { FastifyInstance } from 'fastify'
import { buildClickHouseApp } from './clickhouse/app.ts'
import { type Context, type ServeOptions, writeLine } from './context.ts'
import { serveControl } from './control/server.ts'
import type { Engine } from './engine.ts'
import { Failure, misuse } from './failure.ts'
import { buildApp } from './http/app.ts'
import { createGate } from './http/intake/gate.ts'
import { defaultLimits } from './http/limits.ts'
import type { KafkaParts } from './kafka/inbound.ts'

const loopback = '127.0.0.1'
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))

/** Longest pause before the projection is tried again after a failure, ms. */
const maxPauseMs = 30_000

/** Runs ingestion, projections and queries until the signal; then stops cleanly: no new requests, no half-done work. */
export async function serve(context: Context, engine: Engine, options: ServeOptions, logger: Logger): Promise<void> {
  const open = !engine.keys.required()
  const host = options.host ?? (open ? loopback : '0.0.0.0')
  if (open && !isLoopback(host)) {
    throw misuse(`Without a key the server binds to loopback only, not to ${host}; make one with vouch keys create.`)
  }
  const gate = createGate({ ...defaultLimits, ...options.limits }, engine.arrivals)
  const { kafka } = context
  const inbound = kafka && (await createInbound({ engine, gate, settings: kafka, logger }))
  const app = await buildApp({ engine, logger, limits: options.limits, gate, kafka: inbound?.standing })
  const stop = new AbortController()
  let clickhouse: FastifyInstance | undefined
  let projecting: Promise<void> | undefined
  let control: Awaited<ReturnType<typeof serveControl>> | undefined
  try {
    const address = await listen(app, host, options.port, '--port')
    if (options.clickhousePort !== undefined) {
      clickhouse = await buildClickHouseApp({ engine, logger, outside: app.outside })
      const at = await listen(clickhouse, host, options.clickhousePort, '--clickhouse-port')
      const password = open ? 'without a password' : 'a key of scope read as password'
      await writeLine(context.err, `ClickHouse's HTTP interface is at ${at}, read-only: any user, ${password}.`)
    }
    projecting = project(engine, stop.signal, logger)
    inbound?.start()
    control = await serveControl(engine, logger, kafka)
    if (open)
      await writeLine(
        context.err,
        'There is no key: listening on loopback only, and asking nobody for one. Make one with vouch keys create.',
      )
    await writeLine(context.err, `vouch listens on ${address}; its API is described at ${address}/openapi.json`)
    logger.info({ address, dataDir: engine.dataDir }, 'started')
    await aborted(context.signal)
    logger.info('stopping')
  } finally {
    const apps = clickhouse === undefined ? [app] : [clickhouse, app]
    const graceMs = options.graceMs ?? 10_000
    await Promise.all([...apps.map((one) => closeApp(one, graceMs)), inbound?.stop(graceMs)])
    await control?.close()
    stop.abort()
    await projecting
  }
}

async function listen(app: FastifyInstance, host: string, port: number, option: string): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    switch (code) {
      case 'EADDRINUSE':
        throw new Failure(
          `Port ${port} of ${host} is taken by another process; stop that one, or name another ${option}.`,
        )
      case 'EACCES':
        throw new Failure(`This user may not listen on port ${port}; name a ${option} above 1023.`)
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        throw misuse(`${host} is no address of this machine (${code}); name another --host.`)
      default:
        throw error
    }
  }
}

/** Answers what is under way; whoever does not send or read to the end is cut off after a while. */
async function closeApp(app: FastifyInstance, graceMs: number): Promise<void> {
  const patience = setTimeout(() => app.server.closeAllConnections(), graceMs)
  await app.close()
  clearTimeout(patience)
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Loads the client of Kafka where it is asked for: that takes as long as a short command. */
async function createInbound(parts: KafkaParts): Promise<Inbound> {
  const { createKafkaInbound } = await import('./kafka/inbound.ts')
  return createKafkaInbound(parts)
}

/**
 * Keeps the projection running, or the reading of the log where others project. What stops it once (a full disk, say) may pass;
 * the log loses nothing meanwhile.
 */
async function project({ projector, projection }: Engine, signal: AbortSignal, logger: Logger): Promise<void> {
  let pauseMs = 500
  while (!signal.aborted) {
    try {
      await projector.run(signal)
      pauseMs = 500
    } catch (error) {
      logger.error(
        { err: error, retryInMs: pauseMs },
        `${projection === 'own' ? 'the projection' : 'reading the log for its seals'} stopped`,
      )
      await pause(pauseMs, undefined, { signal }).catch(() => undefined)
      pauseMs = Math.min(pauseMs * 2, maxPauseMs)
    }
  }
}
