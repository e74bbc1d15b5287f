import { Counter, Gauge, type Registry } from 'prom-client'

/** How far reading from Kafka is; read when Prometheus asks. */
export interface KafkaStanding {
  readonly silentMs: number
  readonly lagMessages: number
  /** Since the start, by outcome. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Since the start, by what the log had too much of. */
  readonly waits: ReadonlyMap<string, number>
  /** Since the start. */
  readonly lostMessages: number
}

export function addKafkaMetrics(registry: Registry, read: () => KafkaStanding): void {
  const registers = [registry]
  new Counter({
    name: 'vouch_kafka_events_total',
    help: 'Events read from Kafka, by outcome',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset()
      for (const [outcome, times] of Object.entries(read().outcomes)) this.inc({ outcome }, times)
    },
  })
  new Counter({
    name: 'vouch_kafka_waits_total',
    help: 'How often reading from Kafka waited for the log, by what there was too much of',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset()
      for (const [reason, times] of read().waits) this.inc({ reason }, times)
    },
  })
  new Counter({
    name: 'vouch_kafka_lost_messages_total',
    help: 'Messages that Kafka had deleted before they were read',
    registers,
    collect() {
      this.reset()
      this.inc(read().lostMessages)
    },
  })
  new Gauge({
    name: 'vouch_kafka_lag_messages',
    help: 'Messages of the partitions of this process that are not done, as far as was seen',
    registers,
    collect() {
      this.set(read().lagMessages)
    },
  })
  new Gauge({
    name: 'vouch_kafka_silence_seconds',
    help: 'How long Kafka has not answered this member of the consumer group',
    registers,
    collect() {
      this.set(read().silentMs / 1000)
    },
  })
}
