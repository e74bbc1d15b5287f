import type { MessagePort, Transferable, Worker } from 'node:worker_threads'
import { type ErrorClasses, type PackedError, packError, unpackError } from './errors.ts'

/** What one thread can ask of another: by name, what is given and what comes back in the end. All of it can be copied. */
export type Protocol = Readonly<Record<string, (args: never) => unknown>>

/** What is given; undefined where that is nothing. */
export type ArgsOf<C extends Protocol[string]> = Parameters<C> extends [infer A] ? A : undefined

/** One end of a line between two threads. */
export type Port = Pick<MessagePort | Worker, 'postMessage'> & {
  on(event: 'message', listener: (message: unknown) => void): unknown
}

/** What the side that answers has of a call beside its arguments. */
export interface CallContext {
  /** Aborted when the caller gives it up. */
  readonly signal: AbortSignal
  /** Tells the caller how far it is. */
  progress(...news: readonly unknown[]): void
}

export type Handlers<P extends Protocol> = {
  readonly [K in keyof P]: (args: ArgsOf<P[K]>, context: CallContext) => Promise<ReturnType<P[K]>> | ReturnType<P[K]>
}

export interface CallOptions {
  /** Gives the call up: it rejects with the signal's reason once the other side has stopped. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((...news: never[]) => void) | undefined
  /** Moved, not copied. */
  readonly transfer?: readonly Transferable[] | undefined
}

export interface Calls<P extends Protocol> {
  call<K extends keyof P & string>(name: K, args: ArgsOf<P[K]>, options?: CallOptions): Promise<ReturnType<P[K]>>
  /** Rejects what waits for an answer, and whatever is asked from now on: the other side is gone. */
  fail(error: unknown): void
}

type Asked =
  | { readonly tag: 'call'; readonly id: number; readonly name: string; readonly args: unknown }
  | { readonly tag: 'abort'; readonly id: number }

type Answered =
  | { readonly tag: 'done'; readonly id: number; readonly result: unknown }
  | { readonly tag: 'failed'; readonly id: number; readonly error: PackedError }
  | { readonly tag: 'stopped'; readonly id: number }
  | { readonly tag: 'progress'; readonly id: number; readonly news: readonly unknown[] }

interface Waiting {
  readonly options: CallOptions
  resolve(result: unknown): void
  reject(error: unknown): void
}

/** Asks the other side of a line. @param classes of the errors that may come back as what they were */
export function callsOver<P extends Protocol>(port: Port, classes: ErrorClasses): Calls<P> {
  const waiting = new Map<number, Waiting>()
  let newest = 0
  let gone: { readonly error: unknown } | undefined

  port.on('message', (message) => {
    const answered = message as Answered
    const call = waiting.get(answered.id)
    if (call === undefined) return
    const { options, resolve, reject } = call
    if (answered.tag === 'progress') return options.onProgress?.(...(answered.news as never[]))
    waiting.delete(answered.id)
    if (answered.tag === 'done') resolve(answered.result)
    else if (answered.tag === 'stopped') reject(options.signal?.reason)
    else reject(unpackError(answered.error, classes))
  })

  return {
    call: (name, args, options = {}) =>
      new Promise((resolve, reject) => {
        const { signal, transfer = [] } = options
        if (signal?.aborted) return reject(signal.reason)
        if (gone) return reject(gone.error)
        const id = ++newest
        const abort = () => port.postMessage({ tag: 'abort', id } satisfies Asked)
        const end = <T>(settle: (it: T) => void) => {
          return (it: T) => {
            signal?.removeEventListener('abort', abort)
            settle(it)
          }
        }
        waiting.set(id, { options, resolve: end(resolve as (result: unknown) => void), reject: end(reject) })
        signal?.addEventListener('abort', abort)
        port.postMessage({ tag: 'call', id, name, args } satisfies Asked, transfer)
      }),
    fail(error) {
      gone = { error }
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    },
  }
}

/** Answers what the other side of a line asks. */
export function answerCalls<P extends Protocol>(port: Port, handlers: Handlers<P>): { idle(): Promise<void> } {
  const byName = handlers as Readonly<Record<string, (args: unknown, context: CallContext) => unknown>>
  const running = new Map<number, { readonly stop: AbortController; readonly done: Promise<void> }>()

  async function answer(id: number, name: string, args: unknown, { signal }: AbortController): Promise<Answered> {
    const progress = (...news: unknown[]) => port.postMessage({ tag: 'progress', id, news } satisfies Answered)
    try {
      const result = await byName[name]?.(args, { signal, progress })
      return { tag: 'done', id, result }
    } catch (error) {
      if (signal.aborted && error === signal.reason) return { tag: 'stopped', id }
      return { tag: 'failed', id, error: packError(error) }
    }
  }

  port.on('message', (message) => {
    const asked = message as Asked
    const { id } = asked
    if (asked.tag === 'abort') return running.get(id)?.stop.abort()
    const stop = new AbortController()
    const done = answer(id, asked.name, asked.args, stop).then((answered) => {
      running.delete(id)
      port.postMessage(answered)
    })
    running.set(id, { stop, done })
  })

  return {
    async idle() {
      await Promise.allSettled([...running.values()].map(({ done }) => done))
    },
  }
}
