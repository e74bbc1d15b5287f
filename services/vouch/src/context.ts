import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import type { KafkaSettings } from '@vouch/observability'
import type { Engine } from './engine.ts'
import { Failure } from './failure.ts'
import type { HttpLimits } from './http/limits.ts'

/** Where a command's words go; on a terminal it may draw. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number }

/** What a command has around it. The same command runs in its own process or inside a server that holds the folder. */
export interface Context {
  readonly out: Output
  readonly err: Output
  /** Relative paths are of this folder. */
  readonly cwd: string
  /** The process that the command was typed in, if it is another than this one. */
  readonly askedBy?: number
  /** Aborted by Ctrl-C and SIGTERM; a command then stops at a point where all is consistent. */
  readonly signal: AbortSignal
  readonly clock: () => number
  /** Where the server reads events from besides, or would. */
  readonly kafka?: KafkaSettings | undefined
  /** The data folder's parts, opened on first use. */
  engine(dataDir: string | undefined, options?: OpenOptions): Promise<Engine>
  /** Runs as a server until it is stopped; absent inside a server. */
  readonly serve?: (options: ServeOptions) => Promise<void>
}

export interface OpenOptions {
  /** Puts tables that cannot be opened aside and makes them anew from the log. */
  readonly recover?: boolean
  /** Writes the log and folds it in threads of their own: for what goes on for long, and does much else. */
  readonly inThreads?: boolean
}

export interface ServeOptions {
  readonly dataDir: string | undefined
  readonly host: string | undefined
  readonly port: number
  /** Port of ClickHouse's HTTP interface; undefined: there is none. */
  readonly clickhousePort?: number | undefined
  /** How long requests under way may take to end when the server stops, ms; default 10,000. */
  readonly graceMs?: number
  /** Instead of the server's own. */
  readonly limits?: Partial<HttpLimits>
}

/** The path of a file that the command line names. */
export function pathOf({ cwd, askedBy }: Context, name: string): string {
  const path = resolve(cwd, name)
  if (askedBy === undefined) return path
  // These names mean another file in each process.
  const descriptor = path === '/dev/stdin' ? '0' : /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path)?.[1]
  return descriptor === undefined ? path : `/proc/${askedBy}/fd/${descriptor}`
}

/** Whoever reads the output has seen enough (head, less): no failure, but no reason to go on writing. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone'
}

/**
 * Writes and waits until it is taken, so that large output does not pile up in memory.
 * @throws ReaderGone, or a Failure if it cannot be written
 */
export function write(output: Output, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(chunk, (error) => {
      if (!error) resolve()
      else if (isReaderGone(error)) reject(new ReaderGone())
      else
        reject(
          new Failure(
            `The output could not be written (${error.message}); make room for it, or write it somewhere else.`,
          ),
        )
    })
  })
}

/** As `write`, for words that a command can do without: what it has done counts also where nobody reads them. */
export async function writeLine(output: Output, text = ''): Promise<void> {
  try {
    await write(output, `${text}\n`)
  } catch (error) {
    if (!(error instanceof ReaderGone)) throw error
  }
}

const isReaderGone = (error: Error): boolean =>
  error instanceof ReaderGone ||
  ('code' in error &&
    (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'ERR_STREAM_WRITE_AFTER_END'))
