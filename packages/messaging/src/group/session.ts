import { setTimeout as pause } from 'node:timers/promises'
import type { Batch, Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import { clientFor, withAdmin } from '../client.ts'
import { readLogMessage } from '../relay/log-message.ts'
import { newestStatement } from '../relay/newest.ts'
import { readStatement } from '../relay/statement.ts'
import { logTopic, relayedTopic } from '../relay/topics.ts'
import type { Sockets } from '../sockets.ts'
import { partitionsOf, requireTopics } from '../topics.ts'
import { createAssigner } from './assigner.ts'
import type { GroupMember, GroupOptions } from './group.ts'
import { createPulse } from './pulse.ts'

export interface GroupSessionOptions extends GroupOptions {
  readonly sockets: Sockets
  readonly signal: AbortSignal
}

/** Until a partition that cannot go on is tried again, ms: at first, and at most. */
const [firstRetryMs, maxRetryMs] = [1_000, 60_000]

/** How long Kafka waits for something to read before it answers that there is nothing, ms: also how long a stop waits. */
const maxWaitMs = 300

/**
 * One membership of the group, until the signal. Where to read from is the member's to say; nothing is committed to Kafka.
 * @throws what ended it before; nothing is lost by it
 */
export async function runGroupSession(options: GroupSessionOptions): Promise<void> {
  const { signal, group, log } = options
  const kafka = clientFor('vouch-projector', options)
  const member = await options.member(await countPartitions(kafka))
  const newest = await newestStatement(kafka, signal)
  if (newest) member.state(newest.statement)
  const { sessionTimeoutMs: sessionTimeout = 30_000 } = options
  const rebalanceTimeout = Math.max(sessionTimeout, 10_000)
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout,
    rebalanceTimeout,
    heartbeatInterval: Math.floor(sessionTimeout / 10),
    maxWaitTimeInMs: maxWaitMs,
    maxBytesPerPartition: 2 ** 20,
    allowAutoTopicCreation: false,
    partitionAssigners: [createAssigner(() => member.holdings())],
    // Whoever runs sessions begins another one; two who do so would be two members.
    retry: { restartOnFailure: async () => false },
  })
  const ending = new AbortController()
  const over = AbortSignal.any([signal, ending.signal])
  try {
    await consumer.connect()
    if (signal.aborted) return
    const feeding = createFeeding(consumer, member, options, over)
    const { CRASH, GROUP_JOIN, HEARTBEAT } = consumer.events
    const pulse = createPulse(sessionTimeout + rebalanceTimeout, over)
    consumer.on(HEARTBEAT, pulse.beat)
    const crashed = new Promise<never>((_resolve, reject) => {
      consumer.on(CRASH, ({ payload }) => reject(payload.error))
      consumer.on(GROUP_JOIN, ({ payload }) => {
        pulse.beat()
        try {
          const partitions = payload.memberAssignment[logTopic] ?? []
          for (const [partition, offset] of member.own(partitions)) {
            consumer.seek({ topic: logTopic, partition, offset: offset.toString() })
          }
          consumer.seek({ topic: relayedTopic, partition: 0, offset: (newest?.offset ?? 0n).toString() })
          options.onJoined(partitions)
          log.info({ group, partitions }, 'partitions were dealt')
        } catch (error) {
          reject(error)
        }
      })
    })
    // It may come after the session has ended for another reason.
    crashed.catch(() => undefined)
    await consumer.subscribe({ topics: [logTopic, relayedTopic], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 64,
      eachBatch: feeding.eachBatch,
    })
    await Promise.race([crashed, pulse.stops(), feeding.tick()])
  } finally {
    ending.abort()
    await consumer.disconnect().catch(() => undefined)
  }
}

const countPartitions = (kafka: Kafka): Promise<number> =>
  withAdmin(kafka, async (admin) => {
    await requireTopics(admin, [logTopic, relayedTopic])
    return partitionsOf(admin, logTopic)
  })

function createFeeding(consumer: Consumer, member: GroupMember, options: GroupOptions, over: AbortSignal) {
  const { log, tickMs = 500 } = options
  const retries = new Map<number, number>()

  const readAgain = (partition: number) =>
    consumer.seek({ topic: logTopic, partition, offset: member.from(partition).toString() })

  async function take({ partition, messages }: Batch): Promise<void> {
    const records = messages.map((message) => ({ offset: BigInt(message.offset), ...readLogMessage(message) }))
    await member.take(partition, records)
    retries.delete(partition)
  }

  /** The others go on; this one is tried again, ever more seldom. */
  function stopFor(partition: number, error: unknown): void {
    const retryInMs = retries.get(partition) ?? firstRetryMs
    retries.set(partition, Math.min(retryInMs * 2, maxRetryMs))
    log.error({ err: error, partition, retryInMs }, 'a partition does not go on')
    const topicPartition = { topic: logTopic, partitions: [partition] }
    consumer.pause([topicPartition])
    const again = async () => {
      await pause(retryInMs, undefined, { signal: over })
      readAgain(partition)
      consumer.resume([topicPartition])
    }
    void again().catch((problem) => over.aborted || stopFor(partition, problem))
  }

  return {
    async eachBatch({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
      const last = batch.messages.at(-1)
      if (last === undefined || !isRunning() || isStale()) return
      if (batch.topic === relayedTopic) {
        if (last.value) member.state(readStatement(last.value.toString()))
        resolveOffset(last.offset)
        return
      }
      // What it finds out is found out again when the batch is done.
      const beating = setInterval(() => void heartbeat().catch(() => undefined), 500)
      try {
        await take(batch)
        if (!isStale()) resolveOffset(last.offset)
      } catch (error) {
        stopFor(batch.partition, error)
      } finally {
        clearInterval(beating)
      }
    },

    /** Resolves when it is over. */
    async tick(): Promise<void> {
      while (!over.aborted) {
        try {
          for (const partition of await member.tick()) readAgain(partition)
        } catch (error) {
          log.error({ err: error }, 'what was folded could not be made durable, or shown; it is tried again')
        }
        await pause(tickMs, undefined, { signal: over }).catch(() => undefined)
      }
    },
  }
}
