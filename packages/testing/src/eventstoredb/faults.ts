import { Metadata, type ServiceError, status } from '@grpc/grpc-js'

/** How a call fails. `end` is no failure: it ends as if all were said. */
export type CallFault = 'unavailable' | 'not-leader' | 'access-denied' | 'unknown' | 'end'

/** What becomes of one append, or of the call that it came on. */
export type AppendFault =
  | 'none'
  /** The call fails before the append is done. */
  | CallFault
  /** It is done, and then the call fails: its answer is lost. */
  | 'answer-lost'
  /** It is done, and the answer is that it took too long. */
  | 'timeout'
  /** It is done, and the answer comes when `answerLate` is called. */
  | 'late-answer'
  /** Before its answer comes one to an append that nobody made. */
  | 'stray-answer'
  /** It is not done, for the revision that it expects is said to be wrong. */
  | 'wrong-revision'
  /** It is not done, for it is said to be too large. */
  | 'too-large'
  /** It is done after the one that comes next. */
  | 'overtaken'

/** Switches of a double. Each list is taken from the front, one fault for each append or call; then all goes well. */
export interface Faults {
  readonly appends: AppendFault[]
  readonly reads: CallFault[]
  readonly subscriptions: CallFault[]
  /** Every call fails as unavailable. */
  isDown: boolean
  /** Another node leads: who insists on the leader is told where it is. */
  leader: { readonly host: string; readonly port: number } | undefined
  /** Subscriptions are sent a checkpoint at the log's end before the events that lead up to it. */
  hasEarlyCheckpoints: boolean
}

export const noFaults = (): Faults => ({
  appends: [],
  reads: [],
  subscriptions: [],
  isDown: false,
  leader: undefined,
  hasEarlyCheckpoints: false,
})

/** A fault as the server puts it. @param leader where it is said to be */
export const errorOf = (
  fault: Exclude<CallFault, 'end'>,
  leader: { readonly host: string; readonly port: number },
): Partial<ServiceError> => {
  const metadata = new Metadata()
  switch (fault) {
    case 'unavailable':
      return { code: status.UNAVAILABLE, details: 'Server Is Too Busy', metadata }
    case 'unknown':
      return { code: status.UNKNOWN, details: 'No leader info available in response', metadata }
    case 'access-denied':
      metadata.set('exception', 'access-denied')
      return { code: status.PERMISSION_DENIED, details: 'Access Denied', metadata }
    case 'not-leader':
      metadata.set('exception', 'not-leader')
      metadata.set('leader-endpoint-host', leader.host)
      metadata.set('leader-endpoint-port', String(leader.port))
      return { code: status.NOT_FOUND, details: 'Leader info available', metadata }
  }
}
