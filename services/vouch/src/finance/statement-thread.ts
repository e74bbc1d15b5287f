import { parentPort, workerData } from 'node:worker_threads'
import { readStatement, type StatementOptions, StatementTooLong } from './read-statement.ts'
import { type ReadLine, UnusableStatement } from './statement-file.ts'

/** What a thread is given to read. */
export interface ThreadData {
  readonly body: Uint8Array
  readonly options: StatementOptions
}

/** What it answers: its lines in order, or why there are none, and then that it is done. */
export type ThreadMessage =
  | { readonly tag: 'lines'; readonly lines: readonly ReadLine[] }
  | { readonly tag: 'unusable'; readonly isTooLong: boolean; readonly message: string }
  | { readonly tag: 'done' }

const { body, options } = workerData as ThreadData
const post = (message: ThreadMessage) => parentPort?.postMessage(message)
const linesAtOnce = 1000

try {
  const lines = await readStatement(whole(), options)
  for (let from = 0; from < lines.length; from += linesAtOnce)
    post({ tag: 'lines', lines: lines.slice(from, from + linesAtOnce) })
  post({ tag: 'done' })
} catch (error) {
  if (!(error instanceof UnusableStatement)) throw error
  post({ tag: 'unusable', isTooLong: error instanceof StatementTooLong, message: error.message })
}

async function* whole(): AsyncGenerator<Uint8Array> {
  yield body
}
