import { setTimeout } from 'node:timers/promises'
import { closedError } from '../engine-error.ts'
import { Passing, unreachable } from './failure.ts'

/** How long what passes is waited for, and how often it is tried meanwhile. */
export interface Patience {
  readonly forMs: number
  /** Before the second try; doubled before each further one. */
  readonly firstMs: number
  readonly mostMs: number
}

export const defaultPatience: Patience = { forMs: 30_000, firstMs: 50, mostMs: 5_000 }

/**
 * Tries something until it works, or fails for good, or patience ends. It may take place more than once, whatever is said of
 * it: an answer can be lost after all was done.
 * @param shown the server's address, without who opens it
 * @throws WarehouseError `unreachable` at the end of patience
 */
export async function patiently<T>(
  attempt: () => Promise<T>,
  { forMs, firstMs, mostMs }: Patience,
  shown: string,
  signal: AbortSignal,
): Promise<T> {
  const began = performance.now()
  for (let pauseMs = firstMs; ; pauseMs = Math.min(pauseMs * 2, mostMs)) {
    if (signal.aborted) throw closedError()
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof Passing)) throw error
      const waitedMs = performance.now() - began
      if (waitedMs + pauseMs > forMs) throw unreachable(shown, waitedMs, error)
    }
    // Not all at the same time again, where several have met the same obstacle.
    const spread = 0.5 + Math.random() / 2
    await setTimeout(pauseMs * spread, undefined, { signal }).catch(() => undefined)
  }
}
