import { Worker } from 'node:worker_threads'
import { readStatement, type StatementOptions, StatementTooLong } from './read-statement.ts'
import { type ReadLine, UnusableStatement } from './statement-file.ts'
import type { ThreadData, ThreadMessage } from './statement-thread.ts'

/** To start a thread takes longer than to read this much, bytes. */
const readHere = 128 * 1024

/**
 * As `readStatement`, beside all else that the process does: the XML of a large statement takes seconds in which nobody else would
 * be answered.
 * @throws UnusableStatement, or the signal's reason
 */
export async function readApart(body: Uint8Array, options: StatementOptions, signal: AbortSignal): Promise<ReadLine[]> {
  if (body.length <= readHere) return readStatement(whole(body), options)
  const workerData: ThreadData = { body, options }
  signal.throwIfAborted()
  const worker = new Worker(new URL('./statement-thread.ts', import.meta.url), { workerData })
  const stop = () => void worker.terminate()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await linesFrom(worker)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

async function* whole(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body
}

const linesFrom = (worker: Worker): Promise<ReadLine[]> =>
  new Promise((resolve, reject) => {
    const all: ReadLine[] = []
    worker.on('message', (message: ThreadMessage) => {
      switch (message.tag) {
        case 'lines':
          for (const line of message.lines) all.push(line)
          break
        case 'unusable':
          reject(new (message.isTooLong ? StatementTooLong : UnusableStatement)(message.message))
          break
        case 'done':
          resolve(all)
          break
        default:
          message satisfies never
      }
    })
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`The thread that reads a statement ended with ${code}.`)))
  })
