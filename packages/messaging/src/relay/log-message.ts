import type { RecordedEvent } from '@vouch/event-store'

/** A message of `vouch.log`, as it is sent. */
export interface LogMessage {
  /** The program, which says in which partition it is. */
  readonly key: string
  /** The event as a CloudEvents 1.0 JSON object (structured mode). */
  readonly value: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** A message of `vouch.log`, as Kafka gives it. */
export interface ReadMessage {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>> | undefined
}

/** An event of the log, and what a reader needs to know that none is missing before it. */
export interface Relayed {
  readonly event: RecordedEvent
  /** Position of the event before it in the same partition; 0n if there is none. */
  readonly before: bigint
}

/** @param before position of the event before it in the same partition; 0n if there is none */
export function toLogMessage(event: RecordedEvent, before: bigint): LogMessage {
  const { extensions, stream, identity } = event
  const attributes = JSON.stringify({
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    time: new Date(event.time).toISOString(),
    datacontenttype: 'application/json',
  })
  // Canonical text stays as it is, whatever a parser would make of it: hashes cover its bytes.
  const own = extensions === undefined || extensions === '{}' ? '' : `${extensions.slice(1, -1)},`
  const start = Buffer.from(`{${own}${attributes.slice(1, -1)},"data":`)
  return {
    key: event.programId,
    value: Buffer.concat([start, Buffer.from(event.data), closing]),
    headers: {
      'content-type': 'application/cloudevents+json; charset=UTF-8',
      vouch_position: event.position.toString(),
      vouch_before: before.toString(),
      vouch_recorded_at: String(event.recordedAt),
      vouch_time: String(event.time),
      vouch_identity: identity,
      vouch_content_hash: event.contentHash,
      ...(stream === identity ? {} : { vouch_stream: stream }),
      vouch_revision: event.revision.toString(),
      vouch_data_at: String(start.length),
      ...(extensions === undefined ? {} : { vouch_extensions: extensions }),
    },
  }
}

const closing = Buffer.from('}')

/**
 * The event, to the last byte as the log has it.
 * @throws NotOfTheLog for a message that the relay has not written
 */
export function readLogMessage({ key, value, headers = {} }: ReadMessage): Relayed {
  if (key === null || value === null) throw new NotOfTheLog('has no key or no value')
  const header = (name: string): string => {
    const found = headers[name]
    if (typeof found === 'string' || Buffer.isBuffer(found)) return found.toString()
    throw new NotOfTheLog(`has ${found === undefined ? 'no' : 'more than one'} header ${name}`)
  }
  const number = (name: string): number => Number(integer(name, header(name)))
  const at = number('vouch_data_at')
  if (at > value.length - 1) throw new NotOfTheLog('has a header vouch_data_at beyond its value')
  const { id, source, type } = attributesOf(value.toString('utf8', 0, at))
  const identity = header('vouch_identity')
  const extensions = headers.vouch_extensions === undefined ? {} : { extensions: header('vouch_extensions') }
  return {
    before: integer('vouch_before', header('vouch_before')),
    event: {
      position: integer('vouch_position', header('vouch_position')),
      stream: headers.vouch_stream === undefined ? identity : header('vouch_stream'),
      revision: integer('vouch_revision', header('vouch_revision')),
      recordedAt: number('vouch_recorded_at'),
      identity,
      contentHash: header('vouch_content_hash'),
      type,
      programId: key.toString(),
      source,
      id,
      time: number('vouch_time'),
      data: value.toString('utf8', at, value.length - 1),
      ...extensions,
    },
  }
}

function attributesOf(start: string): { readonly id: string; readonly source: string; readonly type: string } {
  try {
    const { id, source, type } = JSON.parse(`${start}null}`) as Readonly<Record<string, unknown>>
    if (typeof id === 'string' && typeof source === 'string' && typeof type === 'string') return { id, source, type }
  } catch {
    // Said below.
  }
  throw new NotOfTheLog('has a value that is no event')
}

function integer(name: string, text: string): bigint {
  if (!/^-?\d{1,19}$/.test(text)) throw new NotOfTheLog(`has ${JSON.stringify(text.slice(0, 40))} in header ${name}`)
  return BigInt(text)
}

/** A message that the relay has not written: somebody else writes to the topic. */
export class NotOfTheLog extends Error {
  override readonly name = 'NotOfTheLog'

  /** @param what is wrong: the rest of a sentence that begins with the message */
  constructor(what: string) {
    super(`A message of vouch.log ${what}: the relay has not written it, and nobody else may write to that topic.`)
  }
}
