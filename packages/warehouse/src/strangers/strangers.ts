import { closedError } from '../engine-error.ts'
import type { Answer, Question, WarehouseError } from '../port.ts'
import { createTurns } from '../turns.ts'
import type { Limits } from './limits.ts'
import { failed, type Terms, termsOf, tooLong, tooManyWaiting, withdrawn } from './terms.ts'

export interface Strangers {
  ask(question: Question): Promise<Answer>
  /** Stops what runs and waits for it. */
  close(): Promise<void>
}

/** One question that ClickHouse is at work on, or whose answer is still being read. */
export interface RunningQuestion {
  /** Why it was stopped from here; ClickHouse only knows that it was. */
  readonly stopped: WarehouseError | undefined
  stop(why: WarehouseError): void
  /** Resolves when all is let go of. */
  readonly ended: Promise<void>
}

/** The way of questions to ClickHouse. */
export interface Way<T extends RunningQuestion> {
  start(): T
  answer(one: T, question: Question, terms: Terms): Promise<Answer>
  /** What is said where that has failed; ends it. Throws what the asker has no part in. */
  explain(one: T, error: unknown, terms: Terms): Answer
}

/** What ClickHouse may be late by before the asker is told without it: a single call of a function has no clock. */
export const graceMs = 2_000

/** Questions by strangers: so many at once, each for so long, until its asker goes away. */
export function createStrangers<T extends RunningQuestion>(limits: Limits, way: Way<T>): Strangers {
  const turns = createTurns(limits.atOnce)
  const running = new Set<T>()
  let closed = false

  function start(endTurn: () => void): T {
    try {
      const one = way.start()
      running.add(one)
      one.ended.then(() => {
        running.delete(one)
        endTurn()
      })
      return one
    } catch (error) {
      endTurn()
      throw error
    }
  }

  return {
    async ask(question) {
      const terms = termsOf(question, limits)
      if (terms.tag === 'refused') return terms
      if (turns.waiting >= limits.waiting) return tooManyWaiting
      const endTurn = await turns.take()
      if (closed || question.signal?.aborted) {
        endTurn()
        return failed(closed ? closedError() : withdrawn())
      }
      const one = start(endTurn)
      const overrun = setTimeout(() => one.stop(tooLong(limits)), limits.seconds * 1000 + graceMs)
      const abort = () => one.stop(withdrawn())
      question.signal?.addEventListener('abort', abort, { once: true })
      one.ended.then(() => question.signal?.removeEventListener('abort', abort))
      try {
        return await way.answer(one, question, terms)
      } catch (error) {
        return way.explain(one, error, terms)
      } finally {
        clearTimeout(overrun)
      }
    },
    async close() {
      closed = true
      const all = [...running]
      for (const one of all) one.stop(closedError())
      await Promise.all(all.map((one) => one.ended))
    },
  }
}
