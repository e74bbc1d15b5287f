import type { RecordedEvent as Stored } from '@eventstore/db-client'
import { describe, expect, it } from 'vitest'
import { type EventToAppend, StoreError } from '../port.ts'
import { claimMessage, eventMessage, type Message, readRecord, voidMessage } from './records.ts'

const event: EventToAppend = {
  identity: 'i',
  contentHash: 'a'.repeat(64),
  type: 'vouch.click.v1',
  programId: 'summer',
  source: 'shop.example',
  id: 'evt-1',
  time: 1,
  // Parsed and printed again, it would be in another order.
  data: '{"9":1,"10":1.0}',
}

const stored = ({ id, type, data, metadata }: Message, more: Partial<Record<keyof Stored, unknown>> = {}): Stored =>
  ({
    streamId: 'vouch-s',
    id,
    revision: 7n,
    type,
    isJson: false,
    created: new Date(0),
    data,
    metadata: JSON.parse(Buffer.from(metadata).toString('utf8')),
    position: { commit: 500n, prepare: 500n },
    ...more,
  }) as unknown as Stored

const placed = { name: 's', serverRevision: 7n, position: 500n, revision: 3n }

describe('a record', () => {
  it.each([
    event,
    { ...event, identity: 's' },
    { ...event, type: '' },
    { ...event, type: '$statsCollected' },
    { ...event, extensions: '{"a":1}' },
  ])('is an event again, as it was: $identity, $type', (given) => {
    expect(readRecord(stored(eventMessage('s', given, 3n, 9)))).toEqual({
      kind: 'event',
      ...placed,
      event: { ...given, stream: 's', position: 500n, revision: 3n, recordedAt: 9 },
    })
  })

  it('never has a type that the server takes for its own', () => {
    for (const type of ['', '$>', '$statsCollected'])
      expect(eventMessage('s', { ...event, type }, 0n, 0).type).toBe('vouch.event')
  })

  it('is a claim again, or a void', () => {
    const claim = { stream: 't', first: 2n, at: 4n }
    expect(readRecord(stored(claimMessage(claim, 3n)))).toEqual({ kind: 'claim', ...placed, ...claim })
    expect(readRecord(stored(voidMessage(3n)))).toEqual({ kind: 'void', ...placed })
    expect(readRecord(stored(claimMessage(claim, -1n)))).toMatchObject({ revision: -1n })
  })

  const message = eventMessage('s', event, 3n, 9)
  const metadata = JSON.parse(Buffer.from(message.metadata).toString('utf8')) as object
  it.each<[string, Partial<Record<keyof Stored, unknown>>]>([
    ['has no position: EventStoreDB before 22.6 does not say it', { position: undefined }],
    ['has no position', { position: { commit: 2n ** 64n - 1n, prepare: 2n ** 64n - 1n } }],
    ['was written in a transaction', { position: { commit: 501n, prepare: 500n } }],
    ['holds JSON where vouch writes bytes', { data: { a: 1 } }],
    ['has no whole number as revision in its metadata', { metadata: undefined }],
    ['has no text as contentHash in its metadata', { metadata: { ...metadata, contentHash: 1 } }],
    ['has no whole number as time in its metadata', { metadata: { ...metadata, time: '1' } }],
    ['is of a kind that this vouch does not know', { metadata: { ...metadata, kind: 'else' } }],
  ])('%s: it is not taken', (what, more) => {
    const read = () => readRecord(stored(message, more))
    expect(read).toThrow(StoreError)
    expect(read).toThrow(`The record 7@vouch-s of EventStoreDB ${what}`)
  })
})
