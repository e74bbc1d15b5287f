import type { Statement } from './statement.ts'

/** How far the relay is. */
export interface RelayStanding {
  /** All of the log up to this position is in `vouch.log`. */
  readonly position: bigint
  /** Of the newest event there, ms since the epoch, UTC; 0 while there is none. */
  readonly recordedAt: number
  /** Events since the start. */
  readonly events: number
  /** Sessions that ended by a failure since the start. */
  readonly failures: number
  /** Why the newest session ended, until there is another. */
  readonly failure: string | undefined
  /** Whether a session relays now. */
  readonly relaying: boolean
}

export function createRelayStanding() {
  let [position, recordedAt, events, failures] = [0n, 0, 0, 0]
  let failure: string | undefined
  let relaying = false
  return {
    stated(statement: Statement, count = 0) {
      ;({ position, recordedAt } = statement)
      events += count
      failure = undefined
      relaying = true
    },
    failed(reason: string) {
      failures++
      failure = reason
      relaying = false
    },
    read: (): RelayStanding => ({ position, recordedAt, events, failures, failure, relaying }),
  }
}

export type RelayStandingKept = ReturnType<typeof createRelayStanding>
