import { decidePublication, decodeEvent, type EventOf, type TermsVersion } from '@vouch/domain'
import {
  type EventStore,
  type EventToAppend,
  type RecordedEvent,
  StoreError,
  type StoreFailure,
} from '@vouch/event-store'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { conflictOf, type Outcome } from './outcome.ts'

export const publicationType = 'vouch.program.published.v1'

/** The stream that holds the versions of a program's terms, in their order. */
export const programStream = (programId: string): string => `program:${programId}`

/** The versions of one program that the stream is known to have, with their positions, up to a revision. */
interface KnownTerms {
  readonly versions: readonly TermsVersion[]
  readonly positions: readonly bigint[]
  readonly revision: bigint
}

const unpublished: KnownTerms = { versions: [], positions: [], revision: -1n }

/** Somebody else published between reading and appending, every time. */
const maxTries = 10

/** Programs whose versions are remembered. */
const maxPrograms = 256

/**
 * Publishes terms: read the stream, decide, append where the stream was; and if it has moved, again. What was read before
 * is remembered, and only what is new is read; the expected revision tells whether that was all.
 */
export function createPublisher(store: Pick<EventStore, 'append' | 'find' | 'readStream'>) {
  const remembered = new Map<string, KnownTerms>()

  function remember(programId: string, known: KnownTerms): KnownTerms {
    remembered.delete(programId)
    remembered.set(programId, known)
    const oldest = remembered.keys().next().value
    if (remembered.size > maxPrograms && oldest !== undefined) remembered.delete(oldest)
    return known
  }

  async function read(programId: string): Promise<KnownTerms> {
    let known = remembered.get(programId) ?? unpublished
    for await (const event of store.readStream(programStream(programId), known.revision + 1n))
      known = grown(known, event)
    return remember(programId, known)
  }

  async function tryOnce(
    offered: EventToAppend,
    recordedAt: number,
  ): Promise<Either<StoreFailure, Outcome | undefined>> {
    // An event that the log has is what it was, whatever terms have come since.
    const existing = await store.find(offered.identity)
    if (existing !== undefined) return right(known(offered, existing))
    const { versions, positions, revision } = await read(offered.programId)
    const { id } = offered
    const decision = decidePublication(versions, publication(offered))
    if (isLeft(decision)) return right({ outcome: 'rejected', id, ...decision.left })
    if (decision.right.tag === 'duplicate') {
      // Versions count from 1 and each has its position.
      return right({ outcome: 'duplicate', id, position: positions[decision.right.version - 1] as bigint })
    }
    const expectedRevision = revision === -1n ? 'no-stream' : revision
    const stream = programStream(offered.programId)
    const answer = await store.append([{ stream, expectedRevision, events: [offered] }], recordedAt)()
    if (isLeft(answer)) return answer
    const outcome = answer.right[0]
    if (outcome?.outcome === 'appended' || outcome?.outcome === 'duplicate') {
      return right({ outcome: outcome.outcome, id, position: outcome.position })
    }
    return right(outcome?.outcome === 'conflict' ? conflictOf(offered, outcome.existing) : undefined)
  }

  return async (offered: EventToAppend, recordedAt: number): Promise<Either<StoreFailure, Outcome>> => {
    try {
      for (let tries = 0; tries < maxTries; tries++) {
        const answer = await tryOnce(offered, recordedAt)
        if (isLeft(answer)) return answer
        if (answer.right !== undefined) return right(answer.right)
      }
    } catch (error) {
      if (error instanceof StoreError) return left(error.failure)
      throw error
    }
    const message = `The terms of ${offered.programId} were published by others ${maxTries} times while this was tried; try again.`
    return left({ tag: 'store-unavailable', message })
  }
}

function known(offered: EventToAppend, existing: RecordedEvent): Outcome {
  return existing.contentHash === offered.contentHash
    ? { outcome: 'duplicate', id: offered.id, position: existing.position }
    : conflictOf(offered, existing)
}

function grown({ versions, positions }: KnownTerms, event: RecordedEvent): KnownTerms {
  const { time, data } = publication(event)
  return {
    versions: [...versions, { version: versions.length + 1, publishedAt: time, terms: data }],
    positions: [...positions, event.position],
    revision: event.revision,
  }
}

function publication(stored: EventToAppend): EventOf<typeof publicationType> {
  const event = decodeEvent(stored)
  if (event.type === publicationType) return event
  throw new Error(`The stream of a program holds ${event.type} (id ${event.id}); only publications belong there.`)
}
