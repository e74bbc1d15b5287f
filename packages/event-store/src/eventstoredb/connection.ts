import {
  type AllStreamSubscription,
  END,
  EventStoreDBClient,
  type Position,
  START,
  type RecordedEvent as Stored,
  StreamNotFoundError,
  streamNameFilter,
} from '@eventstore/db-client'
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js'
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { CallOptions, Channel, ClientDuplexStream, Metadata } from '@grpc/grpc-js'
import { readRecord, serverStream, serverStreamPrefix, type Written } from './records.ts'

export type BatchCall = ClientDuplexStream<BatchAppendReq, BatchAppendResp>

/** A record of $all; what is not the log's own has no `written`. */
export interface AllRecord {
  readonly position: Position
  readonly written?: Written
}

/** The one way to the server: what the rest of the adapter asks of it, and none of the client's own kinds of failing. */
export interface Connection {
  /** At most `maxCount` records of one name's stream; none for an unknown name. */
  readName(name: string, from: bigint | 'end', maxCount: number): Promise<readonly Written[]>
  /** At most `maxCount` records of $all: from a position on (inclusive), or from the end backwards (exclusive). */
  readAll(from: Position | 'start', maxCount: number): Promise<readonly AllRecord[]>
  readAllBackwards(from: Position | 'end', maxCount: number): Promise<readonly AllRecord[]>
  /** The log's own records after a position (exclusive), as they come. Whoever takes it stops it. */
  subscribe(after: Position | 'start', highWaterMark: number): AllStreamSubscription
  /** Opens a call on which appends are done one after another in the order they are sent. */
  openBatch(): Promise<BatchCall>
  close(): void
}

/**
 * What is protected in the client and still needed: a call of its own for appends (the client's has one table of promises
 * for the whole process), and its handling of errors and channels. This is why its version is pinned.
 */
interface Internals {
  GRPCStreamCreator(
    client: typeof StreamsClient,
    name: string,
    create: (client: StreamsClient) => BatchCall,
  ): () => Promise<BatchCall>
  callArguments(options: { requiresLeader: boolean }, call: CallOptions): [Metadata, CallOptions]
  handleError(client: unknown, error: Error): Promise<void>
  createChannel(): Promise<Channel>
}

/** Leader: followers may not have yet what was appended, and a decision would be made on what was. */
const onLeader = { requiresLeader: true } as const

const noop = () => undefined

export const connect = (connectionString: string): Connection => {
  const client = EventStoreDBClient.connectionString(connectionString)
  const internals = client as unknown as Internals
  const channels = new Set<Channel>()

  const { createChannel, handleError } = internals
  internals.createChannel = async () => {
    const channel = await createChannel()
    channels.add(channel)
    return channel
  }
  // It is called by nobody who waits for it; what it rejects with, such as a discovery that failed, would end the process.
  internals.handleError = (...args) => handleError(...args).catch(noop)

  return {
    async readName(name, from, maxCount) {
      const options =
        from === 'end'
          ? ({ fromRevision: END, direction: 'backwards', maxCount } as const)
          : ({ fromRevision: from, direction: 'forwards', maxCount } as const)
      try {
        const read = await take(client.readStream(serverStream(name), { ...onLeader, ...options }))
        return read.flatMap(({ event }) => (event === undefined ? [] : [readRecord(event as Stored)]))
      } catch (error) {
        if (error instanceof StreamNotFoundError) return []
        throw error
      }
    },
    readAll: async (from, maxCount) => {
      const fromPosition = from === 'start' ? START : from
      return (await take(client.readAll({ ...onLeader, fromPosition, maxCount }))).flatMap(allRecord)
    },
    readAllBackwards: async (from, maxCount) => {
      const fromPosition = from === 'end' ? END : from
      const options = { ...onLeader, fromPosition, direction: 'backwards', maxCount } as const
      return (await take(client.readAll(options))).flatMap(allRecord)
    },
    subscribe: (after, highWaterMark) => {
      const subscription = client.subscribeToAll(
        {
          ...onLeader,
          fromPosition: after === 'start' ? START : after,
          filter: streamNameFilter({ prefixes: [serverStreamPrefix] }),
        },
        { highWaterMark },
      )
      // One that is left may still fail; nobody listens then.
      subscription.on('error', noop)
      return subscription
    },
    openBatch: async () => {
      // No deadline for the call, which stays open; its sender watches over each append.
      const open = internals.GRPCStreamCreator(StreamsClient, 'appendToStream', (streams) =>
        streams.batchAppend(...internals.callArguments(onLeader, { deadline: Number.POSITIVE_INFINITY })),
      )
      const call = await open()
      call.on('error', noop)
      return call
    },
    close: () => {
      // It cancels what is open at once, and then waits for the end of calls that a server may have ended on its side alone.
      client.dispose().catch(noop)
      for (const channel of channels) channel.close()
    },
  }
}

interface Resolved {
  readonly event?: unknown
  readonly link?: { readonly position?: Position | undefined }
  readonly commitPosition?: bigint
}

export const allRecord = (resolved: Resolved): AllRecord[] => {
  const event = resolved.event as Stored | undefined
  const position = event?.position ?? resolved.link?.position
  if (position === undefined) return []
  return event?.streamId.startsWith(serverStreamPrefix) ? [{ position, written: readRecord(event) }] : [{ position }]
}

interface Reading<E> extends AsyncIterable<E> {
  on(event: 'error', listener: () => void): unknown
  destroy(): unknown
}

/** All that a read gives. Errors that come after the first have a listener: without one they would end the process. */
const take = async <E>(reading: Reading<E>): Promise<E[]> => {
  reading.on('error', noop)
  const taken: E[] = []
  try {
    for await (const resolved of reading) taken.push(resolved)
  } finally {
    reading.destroy()
  }
  return taken
}
