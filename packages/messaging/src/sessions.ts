import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from './log.ts'
import { type Sockets, trackSockets } from './sockets.ts'

export interface SessionsOptions {
  /** What stopped, for the log: `… stopped`. */
  readonly what: string
  readonly log: Log
  /** Works until the signal, or throws. */
  session(sockets: Sockets, signal: AbortSignal): Promise<void>
  onFailure(reason: string): void
}

/** Session after session: one that ends is begun again after a pause. */
export interface Sessions {
  start(): void
  /** Connections that give no answer are cut after so many ms. */
  stop(graceMs: number): Promise<void>
}

/** Pauses before a session is begun again, ms. */
const [firstPauseMs, maxPauseMs] = [500, 10_000]
/** A session that lasted so long, ms, was no failure to begin one. */
const sessionCountsMs = 60_000

export function createSessions({ what, log, session, onFailure }: SessionsOptions): Sessions {
  const stopping = new AbortController()
  const { signal } = stopping
  let sockets: Sockets | undefined

  const run = async () => {
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
      const begun = performance.now()
      sockets = trackSockets()
      try {
        await session(sockets, signal)
      } catch (error) {
        onFailure(error instanceof Error ? error.message : String(error))
        if (performance.now() - begun > sessionCountsMs) pauseMs = firstPauseMs
        if (!signal.aborted) log.error({ err: error, retryInMs: pauseMs }, `${what} stopped`)
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
    async stop(graceMs) {
      stopping.abort()
      const patience = setTimeout(() => sockets?.cut(), graceMs)
      await ended
      clearTimeout(patience)
    },
  }
}
