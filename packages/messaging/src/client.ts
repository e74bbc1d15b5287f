import { type Admin, Kafka } from 'kafkajs'
import { registerCodecs } from './codecs.ts'
import { kafkajsLog, type Log } from './log.ts'
import type { Sockets } from './sockets.ts'

export interface ClientOptions {
  /** `host:port` of some brokers of the cluster. */
  readonly brokers: readonly string[]
  readonly log: Log
  readonly sockets: Sockets
}

/** The client of one session. What lasts longer than it tries for ends the session, and another one is begun. */
export function clientFor(clientId: string, { brokers, log, sockets }: ClientOptions): Kafka {
  registerCodecs()
  return new Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 1_000 },
    logCreator: kafkajsLog(log),
    socketFactory: sockets.factory,
  })
}

/** Asks something of the cluster itself. */
export async function withAdmin<T>(kafka: Kafka, task: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await task(admin)
  } finally {
    await admin.disconnect()
  }
}
