import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** How far the relay is; read when Prometheus asks. */
export interface RelayState {
  readonly position: bigint
  readonly head: bigint
  readonly lagSeconds: number
  /** Since the start. */
  readonly events: number
  readonly failures: number
}

export function relayMetrics(read: () => Promise<RelayState>): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const gauge = gaugesOf(registry, read)
  gauge('vouch_relay_position', 'Log position up to which all events are in Kafka', ({ position }) => Number(position))
  gauge('vouch_relay_head', 'Position of the newest event of the log', ({ head }) => Number(head))
  gauge(
    'vouch_relay_lag_seconds',
    'How long the oldest event that is not in Kafka has waited; 0 when all are',
    ({ lagSeconds }) => lagSeconds,
  )
  const counter = countersOf(registry, read)
  counter('vouch_relay_events_total', 'Events published', ({ events }) => events)
  counter('vouch_relay_failures_total', 'Sessions with Kafka that ended by a failure', ({ failures }) => failures)
  return registry
}

/** How far a projector is; read when Prometheus asks. */
export interface ProjectorState {
  /** Those that it has, and up to which log position each is durable. */
  readonly partitions: ReadonlyMap<number, bigint>
  readonly events: number
  readonly failures: number
  /** What readers see, as far as this projector knows. */
  readonly shownPosition: bigint
  readonly lagSeconds: number
}

export function projectorMetrics(read: () => ProjectorState): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const gauge = gaugesOf(registry, async () => read())
  gauge(
    'vouch_projector_partitions',
    'Partitions of the log that this projector has',
    ({ partitions }) => partitions.size,
  )
  gauge('vouch_projection_position', 'Position up to which the tables are shown', (it) => Number(it.shownPosition))
  gauge(
    'vouch_projection_lag_seconds',
    'How long the oldest event that the tables lack has waited; 0 when they lack none',
    ({ lagSeconds }) => lagSeconds,
  )
  new Gauge({
    name: 'vouch_projector_position',
    help: 'Log position up to which a partition is durable',
    labelNames: ['partition'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [partition, position] of read().partitions) this.set({ partition }, Number(position))
    },
  })
  const counter = countersOf(registry, async () => read())
  counter('vouch_projector_events_total', 'Events folded', ({ events }) => events)
  counter(
    'vouch_projector_failures_total',
    'Failures of folding, inserting, storing or of sessions',
    (it) => it.failures,
  )
  return registry
}

const gaugesOf =
  <S>(registry: Registry, read: () => Promise<S>) =>
  (name: string, help: string, value: (state: S) => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(value(await read()))
      },
    })
  }

const countersOf =
  <S>(registry: Registry, read: () => Promise<S>) =>
  (name: string, help: string, value: (state: S) => number): void => {
    new Counter({
      name,
      help,
      registers: [registry],
      async collect() {
        const now = value(await read())
        this.reset()
        this.inc(now)
      },
    })
  }
