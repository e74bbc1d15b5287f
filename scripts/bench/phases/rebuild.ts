import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { decodeEvent } from '@vouch/domain'
import type { RecordedEvent, SqliteStore } from '@vouch/event-store'
import { rowsOf } from '@vouch/warehouse'
import { readBlocks, writeBlocks } from '../blocks.ts'
import { type OnProgress, phase } from '../child.ts'
import { stopwatch, type Took } from '../clock.ts'
import { type Folded, foldLog, openTables } from '../fold.ts'
import { openLog } from '../log.ts'

export interface RebuildParams {
  readonly log: string
  /** A small log, folded first. */
  readonly warmUp?: string
  /** For tables and state. */
  readonly folder: string
  /** A file for the blocks of rows that are inserted. */
  readonly blocks?: string
}

export const rebuildLog = phase(
  import.meta.url,
  'rebuildLog',
  async ({ log, warmUp, folder, blocks }: RebuildParams, onProgress): Promise<Folded> => {
    if (warmUp !== undefined) await foldLog({ log: warmUp, folder: join(folder, 'warm-up') })
    const writer = blocks === undefined ? undefined : writeBlocks(blocks)
    const folded = await foldLog({ log, folder: join(folder, 'whole'), onProgress, onInsert: writer?.write })
    writer?.close()
    return folded
  },
)

export interface TermsFolded {
  /** For the last event, its publication included. */
  readonly seconds: number
  /** The most memory that the process had held before it. */
  readonly beforeMiB: number
}

/** Folds a log whose last event is terms for all that came before it. */
export const foldTerms = phase(
  import.meta.url,
  'foldTerms',
  async ({ log, folder }: Pick<RebuildParams, 'log' | 'folder'>, onProgress): Promise<TermsFolded> => {
    let before = { at: performance.now(), peakMiB: 0 }
    await foldLog({
      log,
      folder,
      onProgress(done, total) {
        if (done < total) before = { at: performance.now(), peakMiB: process.resourceUsage().maxRSS / 1024 }
        onProgress(done, total)
      },
    })
    return { seconds: (performance.now() - before.at) / 1_000, beforeMiB: before.peakMiB }
  },
)

export interface ReadRates {
  /** Events a second, read from the log and parsed as JSON. */
  readonly json: number
  /** Events a second, read from the log and decoded into what a fold gets. */
  readonly decoded: number
  /** Events a second of the processor, read and parsed as JSON. */
  readonly jsonPerCpuSecond: number
}

const batchSize = 1_000
const warmUpEvents = 50_000
/** A small log is read several times over. */
const leastSeconds = 3

/** Reads a log and makes objects of it, in one thread, and nothing else. */
export const readLog = phase(
  import.meta.url,
  'readLog',
  async ({ log }: { readonly log: string }, onProgress): Promise<ReadRates> => {
    const store = openLog(log)
    const rate = async (parse: (event: RecordedEvent) => unknown) => {
      await readEach(store, parse, () => undefined, warmUpEvents)
      const time = stopwatch()
      let events = 0
      do events += await readEach(store, parse, onProgress)
      while (time().seconds < leastSeconds)
      const { seconds, cpuSeconds } = time()
      return { perSecond: events / seconds, perCpuSecond: events / cpuSeconds }
    }
    const json = await rate(({ data }) => JSON.parse(data))
    const decoded = await rate(decodeEvent)
    await store.close()
    return { json: json.perSecond, decoded: decoded.perSecond, jsonPerCpuSecond: json.perCpuSecond }
  },
)

/** @returns how many events were read */
async function readEach(
  store: SqliteStore,
  parse: (event: RecordedEvent) => unknown,
  onProgress: OnProgress,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  const head = Number(await store.head())
  let events = 0
  let newest: unknown
  for await (const batch of store.readAll(0n, batchSize)) {
    for (const event of batch) newest = parse(event)
    events += batch.length
    onProgress(events, head)
    if (events >= most) break
  }
  // What is made is used, so that nobody may leave out making it.
  if (typeof newest !== 'object') throw new Error('The log holds no events.')
  return events
}

/** Inserts blocks of rows that are made already, and nothing else. */
export const insertRows = phase(
  import.meta.url,
  'insertRows',
  async ({ blocks, folder }: { readonly blocks: string; readonly folder: string }): Promise<Took> => {
    mkdirSync(folder)
    const warehouse = await openTables(folder)
    const sum = { seconds: 0, cpuSeconds: 0 }
    for (const [table, generation, rows] of readBlocks(blocks)) {
      const prepared = warehouse.rowSet(table)
      for (const row of rowsOf(rows)) prepared.push(row)
      const time = stopwatch()
      await warehouse.insert(table, generation, prepared)
      const { seconds, cpuSeconds } = time()
      sum.seconds += seconds
      sum.cpuSeconds += cpuSeconds
    }
    await warehouse.close()
    rmSync(folder, { recursive: true })
    return sum
  },
)
