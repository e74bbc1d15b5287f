import { randomUUID } from 'node:crypto'
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { ServerDuplexStream } from '@grpc/grpc-js'
import { type AppendFault, errorOf, type Faults } from './faults.ts'
import type { DoubleLog, Expected, Proposed } from './log.ts'
import { appendResponse, expectedOf, failedAppendResponse, nameOf, proposedOf } from './messages.ts'

type Call = ServerDuplexStream<BatchAppendReq, BatchAppendResp>

interface Pending {
  readonly id: string
  readonly stream: string
  readonly expected: Expected
  readonly events: Proposed[]
}

export interface BatchAppendParts {
  readonly log: DoubleLog
  readonly faults: Faults
  readonly self: () => { readonly host: string; readonly port: number }
  /** Answers that wait for `answerLate`. */
  readonly late: Array<() => void>
}

/** The call on which appends are done in the order they come, each with an answer of its own. */
export const batchAppend = (call: Call, { log, faults, self, late }: BatchAppendParts): void => {
  const unfinished = new Map<string, Pending>()
  const overtaken: Pending[] = []
  let isOver = false

  const fail = (fault: Exclude<AppendFault, 'none' | 'end'> & Parameters<typeof errorOf>[0]) => {
    isOver = true
    call.emit('error', errorOf(fault, faults.leader ?? self()))
  }
  const write = (response: BatchAppendResp) => {
    if (!isOver) call.write(response)
  }
  const done = ({ id, stream, expected, events }: Pending) =>
    appendResponse(id, stream, log.append(stream, expected, events))

  const perform = (pending: Pending) => {
    const { id, stream } = pending
    const fault = faults.isDown ? 'unavailable' : faults.leader ? 'not-leader' : (faults.appends.shift() ?? 'none')
    switch (fault) {
      case 'unavailable':
      case 'not-leader':
      case 'access-denied':
      case 'unknown':
        return fail(fault)
      case 'end':
        isOver = true
        return call.end()
      case 'answer-lost':
        done(pending)
        return fail('unavailable')
      case 'timeout':
        done(pending)
        return write(failedAppendResponse(id, stream, 'Timeout'))
      case 'late-answer': {
        const answer = done(pending)
        late.push(() => write(answer))
        return undefined
      }
      case 'wrong-revision':
        return write(appendResponse(id, stream, { tag: 'wrong-revision', current: log.stream(stream).length - 1 }))
      case 'too-large':
        return write(failedAppendResponse(id, stream, 'MaximumAppendSizeExceeded'))
      case 'overtaken':
        overtaken.push(pending)
        return undefined
      case 'stray-answer':
        write(appendResponse(randomUUID(), stream, { tag: 'success', revision: 0, position: 1n }))
        return write(done(pending))
      case 'none':
        write(done(pending))
        for (const it of overtaken.splice(0)) write(done(it))
        return undefined
    }
  }

  call.on('data', (request: BatchAppendReq) => {
    if (isOver) return
    const id = request.getCorrelationId()?.getString() ?? ''
    const options = request.getOptions()
    const pending =
      options === undefined
        ? unfinished.get(id)
        : { id, stream: nameOf(options.getStreamIdentifier()), expected: expectedOf(options), events: [] }
    if (pending === undefined) return
    unfinished.set(id, pending)
    pending.events.push(...request.getProposedMessagesList().map(proposedOf))
    if (!request.getIsFinal()) return
    unfinished.delete(id)
    perform(pending)
  })
  call.on('error', () => {
    isOver = true
  })
  call.on('end', () => {
    if (!isOver) call.end()
    isOver = true
  })
}
