import shared from '@eventstore/db-client/generated/shared_pb.js'
import statusPb from '@eventstore/db-client/generated/status_pb.js'
import streams, { type BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js'
import anyPb from 'google-protobuf/google/protobuf/any_pb.js'
import type { Appended, DoubleRecord, Expected, Proposed } from './log.ts'

export const nameOf = (identifier: InstanceType<typeof shared.StreamIdentifier> | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8')

export const identifierOf = (name: string) =>
  new shared.StreamIdentifier().setStreamName(Uint8Array.from(Buffer.from(name, 'utf8')))

export const proposedOf = (message: BatchAppendReq.ProposedMessage): Proposed => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
})

export const expectedOf = (options: BatchAppendReq.Options): Expected => {
  if (options.hasNoStream()) return 'no-stream'
  if (options.hasAny()) return 'any'
  if (options.hasStreamExists()) return 'stream-exists'
  return Number(options.getStreamPosition())
}

export const eventResponse = (record: DoubleRecord) => {
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(record.id))
    .setStreamIdentifier(identifierOf(record.stream))
    .setStreamRevision(String(record.revision))
    .setCommitPosition(String(record.position))
    .setPreparePosition(String(record.position))
    .setData(record.data)
    .setCustomMetadata(record.metadata)
  event.getMetadataMap().set('type', record.type).set('content-type', record.contentType).set('created', '0')
  return new streams.ReadResp().setEvent(
    new streams.ReadResp.ReadEvent().setEvent(event).setCommitPosition(String(record.position)),
  )
}

export const notFoundResponse = (name: string) =>
  new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(name)),
  )

export const confirmationResponse = (id: string) =>
  new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id))

export const caughtUpResponse = () => new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp())

export const checkpointResponse = (position: bigint) =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)),
  )

export const appendResponse = (id: string, stream: string, appended: Appended) => {
  if (appended.tag === 'wrong-revision') {
    const details = new shared.WrongExpectedVersion()
    if (appended.current < 0) details.setCurrentNoStream(new shared.Empty())
    else details.setCurrentStreamRevision(String(appended.current))
    return failedAppendResponse(id, stream, 'WrongExpectedVersion', details.serializeBinary())
  }
  const position = new shared.AllStreamPosition()
    .setCommitPosition(String(appended.position))
    .setPreparePosition(String(appended.position))
  return batchResponse(id, stream).setSuccess(
    new streams.BatchAppendResp.Success().setCurrentRevision(String(appended.revision)).setPosition(position),
  )
}

export const failedAppendResponse = (
  id: string,
  stream: string,
  kind: string,
  details: Uint8Array = new Uint8Array(),
) => {
  const any = new anyPb.Any()
  any.pack(Uint8Array.from(details), `event_store.client.${kind}`)
  return batchResponse(id, stream).setError(new statusPb.Status().setMessage(kind).setDetails(any))
}

const batchResponse = (id: string, stream: string) =>
  new streams.BatchAppendResp()
    .setCorrelationId(new shared.UUID().setString(id))
    .setStreamIdentifier(identifierOf(stream))
