// The thread that writes a log; started by writer.ts beside it.
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { isLeft } from 'fp-ts/lib/Either.js'
import { eventsTable } from '../events-table.ts'
import { failureOf } from '../failure.ts'
import { tuneConnection } from '../open.ts'
import { defaultTuning } from '../store.ts'
import { writerOn } from '../writer.ts'
import {
  packOutcomes,
  type Reply,
  type Request,
  type ThreadAnswer,
  type ThreadOptions,
  unpackAppends,
} from './messages.ts'

if (parentPort === null) throw new Error('This is started as a thread.')
const port = parentPort
const { path, maxEventsPerCommit, busyTimeoutMs, cacheMiB } = workerData as ThreadOptions

const db = new DatabaseSync(path, { timeout: busyTimeoutMs })
tuneConnection(db, cacheMiB)
const table = eventsTable(db, defaultTuning.hash, defaultTuning.nameIndex)
const writer = writerOn({ db, table, path, maxEventsPerCommit, onAppended: () => undefined })

let answers: ThreadAnswer[] = []

/** All that one commit answers is said at once, and before the next commit. */
const say = (answer: ThreadAnswer): void => {
  if (answers.length === 0) process.nextTick(flush)
  answers.push(answer)
}

const flush = (): void => {
  const reply: Reply = { answers, stats: writer.stats() }
  answers = []
  port.postMessage(reply)
}

const answer = async (request: Request): Promise<ThreadAnswer> => {
  const { id } = request
  switch (request.tag) {
    case 'append': {
      const answered = await writer.append(unpackAppends(request.appends), request.recordedAt)
      if (isLeft(answered)) return { id, tag: 'failed', failure: answered.left }
      return { id, tag: 'outcomes', outcomes: packOutcomes(answered.right) }
    }
    case 'find': {
      const found = await writer.find(request.identity)
      return { id, tag: 'events', events: found === undefined ? [] : [found] }
    }
    case 'page':
      return { id, tag: 'events', events: await writer.page(request.stream, request.fromRevision, request.after) }
    case 'close':
      await writer.close()
      db.close()
      return { id, tag: 'closed' }
  }
}

const failedAnswer = (id: number, error: unknown): ThreadAnswer => {
  const failure = failureOf(error, path)
  return failure === undefined ? { id, tag: 'defect', error } : { id, tag: 'failed', failure }
}

port.on('message', (requests: readonly Request[]) => {
  for (const request of requests) answer(request).then(say, (error: unknown) => say(failedAnswer(request.id, error)))
})
