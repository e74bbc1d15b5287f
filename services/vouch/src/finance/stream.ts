import {
  type DecidedInstructions,
  type DecidedPayout,
  type DecidedResolution,
  decodeEvent,
  evolve,
  type InstructedEvent,
  instructedType,
  isPayoutEvent,
  isResolvedEvent,
  noPayouts,
  type Payouts,
  parseEvent,
  payoutIdentity,
  type ResolvedEvent,
  toCloudEvent,
  type VouchEvent,
} from '@vouch/domain'
import { type AppendOutcome, type EventStore, StoreError } from '@vouch/event-store'
import { toAppend } from '@vouch/ingestion'
import { isLeft } from 'fp-ts/lib/Either.js'

/** The stream that holds what happened to the payouts of a program, and what people resolved of them, in order. */
export const payoutStream = (programId: string): string => `payouts:${programId}`

/** What a program's stream says. */
export interface KnownPayouts {
  readonly payouts: Payouts
  /** What the instructions of a batch are made of, by batch. */
  readonly instructed: ReadonlyMap<string, InstructedEvent>
  /** What people have resolved, in order. */
  readonly resolved: readonly ResolvedEvent[]
  /** -1n before the first. */
  readonly revision: bigint
  /** Log position of the newest of its events; 0n before the first. */
  readonly newest: bigint
}

/** @throws StoreError */
export async function readPayouts(store: EventStore, programId: string): Promise<KnownPayouts> {
  const payouts = noPayouts()
  const instructed = new Map<string, InstructedEvent>()
  const resolved: ResolvedEvent[] = []
  let [revision, newest] = [-1n, 0n]
  for await (const recorded of store.readStream(payoutStream(programId))) {
    const event = decodeEvent(recorded)
    if (event.type === instructedType) instructed.set(event.data.batchId, event)
    else if (isPayoutEvent(event)) evolve(payouts, event)
    else if (isResolvedEvent(event)) {
      evolve(payouts, event)
      resolved.push(event)
    } else throw new Error(`The payouts of ${programId} hold ${event.type} (id ${event.id}).`)
    ;({ revision, position: newest } = recorded)
  }
  return { payouts, instructed, resolved, revision, newest }
}

/** The program whose batch it is; undefined for one that was never opened. */
export const programOf = async (store: EventStore, batchId: string): Promise<string | undefined> =>
  (await store.find(payoutIdentity(batchId)))?.programId

/**
 * Appends what was decided, if nothing has happened to the program's payouts since they were read.
 * @param now ms since the epoch, UTC
 * @throws StoreError; whether it was appended is then unknown
 */
export async function appendDecided(
  store: EventStore,
  programId: string,
  { revision }: Pick<KnownPayouts, 'revision'>,
  decided: readonly Decided[],
  now: number,
): Promise<AppendOutcome> {
  const events = decided.map((it) => toAppend(whole(it, now)))
  const expectedRevision = revision === -1n ? 'no-stream' : revision
  const answer = await store.append([{ stream: payoutStream(programId), expectedRevision, events }], now)()
  if (isLeft(answer)) throw new StoreError(answer.left)
  // There is one outcome for the one append.
  return answer.right[0] as AppendOutcome
}

type Decided = DecidedPayout | DecidedInstructions | DecidedResolution

/** As it would be if it could be sent: what the log holds has passed its schema. */
function whole(decided: Decided, time: number): VouchEvent {
  const parsed = parseEvent(toCloudEvent({ ...decided, source: 'vouch/payouts', time } as VouchEvent), time)
  if (isLeft(parsed)) throw new Error(`${decided.type} (id ${decided.id}): ${parsed.left.field} ${parsed.left.reason}.`)
  return parsed.right
}
