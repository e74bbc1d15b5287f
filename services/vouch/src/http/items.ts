import { defaultMaxLineBytes, type Incoming, parseNdjson, unreadable } from '@vouch/ingestion'

/** Without any state between two bodies, since each is decoded whole. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The items of a body, or a sentence that says why it cannot be read. */
export function readItems(body: Buffer, contentType: string): readonly Incoming[] | string {
  if (body.length === 0) return 'The body is empty: send one event, a JSON array of events, or NDJSON.'
  if (/^application\/(x-)?ndjson/i.test(contentType)) return parseNdjson(body).map(({ incoming }) => incoming)
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(body))
  } catch (error) {
    return error instanceof TypeError
      ? 'The body is not valid UTF-8.'
      : `The body is no JSON (${error instanceof Error ? error.message : String(error)}); for NDJSON send content-type application/x-ndjson.`
  }
  if (Array.isArray(value)) return value.map((it: unknown) => itemOf(it, body.length))
  return [
    typeof value === 'object' && value !== null ? itemOf(value, body.length) : unreadable('an event is a JSON object'),
  ]
}

/** An event has the length that a line of NDJSON may have, whichever way it comes. */
function itemOf(value: unknown, bodyBytes: number): Incoming {
  const bytes = bodyBytes > defaultMaxLineBytes ? lengthOf(value) : 0
  return bytes > defaultMaxLineBytes
    ? unreadable(`this event has ${bytes} bytes, more than the ${defaultMaxLineBytes} that one event may have`)
    : { tag: 'value', value }
}

/** Of its JSON, in bytes. */
function lengthOf(value: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(value))
  } catch (error) {
    // Nested so deep that the stack does not hold it, which is what is then wrong with it.
    if (error instanceof RangeError) return 0
    throw error
  }
}
