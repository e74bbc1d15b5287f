import { request } from 'node:http'
import { createInterface } from 'node:readline'
import type { Output } from '../context.ts'
import { write } from '../context.ts'
import { readSecret, socketPath } from './address.ts'
import type { Frame, RunRequest } from './frames.ts'

interface Streams {
  readonly out: Output
  readonly err: Output
  readonly signal: AbortSignal
}

/**
 * Has a server that holds the folder run a command, as if it ran here.
 * @returns its exit code; undefined if no server listens
 */
export function forward(dataDir: string, run: RunRequest, { out, err, signal }: Streams): Promise<number | undefined> {
  const secret = readSecret(dataDir)
  if (secret === undefined) return Promise.resolve(undefined)
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` }
    const call = request(
      { socketPath: socketPath(dataDir), path: '/run', method: 'POST', headers },
      async (response) => {
        let exitCode: number | undefined
        try {
          for await (const line of createInterface({ input: response })) {
            const frame = JSON.parse(line) as Frame
            if (frame.out !== undefined) await write(out, Buffer.from(frame.out, 'base64'))
            if (frame.err !== undefined) await write(err, Buffer.from(frame.err, 'base64'))
            if (frame.exit !== undefined) exitCode = frame.exit
          }
        } catch (error) {
          if (!signal.aborted) return reject(error)
        }
        if (exitCode === undefined && !signal.aborted)
          return reject(new Error('the server stopped before the command was done; run it again'))
        resolve(exitCode ?? 130)
      },
    )
    call.on('error', (error: NodeJS.ErrnoException) => {
      // Nobody listens: the server is gone, and left its key behind.
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined)
      else if (signal.aborted) resolve(130)
      else reject(error)
    })
    signal.addEventListener('abort', () => call.destroy(), { once: true })
    call.end(JSON.stringify(run))
  })
}
