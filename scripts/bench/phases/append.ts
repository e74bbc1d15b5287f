import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordedEvent } from '@vouch/event-store'
import { appendedToWarmUp } from '../bench.ts'
import { type OnProgress, phase } from '../child.ts'
import { stopwatch } from '../clock.ts'
import { appendFacts, asFact, openLog } from '../log.ts'
import { openRawLog } from '../raw-log.ts'

export interface AppendParams {
  /** Whose events are appended. */
  readonly log: string
  /** For both files; empty. */
  readonly folder: string
  /** Events of one append. */
  readonly batch: number
  /** The log alone, without its limit. */
  readonly isAlone?: boolean
}

/** Events a second while appends were under way. */
export interface Rates {
  readonly all: number
  readonly lastTenth: number
  /** Events a second of the processor. */
  readonly perCpuSecond: number
}

export interface Appended {
  readonly log: Rates
  readonly raw: Rates
}

/** Turns of each side; none is longer than so many appends. */
const turns = 100
const turnBatches = 20

/**
 * Appends events that are prepared to an empty log and to an empty raw table, a few batches here and a few there, until both
 * have all. What is read or made ready meanwhile is not counted.
 */
export const appendInTurn = phase(
  import.meta.url,
  'appendInTurn',
  async (params: AppendParams, onProgress): Promise<Appended> => {
    await appendUpTo(appendedToWarmUp, params, () => undefined)
    return appendUpTo(Number.POSITIVE_INFINITY, params, onProgress)
  },
)

async function appendUpTo(most: number, params: AppendParams, onProgress: OnProgress): Promise<Appended> {
  const { log, folder, batch, isAlone = false } = params
  mkdirSync(folder)
  const source = openLog(log)
  const total = Math.min(most, Number(await source.head()))
  const store = openLog(join(folder, 'log.db'))
  const raw = openRawLog(join(folder, 'raw.db'))
  const ofLog = side((events) => {
    const batches = batchesOf(events, batch).map((own) => ({ facts: own.map(asFact), at: recordedAt(own) }))
    return () => inOrder(batches, ({ facts, at }) => appendFacts(store, facts, at))
  })
  const ofRaw = side((events) => {
    const batches = batchesOf(events, batch)
    return () => inOrder(batches, async (own) => raw.append(own, recordedAt(own)))
  })
  const perTurn = batch * Math.min(turnBatches, Math.max(1, Math.floor(total / turns / batch)))
  let done = 0
  let turn = 0
  for await (const events of source.readAll(0n, perTurn)) {
    if (done >= total) break
    const isLast = done >= 0.9 * total
    const both = turn++ % 2 === 0 ? [ofLog, ofRaw] : [ofRaw, ofLog]
    for (const one of isAlone ? [ofLog] : both) await one.append(events, isLast)
    done += events.length
    onProgress(done, total)
  }
  await source.close()
  await store.close()
  raw.close()
  rmSync(folder, { recursive: true })
  return { log: ofLog.rates(), raw: ofRaw.rates() }
}

/** @param prepare makes ready what is then to be timed */
function side(prepare: (events: readonly RecordedEvent[]) => () => Promise<void>) {
  const all = { events: 0, seconds: 0, cpuSeconds: 0 }
  const lastTenth = { events: 0, seconds: 0, cpuSeconds: 0 }
  return {
    async append(events: readonly RecordedEvent[], isLast: boolean) {
      const appends = prepare(events)
      const time = stopwatch()
      await appends()
      const { seconds, cpuSeconds } = time()
      for (const sum of isLast ? [all, lastTenth] : [all]) {
        sum.events += events.length
        sum.seconds += seconds
        sum.cpuSeconds += cpuSeconds
      }
    },
    rates: (): Rates => ({
      all: all.events / all.seconds,
      lastTenth: lastTenth.events / lastTenth.seconds,
      perCpuSecond: all.events / all.cpuSeconds,
    }),
  }
}

async function inOrder<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (const item of items) await work(item)
}

function batchesOf<T>(events: readonly T[], size: number): T[][] {
  const batches: T[][] = []
  for (let from = 0; from < events.length; from += size) batches.push(events.slice(from, from + size))
  return batches
}

const recordedAt = (events: readonly RecordedEvent[]): number => events.at(-1)?.recordedAt ?? 0
