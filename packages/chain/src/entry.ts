import { hash } from 'node:crypto'
import type { RecordedEvent } from '@vouch/event-store'

/** What the first event's hash has for a predecessor. */
export const noHash = '0'.repeat(64)

/**
 * An event as the chain sees it: all that the log keeps of it, as JSON text in one fixed order, and its number among the
 * events of the log instead of its position, so that a log moved to another store keeps its hashes. The stream is left out
 * where it is that of the identity, as it is for every fact.
 * @param count its number in the log, from 1
 */
export function entryText(event: RecordedEvent, count: number): string {
  const { recordedAt, identity, stream, revision, contentHash, type, programId, source, id, time } = event
  const place =
    stream === identity && revision === 0n ? '' : `"stream":${JSON.stringify(stream)},"revision":${revision},`
  const extensions = event.extensions === undefined ? '' : `,"extensions":${event.extensions}`
  return (
    `{"count":${count},"recordedAt":${recordedAt},"identity":${JSON.stringify(identity)},${place}` +
    `"contentHash":"${contentHash}","programId":${JSON.stringify(programId)},"type":"${type}",` +
    `"source":${JSON.stringify(source)},"id":${JSON.stringify(id)},"time":${time},"data":${event.data}${extensions}}`
  )
}

/** SHA-256, in hex, of the predecessor's hash, a line feed and the event. */
export const nextHash = (previous: string, entry: string): string => hash('sha256', `${previous}\n${entry}`, 'hex')
