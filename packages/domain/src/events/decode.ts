import { isEventType } from './catalog.ts'
import type { VouchEvent } from './types.ts'
import { type Stored, upcast } from './upcast.ts'

/** An event as the log keeps it: data and extensions as JSON text. */
export interface StoredEvent {
  readonly type: string
  readonly id: string
  readonly source: string
  /** ms since the epoch, UTC. */
  readonly time: number
  readonly data: string
  readonly extensions?: string | undefined
}

/**
 * Reads an event from the log, and brings older versions to that of today. The log holds nothing that was not parsed
 * before it was appended, so the data is not checked again.
 * @throws Error for a type that no schema knows: the log was written by a newer version
 * @throws SyntaxError if the data is no JSON
 */
export const decodeEvent = (stored: StoredEvent): VouchEvent => decodeWith(upcast, stored)

/** As `decodeEvent`, with upcasts of one's own. */
export function decodeWith(upcaster: (stored: Stored) => Stored, stored: StoredEvent): VouchEvent {
  const { type, data } = upcaster({ type: stored.type, data: JSON.parse(stored.data) })
  if (!isEventType(type)) {
    throw new Error(
      `The log holds an event of type ${type} (id ${stored.id}), which this version of vouch does not know; use a newer one.`,
    )
  }
  const event = { id: stored.id, source: stored.source, type, time: stored.time, data }
  const whole = stored.extensions === undefined ? event : { ...event, extensions: JSON.parse(stored.extensions) }
  // The compiler cannot know that type and data belong together; parseEvent saw to it before the event was appended.
  return whole as VouchEvent
}

/** The event as a CloudEvents 1.0 JSON object, as an app would send it. */
export function toCloudEvent(event: VouchEvent): Record<string, unknown> {
  const { id, source, type, time, data, extensions } = event
  return { ...extensions, specversion: '1.0', id, source, type, time: new Date(time).toISOString(), data }
}
