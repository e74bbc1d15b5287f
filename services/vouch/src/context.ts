import type { Writable } from 'node:stream'
import type { Engine } from './engine.ts'

/** Where a command's words go; on a terminal it may draw. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number }

/** What a command has around it. The same command runs in its own process or inside a server that holds the folder. */
export interface Context {
  readonly out: Output
  readonly err: Output
  /** Relative paths are of this folder. */
  readonly cwd: string
  /** Aborted by Ctrl-C and SIGTERM; a command then stops at a point where all is consistent. */
  readonly signal: AbortSignal
  readonly clock: () => number
  /** The data folder's parts, opened on first use. */
  engine(dataDir: string | undefined): Promise<Engine>
  /** Runs as a server until it is stopped; absent inside a server. */
  readonly serve?: (options: ServeOptions) => Promise<void>
}

export interface ServeOptions {
  readonly dataDir: string | undefined
  readonly host: string | undefined
  readonly port: number
}

/** Writes and waits until it is taken, so that large output does not pile up in memory. */
export function write(output: Output, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(chunk, (error) => (error ? reject(error) : resolve()))
  })
}

export const writeLine = (output: Output, text = ''): Promise<void> => write(output, `${text}\n`)
