import { isAscii, isUtf8 } from 'node:buffer'
import { CsvError, Parser } from 'csv-parse'
import { asBuffer, bomLength, utf8Reason } from './utf8.ts'

/** One record of a CSV file, or why it is none. */
export interface CsvRecord {
  /** From 1; the line on which the record begins. */
  readonly line: number
  /** The record as it stands in the file, without its line break. */
  readonly input: string
  readonly base64?: string | undefined
  readonly content: { readonly values: readonly string[] } | { readonly reason: string }
}

export interface CsvOptions {
  /** One ASCII character; default a comma. */
  readonly delimiter?: string | undefined
  /** The longest record that is read, in bytes; default 1 MiB. */
  readonly maxRecordBytes?: number | undefined
}

/** A CSV file whose records cannot be told apart, or whose header cannot be used. The message does not name the file. */
export class UnusableCsv extends Error {
  override readonly name = 'UnusableCsv'
}

/**
 * Reads CSV (RFC 4180) from bytes that need not fit into memory: the header first, as a record like all others, then each
 * record as it comes. A record with quotes in the wrong places or bytes that are no UTF-8 is given with its reason, and the
 * next one is read. A byte order mark, CRLF and blank lines are accepted.
 * @throws UnusableCsv when a quoted field is longer than a record may be: its end, and all that follows, cannot be known
 * @throws whatever `chunks` throws
 */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  { delimiter = ',', maxRecordBytes = 1024 * 1024 }: CsvOptions = {},
): AsyncGenerator<readonly CsvRecord[]> {
  let records: CsvRecord[] = []
  let line = 1
  /** The bytes from the end of the last whole record on, and their place in the file. */
  let held: Buffer = Buffer.alloc(0)
  let heldFrom = 0

  function takeRecord(end: number, values: readonly string[] | undefined): void {
    let from = heldFrom === 0 ? bomLength(held) : 0
    const to = end - heldFrom
    while (held[from] === 0x0a || held[from] === 0x0d) {
      if (held[from] === 0x0a) line++
      from++
    }
    const span = held.subarray(from, to)
    const bytes = span.subarray(0, span.length - lineBreakLength(span))
    const place = { line, input: bytes.toString() }
    line += count(span, 0x0a)
    if (!isAscii(bytes) && !isUtf8(bytes)) {
      const reason = utf8Reason(bytes, heldFrom + from)
      records.push({ ...place, base64: bytes.toString('base64'), content: { reason } })
    } else if (values === undefined) {
      const reason = 'the file is truncated: it ends within a quoted field of this record'
      records.push({ ...place, content: { reason } })
    } else if (values.length > 1 || values[0]?.trim() !== '') {
      const badQuotes = bytes.includes(0x22) ? quoteReason(place.input, delimiter) : undefined
      records.push({ ...place, content: badQuotes === undefined ? { values } : { reason: badQuotes } })
    }
    held = held.subarray(to)
    heldFrom = end
  }

  const parser = new Parser({
    bom: true,
    delimiter,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    // The parser would lose its place after a quote it does not like; relaxed, it goes on with the next line, and the
    // record is judged by its bytes.
    relax_quotes: true,
    skip_empty_lines: true,
    on_record: (values: string[], { bytes }) => {
      takeRecord(bytes, values)
      return undefined
    },
  })

  for await (const bytes of chunks) {
    const chunk = asBuffer(bytes)
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    await write(parser, chunk)
    if (records.length > 0) {
      yield records
      records = []
    }
    if (held.length > maxRecordBytes) throw new UnusableCsv(tooLong(held, line, maxRecordBytes))
  }
  try {
    await end(parser)
  } catch (error) {
    if (!(error instanceof CsvError) || error.code !== 'CSV_QUOTE_NOT_CLOSED') throw error
    takeRecord(heldFrom + held.length, undefined)
  }
  if (records.length > 0) yield records
}

const write = (parser: Parser, chunk: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    parser.write(chunk, (error) => (error ? reject(error) : resolve()))
  })

const end = (parser: Parser): Promise<void> =>
  new Promise((resolve, reject) => {
    parser.once('error', reject)
    parser.once('end', resolve)
    parser.resume()
    parser.end()
  })

function lineBreakLength(bytes: Buffer): number {
  if (bytes.at(-1) !== 0x0a) return 0
  return bytes.at(-2) === 0x0d ? 2 : 1
}

function count(bytes: Buffer, byte: number): number {
  let found = 0
  for (let at = bytes.indexOf(byte); at !== -1; at = bytes.indexOf(byte, at + 1)) found++
  return found
}

/** Why a record's quotes are not those of RFC 4180; undefined if they are. */
function quoteReason(record: string, delimiter: string): string | undefined {
  let column = 1
  for (let at = 0; ; at++, column++) {
    if (record[at] === '"') {
      at = record.indexOf('"', at + 1)
      while (at !== -1 && record[at + 1] === '"') at = record.indexOf('"', at + 2)
      if (at === -1) return `the quoted field in column ${column} is not closed`
      at++
      if (at < record.length && record[at] !== delimiter) {
        return `in column ${column} there is text after the closing quote; write a quote within a quoted field twice`
      }
    } else {
      const next = record.indexOf(delimiter, at)
      const field = record.slice(at, next === -1 ? undefined : next)
      if (field.includes('"')) {
        return `in column ${column} there is a quote within an unquoted field; put the field in quotes and write that quote twice`
      }
      at = next === -1 ? record.length : next
    }
    if (at >= record.length) return undefined
  }
}

const tooLong = (held: Buffer, line: number, limit: number): string =>
  held.includes(0x22)
    ? `the record that begins on line ${line} goes on for more than ${limit} bytes: a quoted field in it is probably not closed`
    : `the record on line ${line} is longer than the ${limit} bytes that one may have`
