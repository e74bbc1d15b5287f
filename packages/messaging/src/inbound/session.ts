import { type Consumer, type EachBatchPayload, type Kafka, Partitioners } from 'kafkajs'
import { clientFor, withAdmin } from '../client.ts'
import type { Sockets } from '../sockets.ts'
import { partitionsOf, requireTopics } from '../topics.ts'
import { type BatchParts, takeBatch } from './batch.ts'
import { deletedUnread } from './deleted.ts'
import { type InboundOptions, inboundTopic, rejectedTopic } from './inbound.ts'
import { createRejecting } from './rejecting.ts'
import type { StandingKept } from './standing.ts'

export interface SessionOptions extends InboundOptions {
  readonly sockets: Sockets
  readonly standing: StandingKept
  readonly signal: AbortSignal
}

/** How long Kafka waits for something to read before it answers that there is nothing, ms: also how long a stop waits. */
const maxWaitMs = 500

/**
 * One membership of the group, until the signal.
 * @throws what ended it before; nothing is lost by it
 */
export async function runSession(options: SessionOptions): Promise<void> {
  const { signal } = options
  const kafka = clientFor('vouch', options)
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false })
  const { sessionTimeoutMs: sessionTimeout = 30_000 } = options
  const consumer = kafka.consumer({
    groupId: options.group,
    sessionTimeout,
    rebalanceTimeout: Math.max(sessionTimeout, 10_000),
    heartbeatInterval: Math.floor(sessionTimeout / 10),
    maxWaitTimeInMs: maxWaitMs,
    allowAutoTopicCreation: false,
    // Whoever runs sessions begins another one; two who do so would be two members.
    retry: { restartOnFailure: async () => false },
  })
  try {
    const partitions = await inspect(kafka, options)
    await producer.connect()
    await consumer.connect()
    if (signal.aborted) return
    const crashed = watch(consumer, options, partitions)
    const parts = partsOf(options, createRejecting(producer, rejectedTopic))
    await consumer.subscribe({ topics: [inboundTopic], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => takeBatch(batchOf(payload, signal), parts),
    })
    await Promise.race([crashed, aborted(signal)])
  } finally {
    // It waits for the batch in hand, which needs the producer.
    await consumer.disconnect().catch(() => undefined)
    await producer.disconnect().catch(() => undefined)
  }
}

/**
 * Looks at the topics, and says what is already lost.
 * @returns how many partitions the inbound topic has
 */
const inspect = (kafka: Kafka, { group, log, standing }: SessionOptions): Promise<number> =>
  withAdmin(kafka, async (admin) => {
    await requireTopics(admin, [inboundTopic, rejectedTopic])
    for (const deleted of await deletedUnread(admin, inboundTopic, group)) {
      standing.lost(deleted)
      log.error(
        { topic: inboundTopic, ...deleted },
        'Kafka has deleted messages before they were read; keep them for longer',
      )
    }
    return partitionsOf(admin, inboundTopic)
  })

/** Rejects when the consumer has ended by itself. */
function watch(consumer: Consumer, { group, log, standing }: SessionOptions, partitions: number): Promise<never> {
  const { CRASH, FETCH, GROUP_JOIN, HEARTBEAT } = consumer.events
  consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    standing.joined()
    const own = memberAssignment[inboundTopic]?.length ?? 0
    // The log of a data folder is written by one process, so the others are another log's, or dead and soon forgotten.
    if (own < partitions) log.warn({ group, own, partitions }, 'the other partitions are read by others of this group')
  })
  consumer.on(HEARTBEAT, standing.answered)
  consumer.on(FETCH, standing.answered)
  const crashed = new Promise<never>((_resolve, reject) => {
    consumer.on(CRASH, ({ payload }) => reject(payload.error))
  })
  // It may come after the session has ended for another reason.
  crashed.catch(() => undefined)
  return crashed
}

const partsOf = ({ admit, standing }: SessionOptions, reject: BatchParts['reject']): BatchParts => ({
  admit,
  reject,
  onOutcomes: standing.came,
  onBusy: standing.waited,
  onDone: standing.done,
})

const batchOf = (payload: EachBatchPayload, signal: AbortSignal) => {
  const { batch, resolveOffset, heartbeat, isStale } = payload
  const { topic, partition, highWatermark, messages } = batch
  return {
    topic,
    partition,
    highWatermark,
    lastOffset: batch.lastOffset(),
    messages,
    isRunning: () => payload.isRunning() && !signal.aborted,
    isStale,
    heartbeat,
    resolveOffset,
    commit: (offset: string) =>
      payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] }),
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
