import { type IncomingMessage, request } from 'node:http'
import type { Output } from '../context.ts'
import { write } from '../context.ts'
import { Failure, interrupted } from '../failure.ts'
import { readAddress } from './address.ts'
import { decodeFrames, type RunRequest } from './frames.ts'

interface Streams {
  readonly out: Output
  readonly err: Output
  readonly signal: AbortSignal
}

/**
 * Has a server that holds the folder run a command, as if it ran here.
 * @returns its exit code; undefined if no server listens
 */
export async function forward(dataDir: string, run: RunRequest, streams: Streams): Promise<number | undefined> {
  const { signal } = streams
  const address = readAddress(dataDir)
  if (address === undefined) return undefined
  const stop = new AbortController()
  const abort = () => stop.abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${address.secret}` }
    const options = { socketPath: address.socket, path: '/run', method: 'POST', headers, agent: false }
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = request({ ...options, signal: stop.signal }, resolve)
      call.on('error', reject)
      call.end(JSON.stringify(run))
    })
    if (response.statusCode !== 200) throw new Failure(`The server on ${dataDir} is not ready; try again in a moment.`)
    const exitCode = await relay(response, streams)
    if (exitCode === undefined) throw gone
    return exitCode
  } catch (error) {
    if (signal.aborted) throw stopped
    if (!isConnectionError(error)) throw error
    // Nobody listens: the server is gone, and its address was left behind.
    if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') return undefined
    throw gone
  } finally {
    signal.removeEventListener('abort', abort)
    // Whatever ended it here, Ctrl-C or a reader who has seen enough, ends the command over there.
    stop.abort()
  }
}

const gone = new Failure('The server stopped before the command was done; run it again.')

const stopped = interrupted('Stopped; what was acknowledged is kept, and the same command completes the rest.')

/** Writes what comes to where it belongs, no faster than it is taken. */
async function relay(response: IncomingMessage, { out, err }: Streams): Promise<number | undefined> {
  let exitCode: number | undefined
  for await (const { kind, payload } of decodeFrames(response)) {
    if (kind === 'exit') exitCode = payload[0]
    else await write(kind === 'out' ? out : err, payload)
  }
  return exitCode
}

const isConnectionError = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
