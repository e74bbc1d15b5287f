import { Worker } from 'node:worker_threads'
import { left, right } from 'fp-ts/lib/Either.js'
import { type RecordedEvent, StoreError, type StoreFailure } from '../../port.ts'
import { failureOf } from '../failure.ts'
import type { Writer } from '../writer.ts'
import {
  packAppends,
  type Reply,
  type Request,
  type ThreadAnswer,
  type ThreadOptions,
  unpackOutcomes,
} from './messages.ts'

/** Omits `id` from each member of the union. */
type Question = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never

/** A request that has no answer yet. */
interface Waiting {
  answer(answer: ThreadAnswer): void
  /** The thread is gone; whether it has done what it was asked is unknown. */
  lose(failure: StoreFailure): void
  refuse(defect: unknown): void
}

/** So many are sent at once, and not with the turn of the loop: the thread has something to do while the next are made ready. */
const eventsAMessage = 64

const startThread = (workerData: ThreadOptions): Worker =>
  new Worker(new URL('./thread.ts', import.meta.url), { workerData, name: 'log' })

/**
 * A writer in a thread of its own: the caller's reads, checks and answers requests while events are inserted and the disk
 * is waited for. A thread that ends by itself fails what it was asked; the next request starts another.
 * @param onAppended called when something was appended, before anybody is answered
 */
export const writerApart = (
  options: ThreadOptions,
  onAppended: () => void,
  startWith: (options: ThreadOptions) => Worker = startThread,
): Writer => {
  const { path } = options
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let outbox: Request[] = []
  let eventsInOutbox = 0
  let asked = 0
  /** Of threads before this one. */
  let before = { commits: 0, eventsAppended: 0 }
  let stats = before
  let closing: Promise<void> | undefined

  const start = (): Worker => {
    const started = startWith(options)
    started
      .on('message', take)
      .on('error', (error) => lose(started, error))
      .on('exit', (code) => lose(started, new Error(`it ended with ${code}`)))
    // What waits for an answer keeps the process alive; a store that is merely open does not.
    started.unref()
    before = stats
    return started
  }

  const take = ({ answers, stats: { commits, eventsAppended } }: Reply): void => {
    const hasGrown = before.eventsAppended + eventsAppended > stats.eventsAppended
    stats = { commits: before.commits + commits, eventsAppended: before.eventsAppended + eventsAppended }
    if (hasGrown) onAppended()
    for (const answer of answers) {
      const one = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (answer.tag === 'defect') one?.refuse(answer.error)
      else one?.answer(answer)
    }
    if (waiting.size === 0) worker?.unref()
  }

  const lose = (lost: Worker, error: unknown): void => {
    if (worker !== lost) return
    worker = undefined
    const why = error instanceof Error ? error.message : String(error)
    const message = `The thread that writes the event log ${path} is gone (${why}). Repeat the append: it is started anew.`
    const failure = failureOf(error, path) ?? { tag: 'store-unavailable', message }
    const lostOnes = [...waiting.values()]
    waiting.clear()
    outbox = []
    eventsInOutbox = 0
    // It may have appended what it has not answered.
    onAppended()
    for (const one of lostOnes) one.lose(failure)
  }

  const send = (): void => {
    const requests = outbox
    if (requests.length === 0) return
    outbox = []
    eventsInOutbox = 0
    worker ??= start()
    worker.ref()
    worker.postMessage(requests)
  }

  const ask = (question: Question, waits: Waiting, events = 0): void => {
    const id = ++asked
    waiting.set(id, waits)
    outbox.push({ ...question, id })
    eventsInOutbox += events
    if (eventsInOutbox >= eventsAMessage) send()
    // After the callbacks of everything that has arrived, so that it goes in one message.
    else if (outbox.length === 1) setImmediate(send)
  }

  const search = (question: Question): Promise<readonly RecordedEvent[]> =>
    new Promise((resolve, reject) => {
      const lose = (failure: StoreFailure) => reject(new StoreError(failure))
      ask(question, {
        answer: (answer) => {
          if (answer.tag === 'events') resolve(answer.events)
          else if (answer.tag === 'failed') lose(answer.failure)
        },
        lose,
        refuse: reject,
      })
    })

  worker = start()
  return {
    append: (appends, recordedAt) =>
      new Promise((resolve, reject) => {
        const lose = (failure: StoreFailure) => resolve(left(failure))
        ask(
          { tag: 'append', appends: packAppends(appends), recordedAt },
          {
            answer: (answer) => {
              if (answer.tag === 'outcomes') resolve(right(unpackOutcomes(answer.outcomes)))
              else if (answer.tag === 'failed') lose(answer.failure)
            },
            lose,
            refuse: reject,
          },
          appends.length,
        )
      }),
    find: async (identity) => (await search({ tag: 'find', identity }))[0],
    page: (stream, fromRevision, after) => search({ tag: 'page', stream, fromRevision, after }),
    stats: () => stats,
    close: () => {
      closing ??= close()
      return closing
    },
  }

  async function close(): Promise<void> {
    if (worker === undefined && outbox.length === 0) return
    await new Promise<void>((resolve, reject) =>
      ask({ tag: 'close' }, { answer: () => resolve(), lose: () => resolve(), refuse: reject }),
    )
    const ended = worker
    worker = undefined
    await ended?.terminate()
  }
}
