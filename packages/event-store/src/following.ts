import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RecordedEvent } from './port.ts'

export const defaultBatchSize = 1000

/** At most `limit` events after a position, oldest first; empty at the head. */
export type ReadBatch = (after: bigint, limit: number) => readonly RecordedEvent[]

/** Whoever waits for the log to grow, and the call that tells them. */
export interface Wakeups {
  /** Resolves at the next `wake`, or when `signal` is aborted. */
  wait(signal: AbortSignal): Promise<void>
  wake(): void
}

export const createWakeups = (): Wakeups => {
  const waiting = new Set<() => void>()
  return {
    wait: (signal) =>
      new Promise((resolve) => {
        const done = () => {
          waiting.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        waiting.add(done)
        signal.addEventListener('abort', done)
        if (signal.aborted) done()
      }),
    wake: () => {
      for (const done of [...waiting]) done()
    },
  }
}

/** Batches up to the head. A batch that is not full was read at the head, so it is the last one. */
export async function* toHead(read: ReadBatch, after: bigint, size: number): AsyncGenerator<readonly RecordedEvent[]> {
  let position = after
  for (;;) {
    const batch = read(position, size)
    const newest = batch.at(-1)
    if (newest === undefined) return
    yield batch
    if (batch.length < size) return
    position = newest.position
    // Reading never waits for anything, so that a long fold would keep every other task of the process from running.
    await nextTurn()
  }
}

/**
 * Batches up to the head and then each further one. Reading and going to wait happen in one turn of the event loop, so
 * that no append can fall between them.
 */
export async function* following(
  read: ReadBatch,
  wakeups: Wakeups,
  after: bigint,
  signal: AbortSignal,
  size: number,
): AsyncGenerator<readonly RecordedEvent[]> {
  let position = after
  while (!signal.aborted) {
    const batch = read(position, size)
    const newest = batch.at(-1)
    if (newest === undefined) {
      await wakeups.wait(signal)
    } else {
      yield batch
      position = newest.position
      await nextTurn()
    }
  }
}

export const assertBatchSize = (size: number): void => {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new RangeError(`batchSize must be a whole number from 1 on, not ${size}.`)
}
