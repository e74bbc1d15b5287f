import { parseEvent, toCloudEvent, type VouchEvent } from '@vouch/domain'
import { type AppendOutcome, type EventStore, StoreError } from '@vouch/event-store'
import { toAppend } from '@vouch/ingestion'
import { isLeft } from 'fp-ts/lib/Either.js'

/** An event that a decision led to. */
export interface Decided {
  readonly type: VouchEvent['type']
  readonly id: string
  readonly data: object
}

/** The key by which something was asked for. */
export interface AskingKey {
  readonly id: string
  readonly name: string
}

export interface Appending {
  readonly stream: string
  /** Who decides such things, e.g. vouch/payouts. */
  readonly source: string
  /** Of the stream when it was read; -1n if it was empty. */
  readonly revision: bigint
  /** ms since the epoch, UTC */
  readonly now: number
  /** Is kept with what was decided, beside whatever name was given. */
  readonly key?: AskingKey | undefined
}

/**
 * Appends what was decided, if nothing has happened on its stream since that was read.
 * @throws StoreError; whether it was appended is then unknown
 */
export async function appendDecidedTo(
  store: EventStore,
  { stream, source, revision, now, key }: Appending,
  decided: readonly Decided[],
): Promise<AppendOutcome> {
  const asked = key === undefined ? {} : { key: { id: key.id, name: key.name } }
  const events = decided.map(({ data, ...it }) =>
    toAppend(whole({ ...it, data: { ...data, ...asked }, source, time: now } as VouchEvent, now)),
  )
  const expectedRevision = revision === -1n ? 'no-stream' : revision
  const answer = await store.append([{ stream, expectedRevision, events }], now)()
  if (isLeft(answer)) throw new StoreError(answer.left)
  // There is one outcome for the one append.
  return answer.right[0] as AppendOutcome
}

/** As it would be if it could be sent: what the log holds has passed its schema. */
function whole(event: VouchEvent, now: number): VouchEvent {
  const parsed = parseEvent(toCloudEvent(event), now)
  if (isLeft(parsed)) throw new Error(`${event.type} (id ${event.id}): ${parsed.left.field} ${parsed.left.reason}.`)
  return parsed.right
}
