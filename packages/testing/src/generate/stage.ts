import { durationMs } from '../oracle/exact.ts'
import type { PlainEvent, Terms } from '../oracle/log.ts'
import type { Leaning, LogOptions } from './options.ts'
import type { Random } from './random.ts'

/** An event on its way to the log. */
export interface Sent {
  readonly event: PlainEvent
  /** ms after its own time; below zero for an event dated into the future. */
  readonly delayMs: number
}

/** What all parts of one log's generation share. */
export interface Stage {
  readonly random: Random
  readonly options: LogOptions
  readonly leaning: Leaning
  readonly programId: string
  readonly versions: readonly Terms[]
  readonly from: number
  readonly until: number
  /** An event with a fresh id of random order. */
  event(type: string, time: number, data: Record<string, unknown>): PlainEvent
}

/** What has been told so far, for later facts to refer to. */
export interface Told {
  readonly events: PlainEvent[]
  conversions(): PlainEvent[]
  touches(): PlainEvent[]
}

/** The look-back that touches of a kind have in some version. */
export function someLookbackMs({ random, versions }: Stage, kind: 'click' | 'signup'): number {
  return durationMs(random.any(versions)?.attribution.lookback[kind] ?? '1d')
}
