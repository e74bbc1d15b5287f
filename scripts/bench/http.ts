import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startServer } from '../../services/vouch/src/testing/server.ts'
import { appendedToWarmUp } from './bench.ts'
import type { Phase, Sending, Sent } from './http-sender.ts'

/** What a server takes over HTTP, each event durable before it is answered, while it projects what it takes. */
export interface HttpRates {
  /** Events a second in requests of a hundred, eight at once. */
  readonly batchEventsPerS: number
  /** Requests of one event a second, 128 at once. */
  readonly singleRequestsPerS: number
  /** Of those with one event, from request to answer. */
  readonly p50Ms: number
  readonly p99Ms: number
}

export const batches = { batch: 100, as: 'array', connections: 8 } as const
export const singles = { batch: 1, as: 'array', connections: 128 } as const

/**
 * Starts a server on a data folder, as a user does, and sends it events of the workload from a process of its own: some
 * to warm up, then in requests of a hundred, then one by one.
 * @param dataDir empty or missing
 * @param events in requests of a hundred; an eighth as many one by one
 */
export async function measureHttp(dataDir: string, events: number): Promise<HttpRates> {
  const some = Math.ceil(events / 8)
  const warmUp = Math.max(some, appendedToWarmUp)
  const server = await startServer([], { env: { VOUCH_DATA: dataDir, VOUCH_LOG_LEVEL: 'warn' } })
  try {
    const phases = [
      { ...batches, events: warmUp },
      { ...batches, events },
      { ...singles, events: some },
    ]
    const [, batched, single] = await sendFrom({ port: Number(new URL(server.url).port), phases, seed: 11 })
    if (batched === undefined || single === undefined) throw new Error('The sender has left something out.')
    return {
      batchEventsPerS: batched.events / batched.seconds,
      singleRequestsPerS: single.requests / single.seconds,
      p50Ms: single.p50Ms,
      p99Ms: single.p99Ms,
    }
  } finally {
    await server.stop()
  }
}

/** Sends from a process of its own; resolves with what became of each phase. */
export function sendFrom(sending: Sending & { readonly phases: readonly Phase[] }): Promise<readonly Sent[]> {
  return new Promise((resolve, reject) => {
    const sender: ChildProcess = fork(fileURLToPath(new URL('./http-sender.ts', import.meta.url)))
    sender.once('error', reject).once('exit', (code) => reject(new Error(`The sender ended with ${code}.`)))
    sender.once('message', (said: { readonly sent?: readonly Sent[]; readonly failed?: string }) => {
      if (said.sent) resolve(said.sent)
      else reject(new Error(said.failed))
    })
    sender.send(sending)
  })
}
