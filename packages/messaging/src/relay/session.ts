import { type EventStore, eventAt, type RecordedEvent } from '@vouch/event-store'
import { Partitioners, type Producer, type Transaction } from 'kafkajs'
import { clientFor, withAdmin } from '../client.ts'
import type { Log } from '../log.ts'
import type { Sockets } from '../sockets.ts'
import { newestStatement } from './newest.ts'
import { pack, portions, stateNext } from './parcel.ts'
import { partitionsByKey } from './partition.ts'
import type { RelayStandingKept } from './standing.ts'
import { nothingYet, type Statement, statementText } from './statement.ts'
import { ensureTopics, logTopic, relayedTopic, TopicUnusable } from './topics.ts'

export interface RelayOptions {
  readonly store: EventStore
  /** `host:port` of some brokers of the cluster. */
  readonly brokers: readonly string[]
  /** Of `vouch.log`. */
  readonly partitions: number
  /** Copies of each partition of a topic that is made; undefined for the cluster's own default. */
  readonly replicas?: number | undefined
  readonly log: Log
  /** Events that are read from the log at once; default 5,000. */
  readonly batchSize?: number
  /** For how long Kafka waits for a transaction to go on before it is given up, ms; default 20,000. */
  readonly transactionTimeoutMs?: number
}

export interface RelaySessionOptions extends RelayOptions {
  readonly sockets: Sockets
  readonly standing: RelayStandingKept
  readonly signal: AbortSignal
}

/** One relay at a time writes under this name: Kafka turns away whoever had it before. */
const transactionalId = 'vouch-relay'

/** What is sent in one transaction, bytes, roughly. */
const mostBytes = 4 * 2 ** 20

/** The key of all statements, so that compaction leaves the newest. */
const statementKey = 'log'

/**
 * Publishes the log from where it is stated to be relayed, until the signal. Each transaction holds events and the statement
 * that they are there, so that neither is ever to be seen without the other.
 * @throws what ended it before; nothing is lost or doubled by it
 */
export async function runRelaySession(options: RelaySessionOptions): Promise<void> {
  const { store, log, partitions, standing, signal, batchSize = 5_000 } = options
  const kafka = clientFor('vouch-relay', options)
  await withAdmin(kafka, (admin) => ensureTopics(admin, options))
  const producer = kafka.producer({
    transactionalId,
    transactionTimeout: options.transactionTimeoutMs ?? 20_000,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    // A transaction is refused for some ms after the one before; what lasts longer ends the session.
    retry: { retries: 60, initialRetryTime: 5, maxRetryTime: 100 },
  })
  await producer.connect()
  try {
    // From here on no other relay can write, so that what is stated last stays what is stated last.
    await (await producer.transaction()).abort()
    const newest = await newestStatement(kafka, signal)
    let at = newest?.statement ?? nothingYet(partitions)
    await refuseAnotherLog(store, at)
    standing.stated(at)
    log.info({ position: at.position.toString() }, 'relaying')
    const partitionOf = partitionsByKey(partitions)
    for await (const batch of store.subscribe(at.position, signal, batchSize)) {
      for (const events of portions(batch, mostBytes)) {
        if (signal.aborted) return
        at = await publish(producer, events, at, partitionOf)
        standing.stated(at, events.length)
      }
    }
  } finally {
    await producer.disconnect().catch(() => undefined)
  }
}

async function publish(
  producer: Producer,
  events: readonly RecordedEvent[],
  at: Statement,
  partitionOf: (programId: string) => number,
): Promise<Statement> {
  const consignment = pack(events, at, partitionOf)
  const transaction = await producer.transaction()
  const messages = consignment.parcels.flatMap(({ partition, messages }) =>
    messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers }, partition })),
  )
  const sent = await transaction.send({ topic: logTopic, messages })
  const firstOffsets = new Map(sent.map(({ partition, baseOffset }) => [partition, BigInt(baseOffset ?? -1)]))
  const next = stateNext(at, consignment, firstOffsets)
  await state(transaction, next)
  await transaction.commit()
  return next
}

const state = (transaction: Transaction, statement: Statement) =>
  transaction.send({
    topic: relayedTopic,
    messages: [{ key: statementKey, value: statementText(statement), partition: 0 }],
  })

/** @throws TopicUnusable if what is relayed is not the beginning of this log */
async function refuseAnotherLog(store: EventStore, { position, identity }: Statement): Promise<void> {
  if (position === 0n || (await eventAt(store, position))?.identity === identity) return
  throw new TopicUnusable(
    `Topic ${logTopic} holds another log, or more of it: it was relayed up to position ${position}, and this log has another event there, or none. Name the log that it was made of, or delete ${logTopic} and ${relayedTopic} to have them made anew; projectors then need a new generation.`,
  )
}
