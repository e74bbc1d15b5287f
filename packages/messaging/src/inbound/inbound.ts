import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../log.ts'
import { type Sockets, trackSockets } from '../sockets.ts'
import type { Admit } from './batch.ts'
import { runSession } from './session.ts'
import { createStanding, type InboundStanding } from './standing.ts'

/** Where events come from, and where those go that cannot be taken. */
export const inboundTopic = 'vouch.inbound'
export const rejectedTopic = 'vouch.rejected'

export interface InboundOptions {
  /** `host:port` of some brokers of the cluster. */
  readonly brokers: readonly string[]
  /** The consumer group; one a log. */
  readonly group: string
  readonly admit: Admit
  readonly log: Log
  /** After how long without a sign of life Kafka deals this member's partitions to others, ms; default 30,000. */
  readonly sessionTimeoutMs?: number
}

/** Events that are read from Kafka into the log. */
export interface Inbound {
  /** Reads until it is stopped. A session that ends (the brokers are gone, a topic is missing) is begun again after a pause. */
  start(): void
  standing(): InboundStanding
  /** Ends the chunk in hand, commits its offset, leaves the group. Connections that give no answer are cut after so many ms. */
  stop(graceMs: number): Promise<void>
}

/** Longest pause before a session is begun again, ms. */
const maxPauseMs = 10_000
/** A session that lasted so long, ms, was no failure to begin one. */
const sessionCountsMs = 60_000

export function createInbound(options: InboundOptions): Inbound {
  const { log } = options
  const stopping = new AbortController()
  const { signal } = stopping
  const standing = createStanding(() => performance.now())
  let sockets: Sockets | undefined

  const run = async () => {
    for (let pauseMs = 500; !signal.aborted; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
      const begun = performance.now()
      sockets = trackSockets()
      try {
        await runSession({ ...options, sockets, standing, signal })
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        standing.failed(reason)
        if (performance.now() - begun > sessionCountsMs) pauseMs = 500
        if (!signal.aborted) log.error({ err: error, retryInMs: pauseMs }, 'reading from Kafka stopped')
      } finally {
        sockets.release()
      }
      await pause(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
  let ended: Promise<void> | undefined

  return {
    start() {
      ended ??= run()
    },
    standing: standing.read,
    async stop(graceMs) {
      stopping.abort()
      const patience = setTimeout(() => sockets?.cut(), graceMs)
      await ended
      clearTimeout(patience)
    },
  }
}
