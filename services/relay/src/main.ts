import { lagBehind } from '@vouch/event-store'
import { openEventStoreDb } from '@vouch/event-store/eventstoredb'
import { createRelay } from '@vouch/messaging'
import {
  createLogger,
  type Readiness,
  readRelaySettings,
  relayMetrics,
  SettingsError,
  serveProbe,
  stopSignal,
} from '@vouch/observability'

/** How long a stop waits for Kafka to answer, ms. */
const graceMs = 10_000

async function main(): Promise<void> {
  const stopping = stopSignal()
  const { eventStore, brokers, partitions, httpPort, logLevel } = readRelaySettings(process.env)
  const log = createLogger(logLevel)
  const store = openEventStoreDb({
    connectionString: eventStore.connectionString,
    onInterruption: ({ why, delayMs }) => log.warn({ why, retryInMs: delayMs }, 'lost the connection to the log'),
  })
  const relay = createRelay({ store, brokers, partitions, log })
  const registry = relayMetrics(async () => {
    const { position, events, failures } = relay.standing()
    const { head, lagMs } = await lagBehind(store, position, Date.now)
    return { position, events, failures, head, lagSeconds: lagMs / 1000 }
  })
  const readiness = (): Readiness => {
    const { relaying, failure } = relay.standing()
    return relaying ? { ready: true } : { ready: false, reason: failure ?? 'it has not begun yet' }
  }
  const probe = await serveProbe({ port: httpPort, registry, readiness })
  log.info({ port: probe.port, log: eventStore.shown, partitions }, 'started')
  relay.start()
  await stopping
  log.info('stopping')
  await relay.stop(graceMs)
  await probe.close()
  await store.close()
}

try {
  await main()
} catch (error) {
  const isMistake = error instanceof SettingsError
  process.stderr.write(`${isMistake ? error.message : `Unexpected: ${error instanceof Error ? error.stack : error}`}\n`)
  process.exit(isMistake ? 2 : 1)
}
