import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import { type AppendCalls, type Call, isAnswered, type Work } from '../calls.ts'
import { type AppendOutcome, StoreError, type StoreFailure } from '../port.ts'
import { type Appending, isFact } from './appending.ts'

export interface QueueParts {
  readonly appending: Appending
  /** When the log's newest event was recorded; asked once. */
  readonly newestRecordedAt: () => Promise<number | undefined>
  readonly onAppended: (position: bigint) => void
}

/** So many appends are on their way at once; each lot waits for the one before. It bounds memory. */
const maxInFlight = 1000
const maxBytesInFlight = 4 * 1024 * 1024

/**
 * The appends of all calls, in their order. Facts go out together, one after another on one call to the server and none waits
 * for the one before; anything else waits for what came before it, since it is decided on by what the log has.
 */
export const appendQueue = ({ appending, newestRecordedAt, onAppended }: QueueParts): AppendCalls => {
  let calls: Call[] = []
  let working: Promise<void> | undefined
  /** No event of the log was recorded later than this, as far as this store has written and seen. */
  let recorded: number | undefined

  /** The next facts, as many as may go out together; none if the next is no fact. */
  const nextRun = (): Array<{ readonly call: Call; readonly work: Work }> => {
    const run: Array<{ readonly call: Call; readonly work: Work }> = []
    let bytes = 0
    let latest = recorded ?? Number.NEGATIVE_INFINITY
    for (const call of calls) {
      for (const append of call.appends.slice(call.outcomes.length)) {
        // What is raised to the time of one before it has to know that this one is in the log.
        const isRaised = run.length > 0 && call.recordedAt < latest
        if (!isFact(append) || isRaised || run.length >= maxInFlight || bytes > maxBytesInFlight) return run
        latest = Math.max(latest, call.recordedAt)
        run.push({ call, work: { append, recordedAt: latest } })
        bytes += append.events[0]?.data.length ?? 0
      }
    }
    return run
  }

  const took = (call: Call, { recordedAt }: Work, outcome: AppendOutcome) => {
    call.outcomes.push(outcome)
    if (outcome.outcome !== 'appended') return
    recorded = Math.max(recorded ?? recordedAt, recordedAt)
    onAppended(outcome.position)
  }

  const step = async () => {
    recorded ??= await newestRecordedAt()
    const run = nextRun()
    if (run.length > 0) {
      const outcomes = await appending.facts(run.map(({ work }) => work))
      for (const [index, outcome] of outcomes.entries()) {
        const { call, work } = run[index] as (typeof run)[number]
        if (isLeft(outcome)) fail(call, outcome.left)
        else took(call, work, outcome.right)
      }
      return
    }
    for (const call of calls) {
      const append = call.appends[call.outcomes.length]
      if (append === undefined) continue
      const work = { append, recordedAt: Math.max(recorded ?? call.recordedAt, call.recordedAt) }
      took(call, work, await appending.any(work))
      return
    }
  }

  const fail = (call: Call, failure: StoreFailure) => {
    calls = calls.filter((it) => it !== call)
    call.answer(left(failure))
  }

  const answerDone = () => {
    const done = calls.filter(isAnswered)
    calls = calls.filter((call) => !isAnswered(call))
    for (const call of done) call.answer(right(call.outcomes))
  }

  const work = async () => {
    while (calls.length > 0) {
      try {
        answerDone()
        await step()
      } catch (error) {
        // A server that does not answer one will not answer the others: each would wait as long again.
        const failed = calls
        calls = []
        for (const call of failed) {
          if (error instanceof StoreError) call.answer(left(error.failure))
          else call.refuse(error)
        }
      }
    }
    working = undefined
  }

  return {
    append: (appends, recordedAt) =>
      new Promise((answer, refuse) => {
        calls.push({ appends, recordedAt, outcomes: [], answer, refuse })
        working ??= Promise.resolve().then(work)
      }),
    idle: async () => {
      await working
    },
  }
}
