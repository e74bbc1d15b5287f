import type { EventToAppend } from '@vouch/event-store'
import { prepare, type Scopes } from '@vouch/ingestion'
import type { PlainEvent, Random } from '@vouch/testing'
import { isRight } from 'fp-ts/lib/Either.js'

/** Who sends may send everything. */
export const scopes: Scopes = new Set(['ingest', 'admin'])

/** An event as it is sent, and what it would be in the log; undefined for what is no event. */
export interface Item {
  readonly wire: Readonly<Record<string, unknown>>
  readonly event: EventToAppend | undefined
}

/** Beyond every time in a generated log, so that nothing in it lies in the future. */
const farFuture = Date.UTC(2200, 0, 1)

export function itemOf({ id, source, type, time, data }: PlainEvent): Item {
  return fromWire({ specversion: '1.0', id, source, type, time: new Date(time).toISOString(), data })
}

function fromWire(wire: Item['wire']): Item {
  const prepared = prepare({ tag: 'value', value: wire }, farFuture, scopes)
  return { wire, event: isRight(prepared) ? prepared.right : undefined }
}

/** The same event with other content: whichever comes first is in the log, and the other is in conflict with it. */
export function contradicting({ wire }: Item): Item {
  return fromWire({ ...wire, data: { ...(wire.data as object), note: 'as somebody else tells it' } })
}

/** What no schema takes. */
export function spoilt({ wire }: Item, random: Random): Item {
  const { programId: _lost, ...data } = wire.data as Record<string, unknown>
  return fromWire({
    ...wire,
    ...random.pick<Item['wire']>([{ data }, { type: 'vouch.rumour.v1' }, { time: 'yesterday' }]),
  })
}
