import { Kafka, logLevel } from 'kafkajs'
import { withAdmin } from '../client.ts'
import { requireTopics } from '../topics.ts'
import { inboundTopic, rejectedTopic } from './inbound.ts'

/** What a consumer group has before it. */
export interface KafkaFindings {
  readonly partitions: number
  /** Messages that are not committed, those included that are being taken. */
  readonly unread: number
}

/**
 * Asks Kafka as somebody who reads nothing.
 * @throws Error that says what is wrong: no broker answers, a topic is missing
 */
export async function examineKafka(brokers: readonly string[], group: string): Promise<KafkaFindings> {
  const kafka = new Kafka({
    clientId: 'vouch-doctor',
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 5_000,
    retry: { retries: 1, initialRetryTime: 100 },
    logLevel: logLevel.NOTHING,
  })
  return withAdmin(kafka, async (admin) => {
    await requireTopics(admin, [inboundTopic, rejectedTopic])
    const [committed] = await admin.fetchOffsets({ groupId: group, topics: [inboundTopic] })
    const next = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]))
    const ends = await admin.fetchTopicOffsets(inboundTopic)
    let unread = 0n
    for (const { partition, low, high } of ends) {
      const from = next.get(partition) ?? -1n
      // Where nothing was committed, or where it was deleted since, reading begins with the oldest.
      unread += BigInt(high) - (from > BigInt(low) ? from : BigInt(low))
    }
    return { partitions: ends.length, unread: Number(unread) }
  })
}
