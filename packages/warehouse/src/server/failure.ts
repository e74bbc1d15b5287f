import { engineError } from '../engine-error.ts'
import { WarehouseError } from '../port.ts'

/** What stands in the way of an answer, and goes away by itself: the same can be asked again. */
export class Passing extends Error {
  override readonly name = 'Passing'
  /** ClickHouse's code, where it was ClickHouse that said so. */
  readonly code: number | undefined

  constructor(message: string, code?: number, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/**
 * ClickHouse's codes for what passes: it is too busy, starts or stops, still does what was asked for before, or one node of it
 * does not reach another.
 */
const passing: ReadonlySet<number> = new Set(
  Object.values({
    TOO_MANY_SIMULTANEOUS_QUERIES: 202,
    NO_FREE_CONNECTION: 203,
    SOCKET_TIMEOUT: 209,
    NETWORK_ERROR: 210,
    QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING: 216,
    NO_ZOOKEEPER: 225,
    ABORTED: 236,
    TABLE_IS_READ_ONLY: 242,
    TOO_MANY_PARTS: 252,
    ALL_CONNECTION_TRIES_FAILED: 279,
    TOO_FEW_LIVE_REPLICAS: 285,
    UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE: 286,
    REPLICA_IS_NOT_IN_QUORUM: 289,
    UNKNOWN_STATUS_OF_INSERT: 319,
    SYSTEM_ERROR: 425,
    SERVER_OVERLOADED: 745,
    KEEPER_EXCEPTION: 999,
  }),
)

/** Codes of a user that is not known, has another password, or may not do this. */
const denied: ReadonlySet<number> = new Set([192, 193, 194, 497, 516])

/** @param head what the head of the answer says of its code @param text its body */
export function saidError(status: number, head: string | undefined, text: string): WarehouseError | Passing {
  const code = head === undefined ? Number(/^Code: (\d+)\./.exec(text)?.[1] ?? 0) : Number(head)
  if (code > 0) return codedError(code, text)
  const said = `${status} ${text
    .replaceAll(/<[^>]*>|\s+/g, ' ')
    .trim()
    .slice(0, 200)}`.trim()
  if (status >= 500 || status === 429) return new Passing(`it answers ${said}`)
  return new WarehouseError('engine', `What answers is no ClickHouse: ${said}.`)
}

export function codedError(code: number, text: string): WarehouseError | Passing {
  const { fault, message } = engineError(new Error(text))
  if (denied.has(code)) return new WarehouseError('denied', message, code)
  return passing.has(code) ? new Passing(message, code) : new WarehouseError(fault, message, code)
}

/** What comes of a request that had no answer, or not all of one. */
export function networkError(error: unknown): Passing {
  const { message, code } = error as { message?: string; code?: string }
  return new Passing(message || code || String(error), undefined, error)
}

/** The end of patience. @param shown the server's address, without who opens it */
export function unreachable(shown: string, waitedMs: number, last: Passing): WarehouseError {
  const after = waitedMs < 1_000 ? '' : ` after ${Math.round(waitedMs / 1_000)} s of trying`
  const said = last.message.replace(/\.$/, '')
  return new WarehouseError(
    'unreachable',
    last.code === undefined
      ? `ClickHouse at ${shown} does not answer${after} (${said}): see whether it runs, and whether host, port and http or https in VOUCH_WAREHOUSE are right.`
      : `ClickHouse at ${shown} takes no work${after} (${said}): see what it is busy with, and whether all its nodes run.`,
    last.code,
    last,
  )
}
