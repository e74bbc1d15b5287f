import { left, right } from 'fp-ts/lib/Either.js'
import { type AppendCalls, type Call, isAnswered, type Work } from '../calls.ts'
import type { AppendOutcome, StoreFailure } from '../port.ts'

export interface GroupCommitOptions {
  /** Runs the work in one transaction and returns when it is durable, with one outcome for each; or throws, and did nothing. */
  readonly commit: (work: readonly Work[]) => readonly AppendOutcome[]
  /** The failure that an error of `commit` stands for; undefined for a defect. */
  readonly failureOf: (error: unknown) => StoreFailure | undefined
  /** A transaction is full at this many events: it bounds memory, and how long the process does nothing else. */
  readonly maxEvents: number
}

/**
 * Calls that come while the process is busy wait for its next turn and then share one transaction, and so one sync of
 * the disk: many small appends cost little more than one. A call gets its answer only after the commit that holds it.
 */
export const groupCommit = ({ commit, failureOf, maxEvents }: GroupCommitOptions): AppendCalls => {
  let calls: Call[] = []
  let idlers: Array<() => void> = []

  const commitGroup = () => {
    const group = nextGroup(calls, maxEvents)
    try {
      const outcomes = commit(group)
      if (outcomes.length !== group.length) throw new Error('A group commit must give one outcome for each append.')
      for (const [index, outcome] of outcomes.entries()) group[index]?.call.outcomes.push(outcome)
    } catch (error) {
      fail(new Set(group.map(({ call }) => call)), error)
    }
    const answered = calls.filter(isAnswered)
    calls = calls.filter((call) => !isAnswered(call))
    for (const call of answered) call.answer(right(call.outcomes))
    if (calls.length > 0) setImmediate(commitGroup)
    else becomeIdle()
  }

  const fail = (sharers: ReadonlySet<Call>, error: unknown) => {
    calls = calls.filter((call) => !sharers.has(call))
    const failure = failureOf(error)
    for (const call of sharers) {
      if (failure === undefined) call.refuse(error)
      else call.answer(left(failure))
    }
  }

  const becomeIdle = () => {
    for (const resolve of idlers) resolve()
    idlers = []
  }

  return {
    append: (appends, recordedAt) =>
      new Promise((answer, refuse) => {
        // After the callbacks of everything that has arrived: a microtask would run between two arrivals, and divide them.
        if (calls.length === 0) setImmediate(commitGroup)
        calls.push({ appends, recordedAt, outcomes: [], answer, refuse })
      }),
    idle: () =>
      new Promise((resolve) => {
        if (calls.length === 0) resolve()
        else idlers.push(resolve)
      }),
  }
}

/** The next appends, in the order of the calls, until the group is full. Only its last call may be in it in part. */
const nextGroup = (calls: readonly Call[], maxEvents: number): Array<Work & { readonly call: Call }> => {
  const group: Array<Work & { readonly call: Call }> = []
  let events = 0
  for (const call of calls) {
    for (let index = call.outcomes.length; index < call.appends.length; index += 1) {
      if (events >= maxEvents) return group
      const append = call.appends[index]
      if (append === undefined) break
      group.push({ append, recordedAt: call.recordedAt, call })
      events += append.events.length
    }
  }
  return group
}
