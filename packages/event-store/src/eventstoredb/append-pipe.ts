import { randomUUID } from 'node:crypto'
import { convertToCommandError } from '@eventstore/db-client'
import shared, { type UUID } from '@eventstore/db-client/generated/shared_pb.js'
import streams, { type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { StoreFailure } from '../port.ts'
import type { BatchCall, Connection } from './connection.ts'
import { accessDenied, Refused } from './failure.ts'
import { type Message, serverStream } from './records.ts'
import type { Wait } from './retry.ts'

/** An append to one name's stream, whole or not at all. Its revision is always explicit, which makes it idempotent. */
export interface ServerAppend {
  readonly name: string
  /** Of the stream's newest record; -1n for a stream that is empty. */
  readonly expected: bigint
  readonly messages: readonly Message[]
}

/** `position` is undefined where the server does not know it any more, as for a repetition. */
export type Reply =
  | { readonly tag: 'written'; readonly position: bigint | undefined }
  | { readonly tag: 'wrong-revision' }
  | { readonly tag: 'failed'; readonly error: unknown }

export interface AppendPipe {
  /**
   * Sends all of them, each without waiting for the one before; the server does them in this order.
   * @returns one reply for each. What has failed may have been done or not.
   */
  send(appends: readonly ServerAppend[]): Promise<readonly Reply[]>
  close(): void
}

export interface PipeOptions {
  readonly wait: Wait
  /** How long the server may take for one lot of appends, ms. */
  readonly deadlineMs: number
}

/** A request is at most so large, unless one event is; the server takes up to 16 MiB, and less behind some proxies. */
const requestBytes = 1024 * 1024

/** Appends on one call that stays open, with a table of its own for what is not answered yet. */
export const appendPipe = (connection: Connection, { wait, deadlineMs }: PipeOptions): AppendPipe => {
  let line: Promise<Line> | undefined

  const current = (): Promise<Line> => {
    line ??= connection.openBatch().then(lineOn)
    return line
  }
  const leave = (error: unknown) => {
    line?.then(
      (it) => it.end(error),
      () => undefined,
    )
    line = undefined
  }

  return {
    send: async (appends) => {
      let on: Line
      try {
        on = await current()
      } catch (error) {
        line = undefined
        return appends.map(() => ({ tag: 'failed', error: commandError(error) }))
      }
      const answered = new AbortController()
      const replies = Promise.all(appends.map((append) => on.send(append)))
      const late = wait(deadlineMs, answered.signal).then(() => {
        // What comes now comes to a call that nobody listens to any more.
        if (!answered.signal.aborted) leave(new Error(`no reply to an append for ${deadlineMs} ms`))
      })
      const settled = await replies
      answered.abort()
      await late
      if (!on.isOpen()) line = undefined
      return settled
    },
    close: () => leave(new Error('the store is closed')),
  }
}

interface Line {
  send(append: ServerAppend): Promise<Reply>
  isOpen(): boolean
  end(error: unknown): void
}

const lineOn = (call: BatchCall): Line => {
  const waiting = new Map<string, (reply: Reply) => void>()
  let broken: { readonly error: unknown } | undefined

  const end = (error: unknown) => {
    broken ??= { error: commandError(error) }
    for (const answer of waiting.values()) answer({ tag: 'failed', error: broken.error })
    waiting.clear()
    call.cancel()
  }
  call.on('data', (response: BatchAppendResp) => {
    const id = textOf(response.getCorrelationId())
    const answer = waiting.get(id)
    waiting.delete(id)
    // A reply to what nobody waits for, or that cannot be read, is no reason to fall.
    answer?.(replyOf(response))
  })
  call.on('error', end)
  call.on('end', () => end(new Error('the server ended the call')))

  return {
    isOpen: () => broken === undefined,
    end,
    send: (append) =>
      new Promise((answer) => {
        if (broken !== undefined) return answer({ tag: 'failed', error: broken.error })
        const id = randomUUID()
        waiting.set(id, answer)
        try {
          for (const request of requestsOf(id, append)) call.write(request)
        } catch (error) {
          end(error)
        }
        return undefined
      }),
  }
}

/** The server gives back the id as text, and its own replies for it as two numbers. */
const textOf = (id: UUID | undefined): string => {
  const structured = id?.getStructured()
  if (structured === undefined) return id?.getString() ?? ''
  const bits = [structured.getMostSignificantBits(), structured.getLeastSignificantBits()]
  const hex = bits.map((half) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const commandError = (error: unknown): unknown => (error instanceof Error ? convertToCommandError(error) : error)

function* requestsOf(id: string, { name, expected, messages }: ServerAppend) {
  const correlation = new shared.UUID().setString(id)
  const request = () => new streams.BatchAppendReq().setCorrelationId(correlation)
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(
    new shared.StreamIdentifier().setStreamName(Buffer.from(serverStream(name), 'utf8')),
  )
  // No deadline of the server's: it would be a time of day, and its clock may be another.
  if (expected === -1n) options.setNoStream(new shared.Empty())
  else options.setStreamPosition(expected.toString())

  let next = request().setOptions(options)
  let bytes = 0
  for (const { id: eventId, type, data, metadata } of messages) {
    const size = data.byteLength + metadata.byteLength
    if (bytes > 0 && bytes + size > requestBytes) {
      yield next
      next = request()
      bytes = 0
    }
    bytes += size
    const proposed = new streams.BatchAppendReq.ProposedMessage()
      .setId(new shared.UUID().setString(eventId))
      .setData(data)
      .setCustomMetadata(metadata)
    proposed.getMetadataMap().set('type', type).set('content-type', 'application/octet-stream')
    next.addProposedMessages(proposed)
  }
  yield next.setIsFinal(true)
}

const replyOf = (response: BatchAppendResp): Reply => {
  const success = response.getSuccess()
  if (success !== undefined) {
    const position = success.getPosition()?.getCommitPosition()
    return { tag: 'written', position: position === undefined ? undefined : BigInt(position) }
  }
  const error = response.getError()
  const kind = error?.getDetails()?.getTypeName() ?? ''
  const why = error?.getMessage() || kind || 'no reason'
  switch (kind) {
    case 'event_store.client.WrongExpectedVersion':
      return { tag: 'wrong-revision' }
    case 'event_store.client.AccessDenied':
      return refused('store-read-only', accessDenied)
    case 'event_store.client.StreamDeleted':
      return refused('store-corrupt', 'A stream of the log was deleted in EventStoreDB. Restore it from a backup.')
    case 'event_store.client.MaximumAppendSizeExceeded':
    case 'event_store.client.MaximumAppendEventSizeExceeded':
      return refused('store-full', `EventStoreDB takes no append of this size (${why}): raise its MaxAppendSize.`)
    case 'event_store.client.InvalidTransaction':
    case 'event_store.client.BadRequest':
      return refused('store-unavailable', `EventStoreDB cannot read an append: ${why}.`)
    default:
      return { tag: 'failed', error: new Error(why) }
  }
}

const refused = (tag: StoreFailure['tag'], message: string): Reply => ({
  tag: 'failed',
  error: new Refused({ tag, message }),
})
