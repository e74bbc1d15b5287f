import type { Append, AppendOutcome, EventStore, EventToAppend, StoreFailure } from '@vouch/event-store'
import { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Incoming } from '../incoming.ts'
import { conflictOf, type Outcome } from './outcome.ts'
import { prepare, type Scopes } from './prepare.ts'
import { createPublisher, publicationType } from './publisher.ts'

/** The one way into the log for what comes from outside. */
export interface Admission {
  /**
   * Checks and appends. Outcomes are in the order of the items; later items see what earlier ones did, so that the second
   * of two alike is a duplicate.
   * @returns on the left that the store could not answer: some of the items may be in the log. Offer all of them again;
   *   those that are there become duplicates.
   */
  admit(items: readonly Incoming[], options: { readonly scopes: Scopes }): TaskEither<StoreFailure, readonly Outcome[]>
  /** Appends events that `prepare` made; as `admit` otherwise. */
  record(events: readonly EventToAppend[]): TaskEither<StoreFailure, readonly Outcome[]>
}

export interface AdmissionOptions {
  readonly store: Pick<EventStore, 'append' | 'find' | 'readStream'>
  /** ms since the epoch, UTC. */
  readonly clock: () => number
}

export function createAdmission({ store, clock }: AdmissionOptions): Admission {
  const publish = createPublisher(store)

  const appendFacts =
    (facts: readonly EventToAppend[], recordedAt: number): TaskEither<StoreFailure, Outcome[]> =>
    async () => {
      const answer = await store.append(facts.map(toStream), recordedAt)()
      if (isLeft(answer)) return answer
      const outcomes: Outcome[] = []
      for (let index = 0; index < facts.length; index++) {
        const fact = facts[index] as EventToAppend
        const outcome = outcomeOf(fact, answer.right[index])
        if (outcome === undefined) return left(misplaced(fact))
        outcomes.push(outcome)
      }
      return right(outcomes)
    }

  /** One append for all facts; terms divide it, since they are decided on by what stands before them. */
  const record =
    (events: readonly EventToAppend[], recordedAt: number): TaskEither<StoreFailure, readonly Outcome[]> =>
    async () => {
      const outcomes: Outcome[] = []
      for (let from = 0; from < events.length; ) {
        let to = from
        while (to < events.length && events[to]?.type !== publicationType) to++
        if (to > from) {
          const answer = await appendFacts(events.slice(from, to), recordedAt)()
          if (isLeft(answer)) return answer
          for (const outcome of answer.right) outcomes.push(outcome)
        }
        const terms = events[to]
        if (terms !== undefined) {
          const answer = await publish(terms, recordedAt)
          if (isLeft(answer)) return answer
          outcomes.push(answer.right)
        }
        from = to + 1
      }
      return right(outcomes)
    }

  return {
    record: (events) => async () => record(events, clock())(),
    admit:
      (items, { scopes }) =>
      async () => {
        const now = clock()
        const prepared = items.map((item) => prepare(item, now, scopes))
        const answer = await record(
          prepared.filter(isRight).map(({ right: event }) => event),
          now,
        )()
        if (isLeft(answer)) return answer
        const recorded = answer.right.values()
        // There is one outcome for each event that was prepared.
        return right(prepared.map((it) => (isLeft(it) ? it.left : (recorded.next().value as Outcome))))
      },
  }
}

const toStream = (event: EventToAppend): Append => ({
  stream: event.identity,
  expectedRevision: 'no-stream',
  events: [event],
})

function outcomeOf(event: EventToAppend, outcome: AppendOutcome | undefined): Outcome | undefined {
  switch (outcome?.outcome) {
    case 'appended':
    case 'duplicate':
      return { outcome: outcome.outcome, id: event.id, position: outcome.position }
    case 'conflict':
      return conflictOf(event, outcome.existing)
    default:
      return undefined
  }
}

const misplaced = ({ identity }: EventToAppend): StoreFailure => ({
  tag: 'store-corrupt',
  message: `The stream ${identity} holds an event that is not known by that identity; check the log with vouch verify.`,
})
