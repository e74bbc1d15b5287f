import { createLogger } from '@vouch/observability'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { buildClickHouseApp } from '../clickhouse/app.ts'
import { type HttpBench, openHttpBench } from './http-bench.ts'

/** ClickHouse's HTTP interface over a bench, asked without a network. */
export interface ClickHouseBench {
  readonly http: HttpBench
  readonly app: FastifyInstance
  /** What was logged, as it came out. */
  logged(): string
  /** Sends a query as body. */
  ask(query: string, params?: Params, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  get(params: Params, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  close(): Promise<void>
}

type Params = Readonly<Record<string, string>>

export async function openClickHouseBench(options: Parameters<typeof openHttpBench>[0] = {}): Promise<ClickHouseBench> {
  const http = await openHttpBench(options)
  const log: string[] = []
  const logger = createLogger('trace', { write: (line) => void log.push(line) })
  const app = await buildClickHouseApp({ engine: http.bench.engine, logger, outside: http.app.outside })
  const url = (params: Params) => `/?${new URLSearchParams(params)}`
  return {
    http,
    app,
    logged: () => log.join(''),
    ask: (payload, params = {}, headers = {}) => app.inject({ method: 'POST', url: url(params), payload, headers }),
    get: (params, headers = {}) => app.inject({ url: url(params), headers }),
    async close() {
      await app.close()
      await http.close()
    },
  }
}
