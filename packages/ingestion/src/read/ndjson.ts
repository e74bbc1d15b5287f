import { isUtf8 } from 'node:buffer'
import { type Incoming, type ReadItem, unreadable } from '../incoming.ts'
import { jsonReason } from './json-problem.ts'
import { asBuffer, bomLength, utf8Reason } from './utf8.ts'

export interface NdjsonOptions {
  /** The longest line that is read, in bytes without its line break; default 1 MiB. */
  readonly maxLineBytes?: number | undefined
}

export const defaultMaxLineBytes = 1024 * 1024

/** How much of an overlong line is shown. */
const shownBytes = 1024

/**
 * Reads NDJSON, one JSON value a line, from bytes that need not fit into memory. Each line that holds anything yields one
 * item in the order of the lines; a line that cannot be read yields an item that says why, and the next line is read. A byte
 * order mark at the start and CRLF are accepted, blank lines are passed over but counted.
 * @throws whatever `chunks` throws
 */
export async function* readNdjson(
  chunks: AsyncIterable<Uint8Array>,
  options: NdjsonOptions = {},
): AsyncGenerator<readonly ReadItem[]> {
  const reader = createLineReader(options)
  for await (const chunk of chunks) {
    const items = reader.push(asBuffer(chunk))
    if (items.length > 0) yield items
  }
  const items = reader.end()
  if (items.length > 0) yield items
}

/** As `readNdjson`, for bytes that are in memory already. */
export function parseNdjson(bytes: Uint8Array, options: NdjsonOptions = {}): readonly ReadItem[] {
  const reader = createLineReader(options)
  return [...reader.push(asBuffer(bytes)), ...reader.end()]
}

interface LineReader {
  push(chunk: Buffer): ReadItem[]
  end(): ReadItem[]
}

function createLineReader({ maxLineBytes = defaultMaxLineBytes }: NdjsonOptions): LineReader {
  let line = 0
  /** The unfinished line: its parts, how long it is so far, and where in the file it begins. */
  let parts: Buffer[] = []
  let length = 0
  let endsInCr = false
  let offset = 0

  function keep(part: Buffer, lasting: boolean): void {
    // A copy, where the rest of a chunk would stay in memory for the sake of its last line.
    if (length <= maxLineBytes + bomBytes) parts.push(lasting ? Buffer.from(part) : part)
    length += part.length
    if (part.length > 0) endsInCr = part[part.length - 1] === 0x0d
  }

  function finish(items: ReadItem[], last: boolean): void {
    line++
    const whole = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
    const skip = offset === 0 ? bomLength(whole) : 0
    const bytes = skip === 0 ? whole : whole.subarray(skip)
    const textLength = length - skip - (endsInCr ? 1 : 0)
    const item = readLine(bytes, textLength, { line, offset: offset + skip, last, maxLineBytes })
    if (item !== undefined) items.push(item)
    offset += length + 1
    parts = []
    length = 0
    endsInCr = false
  }

  return {
    push(chunk) {
      const items: ReadItem[] = []
      let from = 0
      for (let to = chunk.indexOf(newline); to !== -1; to = chunk.indexOf(newline, from)) {
        keep(chunk.subarray(from, to), false)
        finish(items, false)
        from = to + 1
      }
      if (from < chunk.length) keep(chunk.subarray(from), true)
      return items
    },
    end() {
      const items: ReadItem[] = []
      if (length > 0) finish(items, true)
      return items
    },
  }
}

const newline = 0x0a
const bomBytes = 3

interface Place {
  readonly line: number
  readonly offset: number
  /** No line break follows. */
  readonly last: boolean
  readonly maxLineBytes: number
}

/**
 * @param raw the line; if it is too long, the beginning of it
 * @param length of the whole line, without its line break
 */
function readLine(raw: Buffer, length: number, { line, offset, last, maxLineBytes }: Place): ReadItem | undefined {
  if (length > maxLineBytes) {
    const input = raw.toString('utf8', 0, Math.min(shownBytes, maxLineBytes))
    return { line, input, incoming: unreadable(tooLong(input, length, maxLineBytes)) }
  }
  const bytes = raw.length === length ? raw : raw.subarray(0, length)
  const input = bytes.toString()
  if (!isUtf8(bytes)) {
    const reason = `${last ? 'the file may be truncated within this line: ' : ''}${utf8Reason(bytes, offset)}`
    return { line, input, base64: bytes.toString('base64'), incoming: unreadable(reason) }
  }
  // A line that begins with a brace is not blank, which spares looking at the rest of it.
  if (input.charCodeAt(0) !== 0x7b && input.trim() === '') return undefined
  return { line, input, incoming: parseLine(input, last) }
}

function parseLine(text: string, last: boolean): Incoming {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return unreadable(notJson(text, last))
  }
  return Array.isArray(value) ? unreadable(`this line is a JSON array; ${ndjsonExpected}`) : { tag: 'value', value }
}

function notJson(text: string, last: boolean): string {
  if (last) return `the file is truncated: it ends without a line break within this line, and ${jsonReason(text)}`
  if (text.startsWith('\ufeff')) return 'a byte order mark may stand at the start of a file, not within it; remove it'
  const hint = /^\s*[[\]{}]\s*,?\s*$/.test(text) ? `; ${ndjsonExpected}` : ''
  return `${jsonReason(text)}${hint}`
}

const ndjsonExpected = 'NDJSON is expected, one event a line, each a JSON object'

const tooLong = (input: string, length: number, limit: number): string =>
  `this line has ${length} bytes, more than the ${limit} that one event may have${
    input.trimStart().startsWith('[') ? `; ${ndjsonExpected}` : ''
  }`
