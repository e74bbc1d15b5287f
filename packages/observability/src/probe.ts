import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'

/** Whether a process does its work, and if not, why. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string }

export interface ProbeOptions {
  readonly port: number
  readonly registry: Registry
  readonly readiness: () => Readiness
}

export interface Probe {
  /** The one that is listened on. */
  readonly port: number
  close(): Promise<void>
}

/** `GET /healthz`, `/readyz`, `/metrics` of a process that has no other routes. @throws what keeps it from listening */
export async function serveProbe({ port, registry, readiness }: ProbeOptions): Promise<Probe> {
  const server = createServer((request, response) => {
    const answer = async () => {
      const [path] = (request.url ?? '').split('?')
      if (request.method !== 'GET') return send(405, json, '{"error":"GET alone"}')
      if (path === '/healthz') return send(200, json, '{"alive":true}')
      if (path === '/metrics') return send(200, registry.contentType, await registry.metrics())
      if (path !== '/readyz') return send(404, json, '{"error":"there are /healthz, /readyz and /metrics"}')
      const state = readiness()
      return send(state.ready ? 200 : 503, json, JSON.stringify(state))
    }
    const send = (status: number, type: string, body: string) => {
      response.writeHead(status, { 'content-type': type })
      response.end(body)
    }
    void answer().catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const json = 'application/json'
