import type { Either } from 'fp-ts/lib/Either.js'
import type { Append, AppendOutcome, StoreFailure } from './port.ts'

/** An append on its way into the log, and the time of recording that its events are to get. */
export interface Work {
  readonly append: Append
  readonly recordedAt: number
}

export type Answer = Either<StoreFailure, readonly AppendOutcome[]>

/** A call of the store's `append` that waits for its answer; its outcomes come one after the other. */
export interface Call {
  readonly appends: readonly Append[]
  readonly recordedAt: number
  readonly outcomes: AppendOutcome[]
  readonly answer: (answer: Answer) => void
  readonly refuse: (defect: unknown) => void
}

/** Takes the calls of all who append, and answers each when all of it is done. */
export interface AppendCalls {
  append(appends: readonly Append[], recordedAt: number): Promise<Answer>
  /** Resolves when every call made so far has its answer. */
  idle(): Promise<void>
}

export const isAnswered = ({ appends, outcomes }: Call): boolean => outcomes.length === appends.length
