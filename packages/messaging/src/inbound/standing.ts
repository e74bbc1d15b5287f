import type { Outcome } from '@vouch/ingestion'
import type { Deleted } from './deleted.ts'

/** How far reading from Kafka is. */
export interface InboundStanding {
  /** Since Kafka has last answered as to a member of the group, or since the start, ms. */
  readonly silentMs: number
  /** Messages of the partitions that were dealt to this process that are not done, as far as was seen. */
  readonly lagMessages: number
  /** Events since the start, by outcome. */
  readonly outcomes: Readonly<Record<Outcome['outcome'], number>>
  /** How often the log was busy, by the reason. */
  readonly waits: ReadonlyMap<string, number>
  /** Messages since the start that Kafka had deleted before they were read, as far as a new session tells. */
  readonly lostMessages: number
  /** Why the newest session ended, until there is another. */
  readonly failure: string | undefined
}

/** Takes down what happens. @param now ms of a clock that only goes forward */
export function createStanding(now: () => number) {
  let answeredAt = now()
  let failure: string | undefined
  let lags = new Map<number, bigint>()
  const outcomes = { appended: 0, duplicate: 0, conflict: 0, rejected: 0 }
  const waits = new Map<string, number>()
  const lost = new Map<string, number>()
  return {
    answered() {
      answeredAt = now()
    },
    /** The partitions were dealt; what was seen of others is another's now. */
    joined() {
      answeredAt = now()
      failure = undefined
      lags = new Map()
    },
    failed(reason: string) {
      failure = reason
    },
    done(partition: number, next: bigint, highWatermark: string) {
      const lag = BigInt(highWatermark) - next
      lags.set(partition, lag > 0n ? lag : 0n)
    },
    came(all: readonly Outcome[]) {
      for (const { outcome } of all) outcomes[outcome]++
    },
    waited(reason: string) {
      waits.set(reason, (waits.get(reason) ?? 0) + 1)
    },
    /** The next session sees it again, until something is committed. */
    lost({ partition, from, messages }: Deleted) {
      lost.set(`${partition}:${from}`, messages)
    },
    read: (): InboundStanding => ({
      silentMs: now() - answeredAt,
      lagMessages: Number([...lags.values()].reduce((sum, lag) => sum + lag, 0n)),
      outcomes: { ...outcomes },
      waits: new Map(waits),
      lostMessages: [...lost.values()].reduce((sum, it) => sum + it, 0),
      failure,
    }),
  }
}

export type StandingKept = ReturnType<typeof createStanding>
