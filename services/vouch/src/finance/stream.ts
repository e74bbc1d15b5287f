import {
  type ConvertedEvent,
  type DecidedConversion,
  type DecidedInstructions,
  type DecidedPayout,
  type DecidedResolution,
  decodeEvent,
  evolve,
  type InstructedEvent,
  instructedType,
  isConvertedEvent,
  isPayoutEvent,
  isResolvedEvent,
  noPayouts,
  type Payouts,
  payoutIdentity,
  type ResolvedEvent,
} from '@vouch/domain'
import type { AppendOutcome, EventStore } from '@vouch/event-store'
import { type AskingKey, appendDecidedTo } from './append-decided.ts'

/** The stream that holds what happened to the payouts of a program, and what people resolved of them, in order. */
export const payoutStream = (programId: string): string => `payouts:${programId}`

/** What a program's stream says. */
export interface KnownPayouts {
  readonly payouts: Payouts
  /** What the instructions of a batch are made of, by batch. */
  readonly instructed: ReadonlyMap<string, InstructedEvent>
  /** What people have resolved, in order. */
  readonly resolved: readonly ResolvedEvent[]
  /** Conversions of balances by their names, in order. */
  readonly conversions: ReadonlyMap<string, ConvertedEvent>
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
  const conversions = new Map<string, ConvertedEvent>()
  let [revision, newest] = [-1n, 0n]
  for await (const recorded of store.readStream(payoutStream(programId))) {
    const event = decodeEvent(recorded)
    if (event.type === instructedType) instructed.set(event.data.batchId, event)
    else if (isConvertedEvent(event)) conversions.set(event.data.conversionId, event)
    else if (isPayoutEvent(event)) evolve(payouts, event)
    else if (isResolvedEvent(event)) {
      evolve(payouts, event)
      resolved.push(event)
    } else throw new Error(`The payouts of ${programId} hold ${event.type} (id ${event.id}).`)
    ;({ revision, position: newest } = recorded)
  }
  return { payouts, instructed, resolved, conversions, revision, newest }
}

/** The program whose batch it is; undefined for one that was never opened. */
export const programOf = async (store: EventStore, batchId: string): Promise<string | undefined> =>
  (await store.find(payoutIdentity(batchId)))?.programId

export type Decided = DecidedPayout | DecidedInstructions | DecidedConversion | DecidedResolution

/**
 * Appends what was decided, if nothing has happened to the program's payouts since they were read.
 * @param now ms since the epoch, UTC
 * @param key is kept with it, beside whatever name was given
 * @throws StoreError; whether it was appended is then unknown
 */
export const appendDecided = (
  store: EventStore,
  programId: string,
  { revision }: Pick<KnownPayouts, 'revision'>,
  decided: readonly Decided[],
  now: number,
  key?: AskingKey | undefined,
): Promise<AppendOutcome> =>
  appendDecidedTo(store, { stream: payoutStream(programId), source: 'vouch/payouts', revision, now, key }, decided)
