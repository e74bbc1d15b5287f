import { createSessions, type Sessions } from '../sessions.ts'
import { type RelayOptions, runRelaySession } from './session.ts'
import { createRelayStanding, type RelayStanding } from './standing.ts'

/** Publishes the log to Kafka, in order. */
export interface Relay extends Sessions {
  standing(): RelayStanding
}

export function createRelay(options: RelayOptions): Relay {
  const standing = createRelayStanding()
  const sessions = createSessions({
    what: 'relaying to Kafka',
    log: options.log,
    session: (sockets, signal) => runRelaySession({ ...options, sockets, standing, signal }),
    onFailure: standing.failed,
  })
  return { ...sessions, standing: standing.read }
}
