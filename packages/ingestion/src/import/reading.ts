import type { EventToAppend } from '@vouch/event-store'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Scopes } from '../admit/prepare.ts'
import { publicationType } from '../admit/publisher.ts'
import type { ReadItem } from '../incoming.ts'
import { aboutSomebodyIn } from './about-somebody.ts'
import type { Fact } from './fact.ts'
import { type FileToImport, readItems } from './files.ts'
import { createClocks } from './horizon.ts'
import { rejectOf } from './rejects.ts'
import { checkpoint, type Run } from './run.ts'
import { compare } from './sorter.ts'

/** What reading the files found out beside their facts. */
export interface Reading {
  /** All terms, in the order in which they will be appended. */
  readonly publications: readonly EventToAppend[]
  /** Whether any fact would lie behind its program's clock: only then can one be beyond the horizon. */
  readonly anyBehind: boolean
}

const allScopes: Scopes = new Set(['ingest', 'admin'])

/** Reads all files: what can be appended is handed to the sorter of facts, all else to that of rejects. */
export async function readFiles(run: Run, files: readonly FileToImport[]): Promise<Reading> {
  const { options, counts, facts, rejects } = run
  const { order = 'time', now, scopes = allScopes } = options
  const clocks = createClocks(options.programs, now)
  const publications: Fact[] = []
  let anyBehind = false

  function watch(fact: Fact): void {
    if (fact.event.type === publicationType) publications.push(fact)
    if (!anyBehind && clocks.lateBy(fact.event) > 0) anyBehind = true
    // Merged by time, no fact comes behind another one of the same import.
    if (order === 'file') clocks.advance(fact.event)
  }

  function take(
    { line, input, base64, incoming }: ReadItem,
    file: number,
    path: string,
    isPersonal: boolean,
  ): Promise<void> | undefined {
    const seq = counts.read++
    const prepared = options.admission.prepare(incoming, now, scopes)
    if (isLeft(prepared)) {
      counts.rejected++
      return rejects.add(
        rejectOf(seq, { file: path, line, input: isPersonal ? undefined : input, base64 }, prepared.left),
      )
    }
    const event = prepared.right
    const fact = {
      key: order === 'time' ? event.time : 0,
      seq,
      file,
      line,
      input: isPersonal ? undefined : input,
      event,
    }
    watch(fact)
    return facts.add(fact)
  }

  for (const [index, file] of files.entries()) {
    const isAboutSomebody = aboutSomebodyIn(file)
    const onUnmapped = () => {
      counts.unmapped++
    }
    for await (const items of readItems(file, onUnmapped)) {
      checkpoint(run, { phase: 'reading', ...bytesOf(files), events: counts.read, eventsTotal: undefined })
      for (const item of items) {
        const full = take(item, index, file.source.path, isAboutSomebody(item.input, item.incoming))
        // Nearly always there is room, and then no turn of the loop is given away.
        if (full !== undefined) await full
      }
    }
  }
  return { publications: publications.sort(compare).map(({ event }) => event), anyBehind }
}

export const bytesOf = (files: readonly FileToImport[]): { bytesRead: number; bytesTotal: number } => ({
  bytesRead: files.reduce((sum, { source }) => sum + source.bytesRead(), 0),
  bytesTotal: files.reduce((sum, { source }) => sum + source.size, 0),
})
