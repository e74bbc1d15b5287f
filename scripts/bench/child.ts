import { fork } from 'node:child_process'

/** @param done of `total`, in whatever is counted */
export type OnProgress = (done: number, total: number) => void

/** Work for a process of its own: so that its memory is its own, and nothing before it has warmed or worn what it uses. */
export interface Phase<Params, Result> {
  readonly file: string
  /** What the file exports it as. */
  readonly name: string
  run(params: Params, onProgress: OnProgress): Promise<Result>
}

export const phase = <Params, Result>(
  file: string,
  name: string,
  run: (params: Params, onProgress: OnProgress) => Promise<Result>,
): Phase<Params, Result> => ({ file, name, run })

export interface Ran<Result> {
  readonly result: Result
  /** Most resident memory of the process, from its start to its end. */
  readonly peakMiB: number
  /** When the process was started, ms since the epoch. */
  readonly startedAt: number
}

export type Message =
  | { readonly tag: 'progress'; readonly done: number; readonly total: number }
  | { readonly tag: 'done'; readonly result: unknown; readonly peakMiB: number }
  | { readonly tag: 'failed'; readonly text: string }

export interface ChildOptions {
  readonly onProgress?: OnProgress
  /** More options of Node for the process. */
  readonly nodeOptions?: readonly string[]
  /** Ends the process. */
  readonly signal?: AbortSignal
}

/** Runs a phase in a process of its own. Parameters and result are copied, so they are plain data. */
export function inChild<Params, Result>(
  { file, name }: Phase<Params, Result>,
  params: Params,
  { onProgress, nodeOptions = [], signal }: ChildOptions = {},
): Promise<Ran<Result>> {
  const startedAt = Date.now()
  const child = fork(new URL('./child-main.ts', import.meta.url), [file, name], {
    execArgv: ['--disable-warning=ExperimentalWarning', ...nodeOptions],
    serialization: 'advanced',
    // Standard output is for the results alone.
    stdio: ['ignore', 2, 2, 'ipc'],
    signal,
  })
  return new Promise((resolve, reject) => {
    let ran: Ran<Result> | undefined
    let failure = `${name} ended without a result`
    child.on('message', (message: Message) => {
      if (message.tag === 'progress') onProgress?.(message.done, message.total)
      else if (message.tag === 'failed') failure = message.text
      else ran = { result: message.result as Result, peakMiB: message.peakMiB, startedAt }
    })
    child.on('error', (error) => {
      failure = error.message
      // One that runs is over when it has closed, and only then are its files.
      if (child.pid === undefined) reject(error)
    })
    child.on('close', (code, signalName) => {
      if (ran && code === 0) resolve(ran)
      else reject(new Error(`${failure} (${signalName ?? `exit code ${code}`})`))
    })
    child.send({ params })
  })
}
