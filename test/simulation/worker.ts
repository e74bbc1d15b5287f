// Simulates the seeds that it is sent, one at a time, and sends back what became of each.
import { parentPort } from 'node:worker_threads'
import { simulate } from './simulate.ts'

parentPort?.on('message', async (seed: number) => {
  const outcome = await simulate(seed)
  // A trace is long, and of interest only where something went wrong.
  parentPort?.postMessage(outcome.failure === undefined ? { ...outcome, trace: [] } : outcome)
})
