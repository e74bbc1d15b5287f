import kafkajs, { type Admin } from 'kafkajs'
import { partitionsOf } from '../topics.ts'

// kafkajs is CommonJS, and this name is not found in it from outside.
const { ConfigResourceTypes } = kafkajs

/** The log in order, by program; and what the relay states of it. */
export const logTopic = 'vouch.log'
export const relayedTopic = 'vouch.relayed'

/** What does not pass by itself: somebody has to see to it. */
export class TopicUnusable extends Error {
  override readonly name = 'TopicUnusable'
}

/** An event may be 16 MiB, with its headers. */
const mostMessageBytes = 17 * 2 ** 20

/** What each topic must be set to: a log of which a part is gone is of no use to a projector that begins anew. */
const wanted: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [logTopic]: { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' },
  // Only its newest message counts.
  [relayedTopic]: { 'cleanup.policy': 'compact' },
}

export interface TopicsWanted {
  readonly partitions: number
  /** Copies of each partition; undefined for the cluster's own default. */
  readonly replicas?: number | undefined
}

/**
 * Makes the topics of the relay where they are missing, and refuses those that are set so that the log would get lost.
 * @throws TopicUnusable that says what is wrong and what would be right
 */
export async function ensureTopics(admin: Admin, { partitions, replicas = -1 }: TopicsWanted): Promise<void> {
  const there = new Set(await admin.listTopics())
  const missing = Object.keys(wanted).filter((topic) => !there.has(topic))
  if (missing.length === 1) {
    const [lost = ''] = missing
    const [left = ''] = Object.keys(wanted).filter((topic) => topic !== lost)
    throw new TopicUnusable(
      `Kafka has topic ${left} and no topic ${lost}, and neither is of use without the other. Delete ${left}, so that both are made anew from the log; projectors then need a new generation.`,
    )
  }
  if (missing.length > 0) {
    await admin.createTopics({
      waitForLeaders: false,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: topic === logTopic ? partitions : 1,
        replicationFactor: replicas,
        configEntries: Object.entries({ ...wanted[topic], 'max.message.bytes': String(mostMessageBytes) }).map(
          ([name, value]) => ({ name, value }),
        ),
      })),
    })
  }
  const found = await partitionsOf(admin, logTopic)
  if (found !== partitions) {
    throw new TopicUnusable(
      `Topic ${logTopic} has ${found} partitions, and VOUCH_LOG_PARTITIONS is ${partitions}. Which program is in which partition hangs on their number: set VOUCH_LOG_PARTITIONS to ${found}, or delete ${logTopic} and ${relayedTopic} to have them made anew from the log.`,
    )
  }
  await refuseLossy(admin)
}

async function refuseLossy(admin: Admin): Promise<void> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: Object.keys(wanted).map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  })
  for (const { resourceName, configEntries } of resources) {
    for (const [name, right] of Object.entries(wanted[resourceName] ?? {})) {
      const is = configEntries.find(({ configName }) => configName === name)?.configValue
      if (is === right) continue
      throw new TopicUnusable(
        `Topic ${resourceName} has ${name}=${is}, and must have ${name}=${right}: who begins anew reads it from its beginning. Set it so with kafka-configs.`,
      )
    }
  }
}
