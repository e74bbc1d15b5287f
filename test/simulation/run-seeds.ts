import { Worker } from 'node:worker_threads'
import type { Outcome } from './simulate.ts'

export interface Seeds {
  readonly from: number
  readonly count: number
  /** How many are simulated at a time, each in a thread of its own. */
  readonly threads: number
  /** After so many failures no further seed is begun. */
  readonly maxFailures: number
  /** No further seed is begun once it is aborted; those under way come to their end. */
  readonly stop: AbortSignal
  readonly onOutcome: (outcome: Outcome) => void
}

/** Simulates a range of seeds. Which thread has which seed changes nothing: a seed is a world of its own. */
export async function runSeeds({ from, count, threads, maxFailures, stop, onOutcome }: Seeds): Promise<void> {
  let next = from
  let failures = 0
  const hasMore = () => !stop.aborted && next < from + count && failures < maxFailures
  const work = async () => {
    if (!hasMore()) return
    const worker = new Worker(new URL('./worker.ts', import.meta.url))
    try {
      while (hasMore()) {
        const outcome = await ask(worker, next++)
        if (outcome.failure !== undefined) failures++
        onOutcome(outcome)
      }
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: threads }, work))
}

function ask(worker: Worker, seed: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const ended = (outcome: Outcome) => {
      worker.off('error', died)
      resolve(outcome)
    }
    const died = (error: unknown) => {
      worker.off('message', ended)
      reject(
        new Error(`seed ${seed} took its thread down; replay with npm run simulate -- --seed ${seed}`, {
          cause: error,
        }),
      )
    }
    worker.once('message', ended)
    worker.once('error', died)
    worker.postMessage(seed)
  })
}
