import type { Admin } from 'kafkajs'

/**
 * Whether events get lost depends on how topics are kept, so none is made here with whatever the brokers' defaults are.
 * @throws Error that names what is missing
 */
export async function requireTopics(admin: Admin, topics: readonly string[]): Promise<void> {
  const there = new Set(await admin.listTopics())
  const missing = topics.filter((topic) => !there.has(topic))
  if (missing.length > 0) throw new Error(`Kafka has no topic ${missing.join(' and no topic ')}; create it.`)
}

export async function partitionsOf(admin: Admin, topic: string): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  return topics[0]?.partitions.length ?? 0
}
