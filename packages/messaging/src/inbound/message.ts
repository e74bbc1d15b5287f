import { type Incoming, readEventMessage, readJsonMessage, unreadable } from '@vouch/ingestion'

/** A message of the inbound topic, as Kafka gives it. */
export interface InboundMessage {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: Headers | undefined
}

/** By name; several values where a name is given several times. */
export type Headers = Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>

/**
 * What a message offers for the log, by the Kafka protocol binding of CloudEvents 1.0.2: the whole event as JSON (structured
 * mode), or its data as JSON and its attributes as headers `ce_…` (binary mode). Without either's headers the value is taken
 * for a whole event. What the event has to be is for admission to say; the key is the program that it is for.
 */
export function toIncoming({ key, value, headers = {} }: InboundMessage): Incoming {
  if (key === null) return unreadable('is missing; it is the programId of the event', 'key')
  const programId = textOf(key)
  if (programId === undefined) return unreadable('is not UTF-8; it is the programId of the event', 'key')
  if (value === null)
    return unreadable('the message has no value; what was said of the past is corrected by a further event')
  const incoming = readBody(value, headers)
  return incoming.tag === 'value' ? { ...incoming, programId } : incoming
}

const contentTypeHeader = 'content-type'
const attributePrefix = 'ce_'

function readBody(value: Buffer, headers: Headers): Incoming {
  const contentType = headerText(headers, contentTypeHeader)
  if (typeof contentType === 'object') return contentType
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase()
  if (mediaType?.startsWith('application/cloudevents'))
    return mediaType === 'application/cloudevents+json' ? readEventMessage(value) : unreadType(contentType)
  const names = Object.keys(headers).filter((name) => name.startsWith(attributePrefix))
  if (names.length > 0) return readBinary(value, headers, names, contentType)
  return mediaType === undefined || mediaType === 'application/json' ? readEventMessage(value) : unreadType(contentType)
}

function unreadType(contentType: string | undefined): Incoming {
  const shown = JSON.stringify(contentType?.slice(0, 100))
  const right = 'application/cloudevents+json for one whole event, or application/json for data beside headers ce_…'
  return unreadable(`${shown} is not read; send ${right}`, contentTypeHeader)
}

/** Attributes that are no headers of their own in binary mode, and where they stand. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['data', 'the value of the message is the data'],
  ['datacontenttype', 'it stands in the header content-type'],
])

/** Names of attributes (CloudEvents 1.0.2, section 3.1). */
const attributeName = /^[a-z0-9]+$/

function readBinary(
  value: Buffer,
  headers: Headers,
  names: readonly string[],
  contentType: string | undefined,
): Incoming {
  const event: Record<string, unknown> = {}
  for (const name of names) {
    const attribute = name.slice(attributePrefix.length)
    const place = elsewhere.get(attribute)
    if (place !== undefined) return unreadable(`is no header of its own: ${place}`, name)
    if (!attributeName.test(attribute))
      return unreadable('has a name of other than lower-case letters and digits', name)
    const text = headerText(headers, name)
    if (typeof text === 'object') return text
    event[attribute] = text
  }
  if (contentType !== undefined) event.datacontenttype = contentType
  // Of data in another format nothing can be said but that; which it is, is said where attributes are checked.
  if (contentType !== undefined && !/json/i.test(contentType)) return { tag: 'value', value: event }
  const data = readJsonMessage(value)
  if (data._tag === 'Left') return unreadable(data.left, 'data')
  return { tag: 'value', value: { ...event, data: data.right } }
}

/** The text of a header, undefined where there is none, or why it cannot be read. */
function headerText(headers: Headers, name: string): string | undefined | Incoming {
  const given = headers[name]
  if (given === undefined || given === null) return undefined
  if (Array.isArray(given)) return unreadable(`is given ${given.length} times; give it once`, name)
  if (typeof given === 'string') return given
  return textOf(given) ?? unreadable('is not UTF-8', name)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
