import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { EventToAppend } from '@vouch/event-store'
import { prepare, type Scopes } from '@vouch/ingestion'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type OnProgress, phase } from '../child.ts'
import { appendAll, openLog } from '../log.ts'
import { type WorkloadOptions, workload } from '../workload.ts'

export const seed = 7
const scopes: Scopes = new Set(['ingest', 'admin'])
const batchSize = 1_000

/** A file, and the events that it gets. */
export interface WriteParams extends Pick<WorkloadOptions, 'events' | 'maxTouches' | 'publishedLast'> {
  readonly path: string
}

/** The log that all measurements of a size begin with. */
export const writeLog = phase(import.meta.url, 'writeLog', async ({ path, ...wanted }: WriteParams, onProgress) => {
  const { events } = wanted
  const store = openLog(path)
  let batch: EventToAppend[] = []
  let done = 0
  for (const { event, recordedAt } of workload({ ...wanted, seed })) {
    const prepared = prepare({ tag: 'value', value: event }, recordedAt, scopes)
    if (isLeft(prepared)) throw new Error(`The workload makes an event that is rejected: ${prepared.left.reason}`)
    batch.push(prepared.right)
    done++
    if (batch.length < batchSize && done < events) continue
    await appendAll(store, batch, recordedAt)
    batch = []
    onProgress(done, events)
  }
  await store.close()
})

/** The same events as a file to import. */
export const writeNdjson = phase(import.meta.url, 'writeNdjson', ({ path, ...wanted }: WriteParams, onProgress) =>
  pipeline(lines(wanted, onProgress), createWriteStream(path)),
)

function* lines(wanted: Omit<WriteParams, 'path'>, onProgress: OnProgress): Generator<string> {
  const { events } = wanted
  let text = ''
  let done = 0
  for (const { event } of workload({ ...wanted, seed })) {
    text += `${JSON.stringify(event)}\n`
    if (++done % batchSize !== 0 && done < events) continue
    onProgress(done, events)
    yield text
    text = ''
  }
}
