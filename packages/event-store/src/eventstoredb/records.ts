import { randomUUID } from 'node:crypto'
import type { RecordedEvent as Stored } from '@eventstore/db-client'
import type { EventToAppend, RecordedEvent } from '../port.ts'
import { damaged } from './failure.ts'

/**
 * What a stream of the server holds. Each name, be it a stream's or an identity's, has one stream of its own there: it has
 * the events of the stream of that name, and the claims on the identity of that name.
 */
export type Written = EventRecord | ClaimRecord | VoidRecord

interface Placed {
  /** Of which stream or identity. */
  readonly name: string
  /** In the server's stream, where claims count as well. */
  readonly serverRevision: bigint
  /** Commit position. */
  readonly position: bigint
  /** The port's revision of the newest event of the stream of this name, this one included; -1n if there is none. */
  readonly revision: bigint
}

export interface EventRecord extends Placed {
  readonly kind: 'event'
  readonly event: RecordedEvent
}

/** The identity `name` is that of an event which is, or is going to be, in another stream. */
export interface ClaimRecord extends Placed, Claim {
  readonly kind: 'claim'
}

export interface Claim {
  readonly stream: string
  /** Server's revision of the first event of the append that the event belongs to. */
  readonly first: bigint
  /** Server's revision of the event itself. */
  readonly at: bigint
}

/** Takes a revision, so that no append which expected to have it can take place any more. */
export interface VoidRecord extends Placed {
  readonly kind: 'void'
}

/** A record on its way to the server. */
export interface Message {
  /** Made once for each record: a repeated append with the same ids is known to the server as the same. */
  readonly id: string
  readonly type: string
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}

const prefix = 'vouch-'

export const serverStream = (name: string): string => prefix + name

/** Streams that begin with this are the log's. */
export const serverStreamPrefix = prefix

/** Types that the server, or what it is told to do with them, could take for something else are kept in the metadata. */
const isPlainType = (type: string): boolean => type !== '' && !type.startsWith('$')

const encoder = new TextEncoder()
const nothing = new Uint8Array()

const message = (type: string, data: Uint8Array, metadata: Readonly<Record<string, unknown>>): Message => ({
  id: randomUUID(),
  type,
  data,
  metadata: encoder.encode(JSON.stringify(metadata)),
})

/** `data` travels as bytes: parsed and printed anew, as the client does with JSON, it would not be the same text. */
export const eventMessage = (name: string, event: EventToAppend, revision: bigint, recordedAt: number): Message =>
  message(isPlainType(event.type) ? event.type : 'vouch.event', encoder.encode(event.data), {
    kind: 'event',
    ...(event.identity === name ? {} : { identity: event.identity }),
    ...(isPlainType(event.type) ? {} : { type: event.type }),
    contentHash: event.contentHash,
    programId: event.programId,
    source: event.source,
    id: event.id,
    time: event.time,
    recordedAt,
    revision: Number(revision),
    ...(event.extensions === undefined ? {} : { extensions: event.extensions }),
  })

export const claimMessage = ({ stream, first, at }: Claim, revision: bigint): Message =>
  message('vouch.claim', nothing, {
    kind: 'claim',
    stream,
    first: Number(first),
    at: Number(at),
    revision: Number(revision),
  })

export const voidMessage = (revision: bigint): Message =>
  message('vouch.void', nothing, { kind: 'void', revision: Number(revision) })

/**
 * What the server has at a place of the log's own streams.
 * @throws StoreError for what this adapter has not written
 */
export const readRecord = (stored: Stored): Written => {
  const at = `${stored.revision}@${stored.streamId}`
  const name = stored.streamId.slice(prefix.length)
  const position = positionOf(stored, at)
  const fields = fieldsOf(stored.metadata, at)
  const placed = { name, serverRevision: stored.revision, position, revision: BigInt(fields.number('revision')) }
  switch (fields.text('kind')) {
    case 'event': {
      const identity = fields.has('identity') ? fields.text('identity') : name
      const event = {
        position,
        stream: name,
        revision: placed.revision,
        identity,
        type: fields.has('type') ? fields.text('type') : stored.type,
        programId: fields.text('programId'),
        source: fields.text('source'),
        id: fields.text('id'),
        time: fields.number('time'),
        recordedAt: fields.number('recordedAt'),
        contentHash: fields.text('contentHash'),
        data: dataOf(stored.data, at),
      }
      return {
        kind: 'event',
        ...placed,
        event: fields.has('extensions') ? { ...event, extensions: fields.text('extensions') } : event,
      }
    }
    case 'claim': {
      const claim = { first: BigInt(fields.number('first')), at: BigInt(fields.number('at')) }
      return { kind: 'claim', ...placed, stream: fields.text('stream'), ...claim }
    }
    case 'void':
      return { kind: 'void', ...placed }
    default:
      throw damaged(at, 'is of a kind that this vouch does not know')
  }
}

/** The greatest UInt64: what the server says for a position that it does not know. */
const unknownPosition = 2n ** 64n - 1n

/**
 * A record of a plain append has one position for prepare and commit; those of a transaction share the commit's, so that
 * it would not be theirs alone.
 */
const positionOf = ({ position }: Stored, at: string): bigint => {
  if (position === undefined || position.commit === unknownPosition)
    throw damaged(at, 'has no position: EventStoreDB before 22.6 does not say it')
  if (position.commit !== position.prepare) throw damaged(at, 'was written in a transaction, which vouch does not do')
  return position.commit
}

const dataOf = (data: unknown, at: string): string => {
  if (!(data instanceof Uint8Array)) throw damaged(at, 'holds JSON where vouch writes bytes')
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')
}

const fieldsOf = (metadata: unknown, at: string) => {
  const fields = typeof metadata === 'object' && metadata !== null ? new Map(Object.entries(metadata)) : new Map()
  return {
    has: (name: string): boolean => fields.has(name),
    text: (name: string): string => {
      const value: unknown = fields.get(name)
      return typeof value === 'string' ? value : missing(name, 'text', at)
    },
    number: (name: string): number => {
      const value: unknown = fields.get(name)
      return typeof value === 'number' && Number.isSafeInteger(value) ? value : missing(name, 'whole number', at)
    },
  }
}

const missing = (name: string, right: string, at: string): never => {
  throw damaged(at, `has no ${right} as ${name} in its metadata`)
}
