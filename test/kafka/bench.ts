import { inboundTopic, rejectedTopic } from '@vouch/messaging'
import { type Admin, type ITopicConfig, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs'
import { afterAll, beforeAll } from 'vitest'
import { type Broker, startBroker } from '../../scripts/kafka/broker.ts'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'

/** A real broker, and what a test asks of it; all suites of a file share it, each test in topics made anew. */
export interface KafkaBench {
  readonly broker: Broker
  readonly admin: Admin
  /** Made anew with the topics: one that knows partitions that are gone sends twice. */
  readonly producer: Producer
  /** The topics as they are at first: none of earlier messages. */
  renew(topics?: TopicsOptions): Promise<void>
  /** Makes a topic as it is at first. */
  create(topic: string): Promise<void>
  /** Messages that a topic has taken, those included that a producer has sent twice. */
  sent(topic: string): Promise<number>
  /** Offsets that a group has committed, by partition; -1 where none. */
  committed(group: string): Promise<Record<number, number>>
  /** All messages of a topic, by partition and offset. */
  messages(topic: string, count: number): Promise<readonly Read[]>
}

export interface TopicsOptions {
  readonly partitions?: number
  /** Of the inbound topic, such as max.message.bytes. */
  readonly config?: Readonly<Record<string, string>>
}

export interface Read {
  readonly key: string | null
  readonly value: string | null
  readonly headers: Readonly<Record<string, string>>
}

/** The client of a test, which is not the one under test. */
export const testClient = (address: string): Kafka =>
  new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 20, maxRetryTime: 1_000 } })

export function useKafka(): () => KafkaBench {
  let bench: KafkaBench
  let close: () => Promise<void>
  beforeAll(async () => {
    const broker = await startBroker()
    const kafka = testClient(broker.address)
    const admin = kafka.admin()
    await admin.connect()
    await eventually('groups are coordinated', async () => {
      await admin.fetchOffsets({ groupId: 'none' })
      return true
    })
    let producer: Producer | undefined
    close = async () => {
      await Promise.all([admin.disconnect(), producer?.disconnect()])
      await broker.close()
    }
    bench = {
      broker,
      admin,
      get producer() {
        if (producer === undefined) throw new Error('There are no topics yet.')
        return producer
      },
      async renew(topics = {}) {
        await producer?.disconnect()
        await renew(admin, topics)
        producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
        await producer.connect()
      },
      create: (topic) => createTopics(admin, [{ topic, numPartitions: 1 }]),
      sent: async (topic) => {
        const ends = await admin.fetchTopicOffsets(topic)
        return ends.reduce((sum, { high }) => sum + Number(high), 0)
      },
      committed: async (group) => {
        const [topic] = await admin.fetchOffsets({ groupId: group, topics: [inboundTopic] })
        return Object.fromEntries((topic?.partitions ?? []).map((it) => [it.partition, Number(it.offset)]))
      },
      messages: (topic, count) => readTopic(kafka, topic, count),
    }
  })
  afterAll(async () => {
    await close?.()
  })
  return () => bench
}

async function renew(admin: Admin, { partitions = 1, config = {} }: TopicsOptions): Promise<void> {
  const there = (await admin.listTopics()).filter((topic) => topic === inboundTopic || topic === rejectedTopic)
  if (there.length > 0) await admin.deleteTopics({ topics: there })
  await eventually('the topics are gone', async () => {
    const topics = await admin.listTopics()
    return there.every((topic) => !topics.includes(topic)) || undefined
  })
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
  await createTopics(admin, [
    { topic: inboundTopic, numPartitions: partitions, configEntries },
    { topic: rejectedTopic, numPartitions: 1 },
  ])
}

/** Until there are leaders; kafkajs's own waiting ends with an error where the broker is not yet sure of the topic. */
async function createTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false })
  await eventually('the topics have leaders', async () => {
    const found = await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) })
    const leaders = found.topics.flatMap((it) => it.partitions).map(({ leader }) => leader)
    const wanted = topics.reduce((sum, { numPartitions = 1 }) => sum + numPartitions, 0)
    return (leaders.length === wanted && leaders.every((leader) => leader >= 0)) || undefined
  })
}

let readers = 0

async function readTopic(kafka: Kafka, topic: string, count: number): Promise<readonly Read[]> {
  const consumer = kafka.consumer({ groupId: `reader-${process.pid}-${readers++}`, maxWaitTimeInMs: 100 })
  const read: Read[] = []
  await consumer.connect()
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ message: { key, value, headers = {} } }) => {
        const shown = Object.entries(headers).map(([name, it]) => [name, String(it)])
        read.push({
          key: key?.toString() ?? null,
          value: value?.toString() ?? null,
          headers: Object.fromEntries(shown),
        })
      },
    })
    await eventually(`${count} messages of ${topic}`, () => (read.length >= count ? true : undefined))
    return read
  } finally {
    await consumer.disconnect()
  }
}
