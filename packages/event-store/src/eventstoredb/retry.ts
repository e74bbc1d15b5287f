import { setTimeout as sleep } from 'node:timers/promises'
import { StoreError } from '../port.ts'
import { troubleOf } from './failure.ts'

/** Resolves after so long, or as soon as `signal` is aborted. Never rejects. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>

export const realWait: Wait = async (ms, signal) => {
  // The process stays for it: whoever waits has more to do.
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}

const firstDelayMs = 100
const longestDelayMs = 10_000

/** How long to wait after so many failures in a row, from 1. */
export const delayMs = (failures: number): number => Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1))

/** An election of a leader takes seconds: 100 ms doubled so often are 3.1 s. */
export const maxAttempts = 6

export interface Retrying {
  readonly wait: Wait
  /** Aborted when the store is closed. */
  readonly closing: AbortSignal
}

/**
 * Does it again while the trouble may pass.
 * @throws StoreError when it did not pass, or cannot; anything that is no trouble of the store as it is
 */
export const withRetries = async <A>(work: () => Promise<A>, { wait, closing }: Retrying): Promise<A> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof StoreError) throw error
      const trouble = troubleOf(error)
      if (trouble === undefined) throw error
      if (!trouble.isPassing || attempt === maxAttempts || closing.aborted)
        throw new StoreError(trouble.failure, { cause: error })
    }
    await wait(delayMs(attempt), closing)
  }
}
