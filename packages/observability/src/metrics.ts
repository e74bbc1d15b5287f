import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { addKafkaMetrics, type KafkaStanding } from './kafka-metrics.ts'

/** What Prometheus may ask. Names end in their unit. */
export interface Metrics {
  readonly events: Counter<'outcome'>
  readonly requests: Histogram<'route' | 'method' | 'status'>
  readonly turnedAway: Counter<'reason'>
  text(): Promise<string>
  readonly contentType: string
}

/** How far the projections are; read when Prometheus asks. */
export interface Standing {
  readonly head: number
  readonly position: number
  readonly lagSeconds: number
  /** How long events that come now would wait for their place in the log. */
  readonly expectedWaitSeconds: number
  /** Bytes of bodies that are held. */
  readonly pendingBytes: number
  /** The newest seal. */
  readonly sealedPosition: number
  /** Of the disk that the data folder is on. */
  readonly freeBytes: number
  readonly capacityBytes: number
}

/** @param kafka absent where nothing is read from Kafka */
export function createMetrics(standing: () => Promise<Standing>, kafka?: () => KafkaStanding): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const events = new Counter({
    name: 'vouch_events_total',
    help: 'Events offered, by outcome',
    labelNames: ['outcome'],
    registers,
  })
  const requests = new Histogram({
    name: 'vouch_http_request_duration_seconds',
    help: 'Time from request to answer',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const turnedAway = new Counter({
    name: 'vouch_http_turned_away_total',
    help: 'Requests that were asked to come back, and connections that were closed, by what there was too much of',
    labelNames: ['reason'],
    registers,
  })
  const expectedWait = new Gauge({
    name: 'vouch_ingest_expected_wait_seconds',
    help: 'How long events that come now would wait for their place in the log',
    registers,
  })
  const pending = new Gauge({
    name: 'vouch_ingest_pending_bytes',
    help: 'Bytes of bodies that arrive, wait or are being answered',
    registers,
  })
  const head = new Gauge({
    name: 'vouch_log_head_position',
    help: 'Position of the newest event of the log',
    registers,
  })
  const position = new Gauge({
    name: 'vouch_projection_position',
    help: 'Position up to which the tables are complete',
    registers,
  })
  const lag = new Gauge({
    name: 'vouch_projection_lag_seconds',
    help: 'How long the oldest event that the tables lack has waited; 0 when they lack none',
    registers,
  })
  const sealed = new Gauge({
    name: 'vouch_log_sealed_position',
    help: 'Position of the newest seal of the log',
    registers,
  })
  const free = new Gauge({
    name: 'vouch_data_free_bytes',
    help: 'What is left of the disk that the data folder is on',
    registers,
  })
  const capacity = new Gauge({
    name: 'vouch_data_capacity_bytes',
    help: 'Size of the disk that the data folder is on',
    registers,
  })
  if (kafka) addKafkaMetrics(registry, kafka)
  return {
    events,
    requests,
    turnedAway,
    contentType: registry.contentType,
    async text() {
      const now = await standing()
      head.set(now.head)
      position.set(now.position)
      lag.set(now.lagSeconds)
      expectedWait.set(now.expectedWaitSeconds)
      pending.set(now.pendingBytes)
      sealed.set(now.sealedPosition)
      free.set(now.freeBytes)
      capacity.set(now.capacityBytes)
      return registry.metrics()
    },
  }
}
