import type { Logger } from '@vouch/observability'
import { type Context, type ServeOptions, writeLine } from './context.ts'
import { serveControl } from './control/server.ts'
import type { Engine } from './engine.ts'
import { misuse } from './failure.ts'
import { buildApp } from './http/app.ts'

const loopback = '127.0.0.1'
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** Longest pause before the projection is tried again after a failure, ms. */
const maxPauseMs = 30_000

/** Runs ingestion, projections and queries until the signal; then stops cleanly: no new requests, no half-done work. */
export async function serve(context: Context, engine: Engine, options: ServeOptions, logger: Logger): Promise<void> {
  const open = !engine.keys.required()
  const host = options.host ?? (open ? loopback : '0.0.0.0')
  if (open && !isLoopback(host)) {
    throw misuse(`Without a key the server binds to loopback only, not to ${host}; make one with vouch keys create.`)
  }
  const app = await buildApp({ engine, logger })
  const stop = new AbortController()
  const projecting = project(engine, stop.signal, logger)
  const control = await serveControl(engine)
  try {
    const address = await app.listen({ host, port: options.port })
    if (open)
      await writeLine(
        context.err,
        'There is no key: listening on loopback only, and asking nobody for one. Make one with vouch keys create.',
      )
    await writeLine(context.err, `vouch listens on ${address}; its API is described at ${address}/openapi.json`)
    logger.info({ address, dataDir: engine.dataDir }, 'started')
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve()
      context.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    logger.info('stopping')
  } finally {
    await app.close()
    await control.close()
    stop.abort()
    await projecting
  }
}

/** Keeps the projection running. What stops it once (a full disk, say) may pass; the log loses nothing meanwhile. */
async function project({ projector }: Engine, signal: AbortSignal, logger: Logger): Promise<void> {
  let pauseMs = 500
  while (!signal.aborted) {
    try {
      await projector.run(signal)
      pauseMs = 500
    } catch (error) {
      logger.error({ err: error, retryInMs: pauseMs }, 'the projection stopped')
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs)
        signal.addEventListener(
          'abort',
          () => {
            clearTimeout(timer)
            resolve()
          },
          { once: true },
        )
      })
      pauseMs = Math.min(pauseMs * 2, maxPauseMs)
    }
  }
}
