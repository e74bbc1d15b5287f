/** Judges fold mutants, one message a mutant. A mutant may never end, so whoever asks looks at the clock. */

import { Worker } from 'node:worker_threads'
import { foldsOf } from './load.ts'
import { logsFor } from './logs.ts'
import type { FoldMutant } from './mutant.ts'
import { verdictOn } from './verdict.ts'

const logs = logsFor(Number(process.argv[2]))

// Whoever has it judge may be killed, and a mutant that never ends hears of nothing.
const watch = `const parent = process.ppid
setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 1000)`
new Worker(watch, { eval: true }).unref()

process.on('message', async (mutant: FoldMutant) => {
  try {
    process.send?.(verdictOn(await foldsOf(mutant), logs))
  } catch (error) {
    process.send?.({ noticed: 'it fails', by: [String(error)] })
  }
})
process.send?.('ready')
