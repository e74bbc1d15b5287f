import { randomBytes } from 'node:crypto'
import { type CloudEvent, click } from '../../services/vouch/src/testing/samples.ts'
import type { Server } from '../../services/vouch/src/testing/server.ts'

/** An answer that is no success. */
export interface Refusal {
  readonly status: number
  readonly retryAfter: string | null
  readonly message: string
}

/** Clicks with a pad that no compression makes smaller, so that they take room: so many KiB each. */
export const clicks = (from: number, count: number, kib = 1): CloudEvent[] =>
  Array.from({ length: count }, (_, index) => {
    const id = `c-${from + index}`
    const { data, ...event } = click(id, '2026-03-01T10:00:00Z', `v-${id}`)
    return { ...event, data: { ...(data as object), pad: randomBytes(kib * 512).toString('hex') } }
  })

/** Reports clicks to a server and remembers what was acknowledged. */
export class Reporter {
  /** By id, the position that was acknowledged. */
  readonly acknowledged = new Map<string, number>()
  #sent = 0

  /** Sends a batch. @returns why it was refused; undefined if all of it was taken */
  async send(server: Server, count = 50): Promise<Refusal | undefined> {
    const batch = clicks(this.#sent, count)
    this.#sent += count
    return this.offer(server, batch)
  }

  async offer(server: Server, batch: readonly CloudEvent[]): Promise<Refusal | undefined> {
    const response = await server.post('/v1/events', batch)
    const body = (await response.json()) as {
      results?: { id: string; outcome: string; position: number }[]
      error?: { message: string }
    }
    if (response.status !== 200) {
      const retryAfter = response.headers.get('retry-after')
      return { status: response.status, retryAfter, message: body.error?.message ?? JSON.stringify(body) }
    }
    for (const { id, outcome, position } of body.results ?? []) {
      if (outcome !== 'appended' && outcome !== 'duplicate') throw new Error(`${id} was answered with ${outcome}.`)
      this.acknowledged.set(id, position)
    }
    return undefined
  }

  /** Sends until the server refuses, at most so many batches. */
  async sendUntilRefused(server: Server, batches = 2_000): Promise<Refusal> {
    for (let sent = 0; sent < batches; sent++) {
      const refusal = await this.send(server)
      if (refusal !== undefined) return refusal
    }
    throw new Error(`${batches} batches were taken.`)
  }
}
