import type { Admin } from 'kafkajs'

/** Messages that Kafka has deleted before they were read: from an offset to another (exclusive). */
export interface Deleted {
  readonly partition: number
  readonly from: string
  readonly to: string
  readonly messages: number
}

/** What a group would go on with, and is no more: kafkajs goes on with the oldest there is, and says nothing of it. */
export async function deletedUnread(admin: Admin, topic: string, group: string): Promise<readonly Deleted[]> {
  const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
  const oldest = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, low }) => [partition, low]))
  const deleted: Deleted[] = []
  for (const { partition, offset } of committed?.partitions ?? []) {
    const to = oldest.get(partition) ?? '0'
    const messages = Number(BigInt(to) - BigInt(offset))
    // Below zero is where the group has not committed anything.
    if (Number(offset) >= 0 && messages > 0) deleted.push({ partition, from: offset, to, messages })
  }
  return deleted
}
