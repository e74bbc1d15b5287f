import { ErrorType, isCommandError } from '@eventstore/db-client'
import { StoreError, type StoreFailure } from '../port.ts'

/** Something went wrong at the server or on the way to it. */
export interface Trouble {
  readonly failure: StoreFailure
  /** The same may go well in a moment. */
  readonly isPassing: boolean
}

const passing: ReadonlySet<string> = new Set([
  ErrorType.UNAVAILABLE,
  ErrorType.CANCELLED,
  ErrorType.NOT_LEADER,
  ErrorType.TIMEOUT,
  ErrorType.DEADLINE_EXCEEDED,
  // "Server Is Not Ready" and "No leader info available" come under this name.
  ErrorType.UNKNOWN,
])

/**
 * The trouble that an error of the client stands for, told by its type alone; undefined for anything else, which is then a
 * defect and not a state of the store.
 */
export const troubleOf = (error: unknown): Trouble | undefined => {
  if (error instanceof StoreError)
    return { failure: error.failure, isPassing: error.failure.tag === 'store-unavailable' }
  if (error instanceof Refused) return { failure: error.failure, isPassing: false }
  if (!(error instanceof Error)) return undefined
  if (!isCommandError(error)) {
    // Discovery gives up with a bare Error; a socket with one that has a code.
    return error.constructor === Error || 'code' in error ? unavailable(error.message) : undefined
  }
  if (passing.has(error.type)) return unavailable(`${error.type}: ${error.message}`)
  if (error.type === ErrorType.ACCESS_DENIED) return lasting('store-read-only', accessDenied)
  if (error.type === ErrorType.STREAM_DELETED) return lasting('store-corrupt', `A stream was deleted. ${error.message}`)
  return lasting('store-unavailable', `EventStoreDB refuses: ${error.type}: ${error.message}`)
}

export const accessDenied =
  'EventStoreDB refuses these credentials: the user must be allowed to write to the streams vouch-… and to read $all.'

export const unavailable = (why: string): Trouble => ({
  failure: { tag: 'store-unavailable', message: `EventStoreDB does not answer as it should (${why}). Try again.` },
  isPassing: true,
})

export const lasting = (tag: StoreFailure['tag'], message: string): Trouble => ({
  failure: { tag, message },
  isPassing: false,
})

/** What the server will not do however often it is asked. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly failure: StoreFailure

  constructor(failure: StoreFailure) {
    super(failure.message)
    this.failure = failure
  }
}

export const damaged = (place: string, what: string): StoreError =>
  new StoreError({
    tag: 'store-corrupt',
    message: `The record ${place} of EventStoreDB ${what}. Only vouch may write to its streams.`,
  })
