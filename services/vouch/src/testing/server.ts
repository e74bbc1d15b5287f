import { eventually } from './eventually.ts'
import { type Ended, type Running, type RunOptions, start } from './process.ts'

/** A server in a process of its own. */
export interface Server {
  readonly url: string
  readonly process: Running
  /** Stops it with SIGTERM. */
  stop(): Promise<Ended>
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
}

/** Starts a server on a port that is free and waits until it listens. */
export async function startServer(args: readonly string[], options: RunOptions = {}): Promise<Server> {
  const process = start(['start', '--port', '0', ...args], options)
  const url = await eventually('the server listens', () => {
    if (process.child.exitCode !== null) throw new Error(process.err())
    return /vouch listens on (http:\S+);/.exec(process.err())?.[1]
  })
  return {
    url,
    process,
    stop() {
      process.kill('SIGTERM')
      return process.ended
    },
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (path, headers = {}) => fetch(url + path, { headers }),
  }
}
