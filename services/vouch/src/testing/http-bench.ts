import { createLogger } from '@vouch/observability'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { buildApp, type HttpOptions } from '../http/app.ts'
import { type Bench, openBench } from './bench.ts'

/** The HTTP interface over a bench, asked without a network. */
export interface HttpBench {
  readonly bench: Bench
  readonly app: FastifyInstance
  /** What was logged, as it came out. */
  logged(): string
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  get(path: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  close(): Promise<void>
}

interface Options extends Pick<HttpOptions, 'limits' | 'kafka'> {
  /** One that is open already, and stays so. */
  readonly bench?: Bench
}

export async function openHttpBench({ bench: given, ...options }: Options = {}): Promise<HttpBench> {
  const bench = given ?? (await openBench())
  const log: string[] = []
  const logger = createLogger('trace', { write: (line) => void log.push(line) })
  const app = await buildApp({ ...options, engine: bench.engine, logger })
  return {
    bench,
    app,
    logged: () => log.join(''),
    post: (url, body, headers = {}) =>
      app.inject({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', ...headers },
        payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
      }),
    get: (url, headers = {}) => app.inject({ url, headers }),
    async close() {
      await app.close()
      if (given === undefined) await bench.close()
    },
  }
}
