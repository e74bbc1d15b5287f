import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { archiveVersion, readClosing } from './archive.ts'
import { nextHash } from './entry.ts'
import { type MovedEvent, readEntry } from './read-entry.ts'
import { beginning } from './seals.ts'

/** The file is no archive, or not what it was when it was made: one sentence with the line at which this shows. */
export class ArchiveBroken extends Error {
  override readonly name = 'ArchiveBroken'
}

export interface ArchivedEvent {
  /** In the file, from 1. */
  readonly line: number
  /** Among the events of the log, from 1. */
  readonly count: number
  /** Of the chain, up to here. */
  readonly hash: string
  /** As it was hashed. */
  readonly entry: string
  readonly event: MovedEvent
}

/**
 * The events of an archive, each checked against the one before it when it is given; that the last was the last is known only
 * when it ends without an error. Memory is bounded by the longest line.
 * @throws ArchiveBroken
 */
export async function* readArchive(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly ArchivedEvent[], void, undefined> {
  const reader = createReader()
  for await (const lines of linesOf(chunks)) {
    const events: ArchivedEvent[] = []
    for (const line of lines) {
      const event = reader.take(line)
      if (event) events.push(event)
    }
    if (events.length > 0) yield events
  }
  reader.end()
}

const eventLine = /^\{"position":\d+,"hash":"([0-9a-f]{64})","entry":(.*)\}$/s

function createReader() {
  const bytes = createHash('sha256')
  let { count, hash } = beginning
  let recordedAt = Number.NEGATIVE_INFINITY
  let line = 0
  let closed = false

  const takeEvent = (text: string): ArchivedEvent => {
    const [, stated, entry = ''] = eventLine.exec(text) ?? []
    const read = readEntry(entry)
    if (stated === undefined || read === undefined) throw broken(line, 'is no line of an exported log')
    if (read.count !== count + 1)
      throw broken(
        line,
        `holds event ${read.count} of the log where ${count + 1} comes: a line is missing, was moved or stands twice`,
      )
    const next = nextHash(hash, entry)
    if (next !== stated) throw broken(line, 'is not what was exported: its hash is another one')
    if (read.event.recordedAt < recordedAt)
      throw broken(line, 'was recorded before the line above it, which no log can keep')
    count++
    hash = next
    recordedAt = read.event.recordedAt
    return { line, count, hash, entry, event: read.event }
  }

  const close = (said: { readonly count: number; readonly hash: string; readonly sha256: string }): void => {
    if (said.count !== count)
      throw broken(line, `says that there are ${said.count} events, but ${count} came before it: lines are missing`)
    if (said.hash !== hash || said.sha256 !== bytes.digest('hex'))
      throw broken(line, 'closes another file than this: something before it was changed')
    closed = true
  }

  return {
    take(raw: Uint8Array): ArchivedEvent | undefined {
      line++
      if (closed) throw broken(line, 'comes after the closing line, where nothing may come')
      const text = textOf(raw)
      if (text === undefined) throw broken(line, 'is no text in UTF-8')
      if (line === 1) assertHeader(text)
      const said = line === 1 ? undefined : readClosing(text)
      if (said) {
        close(said)
        return undefined
      }
      const event = line === 1 ? undefined : takeEvent(text)
      bytes.update(raw).update('\n')
      return event
    },
    end(): void {
      if (line === 0) throw new ArchiveBroken('The file is empty; give one that vouch log export has written.')
      if (!closed)
        throw new ArchiveBroken(`The file ends after line ${line} without its closing line: it was cut off. ${remedy}`)
    },
  }
}

function assertHeader(text: string): void {
  const version = /^\{"vouchLog":(\d+),"head":\d+,/.exec(text)?.[1]
  if (version === undefined)
    throw new ArchiveBroken(
      'Line 1 is not the header of an exported log; give a file that vouch log export has written.',
    )
  if (Number(version) !== archiveVersion)
    throw new ArchiveBroken(
      `The file is an exported log of version ${version}, and this vouch reads version ${archiveVersion}: use the vouch that wrote it, or a newer one.`,
    )
}

const remedy = 'Export the log again, or take another copy of the file.'

const broken = (line: number, says: string): ArchiveBroken => new ArchiveBroken(`Line ${line} ${says}. ${remedy}`)

/** Undefined if it is no UTF-8. */
function textOf(raw: Uint8Array): string | undefined {
  return isUtf8(raw) ? Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8') : undefined
}

/** No event is as long: whatever has such a line is no archive, and is not taken into memory whole. */
const maxLineBytes = 64 * 1024 * 1024

/** Lines without their line feeds, as many together as came together; the last may lack it. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Uint8Array[]> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let line = 1
  for await (const chunk of chunks) {
    const lines: Uint8Array[] = []
    let from = 0
    for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
      const rest = chunk.subarray(from, to)
      lines.push(held.length === 0 ? rest : Buffer.concat([...held, rest]))
      held = []
      heldBytes = 0
      from = to + 1
    }
    if (from < chunk.length) {
      held.push(chunk.subarray(from))
      heldBytes += chunk.length - from
    }
    line += lines.length
    if (lines.length > 0) yield lines
    if (heldBytes > maxLineBytes) throw broken(line, `is longer than ${maxLineBytes} bytes`)
  }
  if (held.length > 0) yield [Buffer.concat(held)]
}
