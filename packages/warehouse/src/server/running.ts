import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { WarehouseError } from '../port.ts'
import type { RunningQuestion } from '../strangers/strangers.ts'

/** One question to a server. */
export interface Running extends RunningQuestion {
  /** Under which the server knows it. */
  readonly queryId: string
  /** Aborted when it is stopped. */
  readonly signal: AbortSignal
  /** From now on stopping destroys this stream. */
  reads(body: Readable): void
  /** The server is done with it, or is told to be. */
  end(isDone: boolean): void
}

/** @param kill tells the server to stop a query, whether or not it listens */
export function startRunning(kill: (queryId: string) => Promise<void>): Running {
  const queryId = randomUUID()
  const aborting = new AbortController()
  const ended = Promise.withResolvers<void>()
  let stopped: WarehouseError | undefined
  let body: Readable | undefined
  return {
    queryId,
    signal: aborting.signal,
    ended: ended.promise,
    get stopped() {
      return stopped
    },
    reads(stream) {
      body = stream
      if (stopped) stream.destroy(stopped)
    },
    stop(why) {
      if (stopped) return
      stopped = why
      if (body) return void body.destroy(why)
      aborting.abort()
      void kill(queryId)
    },
    end(isDone) {
      if (isDone) ended.resolve()
      else kill(queryId).finally(ended.resolve)
    },
  }
}
