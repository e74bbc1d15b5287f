import type { Answer } from './sender.ts'

/** What one second of load was like. */
export interface Second {
  /** Since the load began. */
  readonly at: number
  /** Events. */
  offered: number
  accepted: number
  turnedAway: number
  unanswered: number
  /** Of what was offered, that of the small sender. */
  offeredBySmall: number
  /** Of requests that were accepted, ms: those of the large sender, and those of the small one. */
  readonly latencies: { readonly large: number[]; readonly small: number[] }
  /** What the server said of itself; undefined where it did not answer within the second. */
  server: ServerSample | undefined
}

export interface ServerSample {
  readonly rssBytes: number
  readonly heapBytes: number
  /** Of bodies. */
  readonly pendingBytes: number
  readonly expectedWaitMs: number
  readonly lagSeconds: number
  /** How far the tables are behind the log, events. */
  readonly behind: number
  /** How long it took to say whether it lives. */
  readonly healthMs: number
}

/** Notes what comes of load, second by second. */
export class Seconds {
  readonly all: Second[] = []
  readonly #begun = performance.now()

  now(): Second {
    const at = Math.floor((performance.now() - this.#begun) / 1000)
    let second = this.all[at]
    while (second === undefined || second.at !== at) {
      second = {
        at: this.all.length,
        offered: 0,
        accepted: 0,
        turnedAway: 0,
        unanswered: 0,
        offeredBySmall: 0,
        latencies: { large: [], small: [] },
        server: undefined,
      }
      this.all.push(second)
    }
    return second
  }

  offer(sender: 'large' | 'small', events: number): void {
    const second = this.now()
    second.offered += events
    if (sender === 'small') second.offeredBySmall += events
  }

  note(sender: 'large' | 'small', { events, status, ms }: Answer): void {
    const second = this.now()
    if (status === 200) {
      second.accepted += events
      second.latencies[sender].push(ms)
    } else if (status === 0) second.unanswered += events
    else second.turnedAway += events
  }
}

/** The value that so great a share of all is not above; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Asks a server how it is. @throws Error if it does not say so within two seconds */
export async function sample(url: string): Promise<ServerSample> {
  const signal = AbortSignal.timeout(2_000)
  const begun = performance.now()
  await (await fetch(`${url}/healthz`, { signal })).text()
  const healthMs = performance.now() - begun
  const text = await (await fetch(`${url}/metrics`, { signal })).text()
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
  return {
    rssBytes: value('process_resident_memory_bytes'),
    heapBytes: value('nodejs_heap_size_used_bytes'),
    pendingBytes: value('vouch_ingest_pending_bytes'),
    expectedWaitMs: value('vouch_ingest_expected_wait_seconds') * 1000,
    lagSeconds: value('vouch_projection_lag_seconds'),
    behind: value('vouch_log_head_position') - value('vouch_projection_position'),
    healthMs,
  }
}
