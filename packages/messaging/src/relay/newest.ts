import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { withAdmin } from '../client.ts'
import { readStatement, type Statement } from './statement.ts'
import { relayedTopic } from './topics.ts'

/** The newest statement of the relay, and where it stands in its topic. */
export interface Newest {
  readonly statement: Statement
  readonly offset: bigint
}

/** Messages at the end of the topic that are looked at first; of these, those of transactions that failed do not count. */
const fewMessages = 64n

/** What was stated last; undefined if nothing ever was. */
export const newestStatement = (kafka: Kafka, signal: AbortSignal): Promise<Newest | undefined> =>
  withAdmin(kafka, async (admin) => {
    const [ends] = await admin.fetchTopicOffsets(relayedTopic)
    const [low, high] = [BigInt(ends?.low ?? 0), BigInt(ends?.high ?? 0)]
    for (let count = fewMessages; high > low; count *= 16n) {
      const from = high - count > low ? high - count : low
      const found = await lastBetween(kafka, from, high, signal)
      if (found !== undefined || from === low) return found
    }
    return undefined
  })

/** Reads to the end that was there; nobody's group, so that nobody else is disturbed. */
async function lastBetween(kafka: Kafka, from: bigint, to: bigint, signal: AbortSignal): Promise<Newest | undefined> {
  const consumer = kafka.consumer({
    groupId: `vouch-relayed-${randomUUID()}`,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: { restartOnFailure: async () => false },
  })
  let newest: Newest | undefined
  await consumer.connect()
  try {
    await consumer.subscribe({ topics: [relayedTopic], fromBeginning: true })
    const ended = new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        if (BigInt(payload.lastOffset) >= to - 1n) resolve()
      })
    })
    ended.catch(() => undefined)
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const last = batch.messages.at(-1)
        if (!last?.value) return
        newest = { statement: readStatement(last.value.toString()), offset: BigInt(last.offset) }
      },
    })
    // Where it has crashed by now there is nothing to seek in.
    await Promise.race([ended, Promise.resolve()])
    consumer.seek({ topic: relayedTopic, partition: 0, offset: from.toString() })
    await ended
    return newest
  } finally {
    await consumer.disconnect()
  }
}
