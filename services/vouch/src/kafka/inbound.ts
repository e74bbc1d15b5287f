import type { Incoming } from '@vouch/ingestion'
import { type Admit, createInbound, type Inbound } from '@vouch/messaging'
import type { KafkaSettings, Logger } from '@vouch/observability'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Engine } from '../engine.ts'
import type { Gate } from '../http/intake/gate.ts'
import { isTurnedAway } from '../http/intake/intake.ts'

export interface KafkaParts {
  readonly engine: Engine
  readonly gate: Gate
  readonly settings: KafkaSettings
  readonly logger: Logger
}

/** Who sends what comes from Kafka, for what is shared out among senders. No key's id and no address is called so. */
const sender = 'kafka'

/** Until events are offered again that the log could not answer for, ms. */
const storeRetryMs = 1_000

/** Reads events from Kafka into the log, through the same gate and the same admission as HTTP. */
export function createKafkaInbound({ engine, gate, settings, logger }: KafkaParts): Inbound {
  const { brokers, group, scopes } = settings
  return createInbound({ brokers, group, log: logger, admit: admitThrough(engine, gate, new Set(scopes)) })
}

export function admitThrough(
  { admission, arrivals }: Pick<Engine, 'admission' | 'arrivals'>,
  { intake, turns }: Gate,
  scopes: ReadonlySet<'ingest' | 'admin'>,
): Admit {
  return async (items: readonly Incoming[], bytes: number) => {
    const visit = intake.enter(sender, bytes)
    if (isTurnedAway(visit)) return busy(visit.reason, visit.retryAfterSeconds * 1000)
    try {
      const turnedAway = visit.receive(bytes) ?? visit.wait()
      if (turnedAway) return busy(turnedAway.reason, turnedAway.retryAfterSeconds * 1000)
      arrivals.eventsCame()
      try {
        const answer = await turns.run(sender, () => admission.admit(items, { scopes })())
        return isLeft(answer) ? busy('store', storeRetryMs) : { tag: 'taken', outcomes: answer.right }
      } finally {
        arrivals.eventsDone()
        visit.done()
      }
    } finally {
      visit.end()
    }
  }
}

const busy = (reason: string, retryAfterMs: number) => ({ tag: 'busy', reason, retryAfterMs }) as const
