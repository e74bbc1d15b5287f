import { randomUUID } from 'node:crypto'
import { type Relayed, readLogMessage } from '../../packages/messaging/src/relay/log-message.ts'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import { testClient } from '../kafka/bench.ts'

export interface Read extends Relayed {
  readonly partition: number
}

/** All committed messages of the log's topic, in the order of their partitions; waits a little for more than were expected. */
export async function readAll(address: string, topic: string, count: number): Promise<readonly Read[]> {
  const consumer = testClient(address).consumer({ groupId: `reader-${randomUUID()}`, maxWaitTimeInMs: 100 })
  const read: Read[] = []
  let quiet = 0
  await consumer.connect()
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    consumer.on(consumer.events.FETCH, () => void quiet++)
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        quiet = 0
        read.push({ partition, ...readLogMessage(message) })
      },
    })
    await eventually(
      `${count} messages of ${topic}`,
      () => (read.length >= count && quiet > 4 ? true : undefined),
      60_000,
    )
    return read
  } finally {
    await consumer.disconnect()
  }
}
