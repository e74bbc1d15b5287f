import { setTimeout as pause } from 'node:timers/promises'

/**
 * Whether the group still answers. kafkajs forgets who it is when the broker does not know it any more; if it cannot join again at
 * once, it reads on what it had, never asks the group again, and says nothing: its partitions are others' by then.
 */
export interface Pulse {
  /** The group has answered. */
  beat(): void
  /** @throws Error when it has not for too long; resolves when the signal comes first */
  stops(): Promise<void>
}

/** @param limitMs after which the group has certainly dealt the partitions to others, and would have let this member in again */
export function createPulse(limitMs: number, signal: AbortSignal, now = () => performance.now()): Pulse {
  let last = now()
  return {
    beat() {
      last = now()
    },
    async stops() {
      while (!signal.aborted) {
        const silentMs = now() - last
        if (silentMs > limitMs)
          throw new Error(`The group has not answered for ${Math.round(silentMs / 1000)} s; it is joined anew.`)
        await pause(limitMs / 10, undefined, { signal }).catch(() => undefined)
      }
    },
  }
}
