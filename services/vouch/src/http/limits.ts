import type { IntakeLimits } from './intake/intake.ts'

/** What the outside may ask of one server. */
export interface HttpLimits extends IntakeLimits {
  /** Events in one request. */
  readonly eventsARequest: number
  /** Explanations that are worked on at once. */
  readonly explanationsAtOnce: number
  /** Requests to the routes of finance that are worked on at once. */
  readonly financeAtOnce: number
  /** Further connections are closed as they come. */
  readonly connections: number
  /** Time for the headers of a request to come, ms. */
  readonly headersMs: number
  /** Time for a whole request to come, ms. */
  readonly requestMs: number
  /** How often both are looked at, ms. */
  readonly checkMs: number
  /** A connection on which nothing moves for so long is closed, ms; longer than any query may take. */
  readonly idleMs: number
  /** Requests a minute with one key that has no limit of its own; 0 for any number. */
  readonly requestsAMinute: number
  /** Requests a minute from one address that show no key that works, health checks aside; 0 for any number. */
  readonly strangersAMinute: number
}

export const defaultLimits: HttpLimits = {
  bodyBytes: 16 * 2 ** 20,
  pendingBytes: 64 * 2 ** 20,
  maxWaitMs: 1_000,
  requestsAtOnce: 512,
  eventsARequest: 100_000,
  explanationsAtOnce: 16,
  financeAtOnce: 8,
  connections: 2_000,
  headersMs: 15_000,
  requestMs: 60_000,
  checkMs: 5_000,
  idleMs: 150_000,
  requestsAMinute: 0,
  strangersAMinute: 600,
}
