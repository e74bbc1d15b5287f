import type { Log } from '../log.ts'
import { createSessions } from '../sessions.ts'
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

export function createInbound(options: InboundOptions): Inbound {
  const standing = createStanding(() => performance.now())
  const sessions = createSessions({
    what: 'reading from Kafka',
    log: options.log,
    session: (sockets, signal) => runSession({ ...options, sockets, standing, signal }),
    onFailure: standing.failed,
  })
  return { ...sessions, standing: standing.read }
}
