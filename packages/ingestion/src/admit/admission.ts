import { forgottenIn, forgottenType } from '@vouch/domain'
import type { Append, AppendOutcome, EventStore, EventToAppend, RecordedEvent, StoreFailure } from '@vouch/event-store'
import { type Kept, KeysUnusable, type Sealer } from '@vouch/personal'
import { type Either, isLeft, isRight, left, right } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Incoming } from '../incoming.ts'
import { conflictOf, type Outcome, type Rejected } from './outcome.ts'
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
  /** Makes an event for the log of what somebody offers, or says why not; see `prepare`. */
  prepare(incoming: Incoming, now: number, scopes: Scopes): Either<Rejected, EventToAppend>
  /** Appends events that `prepare` made; as `admit` otherwise. */
  record(events: readonly EventToAppend[]): TaskEither<StoreFailure, readonly Outcome[]>
}

export interface AdmissionOptions {
  readonly store: Pick<EventStore, 'append' | 'find' | 'readStream'>
  /** ms since the epoch, UTC. */
  readonly clock: () => number
  /** Seals what is personal. Without one, events with personal data are rejected. */
  readonly sealer?: Sealer | undefined
}

export function createAdmission({ store, clock, sealer }: AdmissionOptions): Admission {
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
        if (outcome.outcome !== 'conflict') forgetWhoIs(fact, recordedAt)
        outcomes.push(outcome)
      }
      return right(outcomes)
    }

  /** A key is destroyed once the log says why; opening finishes it where a crash came between. */
  const forgetWhoIs = (event: EventToAppend, at: number) => {
    const subject = event.type === forgottenType ? forgottenIn(event) : undefined
    if (subject) sealer?.forget(subject, at)
  }

  /** One append for all facts; terms divide it, since they are decided on by what stands before them. */
  const record =
    (events: readonly EventToAppend[], recordedAt: number): TaskEither<StoreFailure, readonly Outcome[]> =>
    async () => {
      const unsealed = failureOf(() => sealer?.save())
      if (unsealed) return left(unsealed)
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
    prepare: (incoming, now, scopes) => prepare(incoming, now, scopes, sealer),
    record: (events) => async () => record(events, clock())(),
    admit:
      (items, { scopes }) =>
      async () => {
        const now = clock()
        const prepared: Either<Rejected, EventToAppend>[] = []
        const unsealed = failureOf(() => {
          for (const item of items) prepared.push(prepare(item, now, scopes, sealer))
        })
        if (unsealed) return left(unsealed)
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
      return conflictOrForgotten(event, outcome.existing)
    default:
      return undefined
  }
}

/** An event that is sent again after its person was forgotten lacks what the log has sealed, and is the same all the same. */
function conflictOrForgotten(event: EventToAppend, existing: RecordedEvent): Outcome {
  const conflict = conflictOf(event, existing)
  const isForgotten = (JSON.parse(event.data) as { personal?: Partial<Kept> }).personal?.forgotten === true
  const isSame = isForgotten && conflict.fields.every((field) => /^data\.personal(\.|$)/.test(field))
  return isSame ? { outcome: 'duplicate', id: event.id, position: existing.position } : conflict
}

/** Why personal data cannot be sealed now; what was not sealed is not appended. */
function failureOf(seal: () => void): StoreFailure | undefined {
  try {
    seal()
    return undefined
  } catch (error) {
    if (error instanceof KeysUnusable) return { tag: 'store-unavailable', message: error.message }
    throw error
  }
}

const misplaced = ({ identity }: EventToAppend): StoreFailure => ({
  tag: 'store-corrupt',
  message: `The stream ${identity} holds an event that is not known by that identity; check the log with vouch verify.`,
})
