import { randomUUID } from 'node:crypto'
import streams, { type ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import { type ServerWritableStream, status } from '@grpc/grpc-js'
import { type CallFault, errorOf, type Faults } from './faults.ts'
import type { DoubleLog, DoubleRecord } from './log.ts'
import {
  caughtUpResponse,
  checkpointResponse,
  confirmationResponse,
  eventResponse,
  nameOf,
  notFoundResponse,
} from './messages.ts'

type Call = ServerWritableStream<ReadReq, ReadResp>

export interface ReadParts {
  readonly log: DoubleLog
  readonly faults: Faults
  readonly self: () => { readonly host: string; readonly port: number }
  /** Subscriptions that are open, and how to break them. */
  readonly open: Set<(fault: CallFault) => void>
}

/** Reads of a stream and of $all, and subscriptions to $all: one method of the server. */
export const read = (call: Call, parts: ReadParts): void => {
  const { log, faults, self } = parts
  const options = call.request.getOptions() ?? new streams.ReadReq.Options()
  const needsLeader = call.metadata.get('requires-leader').length > 0
  const expected = options.hasSubscription() ? faults.subscriptions : faults.reads
  const fault = faults.isDown ? 'unavailable' : faults.leader && needsLeader ? 'not-leader' : expected.shift()
  if (fault !== undefined && fault !== 'end') {
    call.emit('error', errorOf(fault, faults.leader ?? self()))
    return
  }
  if (fault === 'end') {
    call.end()
    return
  }
  if (options.hasSubscription()) subscribe(call, options, parts)
  else if (options.hasStream()) readStream(call, options, log)
  else readAll(call, options, log)
}

const readStream = (call: Call, options: ReadReq.Options, log: DoubleLog) => {
  const from = options.getStream() ?? new streams.ReadReq.Options.StreamOptions()
  const name = nameOf(from.getStreamIdentifier())
  const records = log.stream(name)
  if (records.length === 0) {
    call.write(notFoundResponse(name))
    call.end()
    return
  }
  const count = Number(options.getCount())
  const isForwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.FORWARDS
  const start = from.hasEnd() ? records.length - 1 : from.hasStart() ? 0 : Number(from.getRevision())
  const found = isForwards
    ? records.slice(start, start + count)
    : records
        .slice(0, start + 1)
        .reverse()
        .slice(0, count)
  for (const record of found) call.write(eventResponse(record))
  call.end()
}

const readAll = (call: Call, options: ReadReq.Options, log: DoubleLog) => {
  const from = options.getAll() ?? new streams.ReadReq.Options.AllOptions()
  const isForwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.FORWARDS
  const start = from.hasEnd() ? log.all.length : from.hasStart() ? 0 : placeFrom(positionOf(from), log)
  if (start === undefined) {
    // Reading, the server tells this apart from nothing else that goes wrong.
    call.emit('error', { code: status.UNKNOWN, details: 'Unexpected ReadAllResult: InvalidPosition' })
    return
  }
  const count = Number(options.getCount())
  const found = isForwards ? log.all.slice(start, start + count) : log.all.slice(0, start).reverse().slice(0, count)
  for (const record of found) call.write(eventResponse(record))
  call.end()
}

const positionOf = (from: ReadReq.Options.AllOptions): bigint => BigInt(from.getPosition()?.getCommitPosition() ?? 0)

/** Undefined for a position at which no record begins; past the end is no such position. */
const placeFrom = (position: bigint, log: DoubleLog): number | undefined =>
  position > (log.all.at(-1)?.position ?? 0n) ? log.all.length : log.placeOf(position)

const subscribe = (call: Call, options: ReadReq.Options, { log, faults, self, open }: ReadParts) => {
  const from = options.getAll() ?? new streams.ReadReq.Options.AllOptions()
  const after = from.hasStart() ? -1n : positionOf(from)
  const start = from.hasStart() ? 0 : placeFrom(after, log)
  if (start === undefined) {
    call.emit('error', { code: status.INVALID_ARGUMENT, details: 'Trying to read from an invalid position.' })
    return
  }
  const prefixes = options.getFilter()?.getStreamIdentifier()?.getPrefixList() ?? ['']
  const isWanted = ({ stream, position }: DoubleRecord) =>
    position > after && prefixes.some((prefix) => stream.startsWith(prefix))
  let next = start
  const send = () => {
    for (; next < log.all.length; next++) {
      const record = log.all[next]
      if (record !== undefined && isWanted(record)) call.write(eventResponse(record))
    }
  }
  const unlisten = log.listen(send)
  const close = () => {
    unlisten()
    open.delete(breakOff)
  }
  const breakOff = (fault: CallFault) => {
    close()
    if (fault === 'end') call.end()
    else call.emit('error', errorOf(fault, faults.leader ?? self()))
  }
  open.add(breakOff)
  call.on('cancelled', close)
  call.on('close', close)
  call.write(confirmationResponse(randomUUID()))
  if (faults.hasEarlyCheckpoints) call.write(checkpointResponse(log.all.at(-1)?.position ?? 0n))
  send()
  call.write(caughtUpResponse())
}
