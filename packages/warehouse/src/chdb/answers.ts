import { Readable } from 'node:stream'
import type { StreamChunk } from 'chdb'
import { engineError } from '../engine-error.ts'
import { type Answer, type Cost, WarehouseError } from '../port.ts'
import { explained, type Limits } from '../strangers/limits.ts'
import { unread, unreadMs } from '../strangers/terms.ts'
import type { OutputFormat } from './formats.ts'
import type { Joining } from './pieces.ts'
import type { Running } from './running.ts'

/** A format whose pieces can be joined. */
export type FormatInPieces = OutputFormat & { readonly joining: Joining }

/** The answer as one piece: what is no SELECT (SHOW, DESCRIBE, EXPLAIN) gives one block at the most, sorted or as it is. */
export async function answerWhole(one: Running, statement: string, format: OutputFormat): Promise<Answer> {
  const result = await one.wait(one.connection.chdb.queryAsync(one.marked(statement), { format: format.name }))
  const raw = result.bytes()
  const piece = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const bytes = piece.length > 0 && format.joining ? format.joining(piece, true) : piece
  const cost = { elapsedMs: result.elapsed * 1000, rowsRead: result.rowsRead, bytesRead: result.bytesRead }
  return one.end(answered(format, bodyOf([bytes]), { ...cost, bytes: bytes.length }))
}

/** The answer as its pieces are computed, each when it is asked for. */
export async function answerInPieces(
  one: Running,
  statement: string,
  format: FormatInPieces,
  limits: Limits,
): Promise<Answer> {
  const { stream, next } = startPieces(one, statement, format)
  const first = await next()
  const second = first && (await next())
  // Most answers are one piece: then nothing is left to wait for, however slowly it is read.
  if (second === undefined) return one.end(answered(format, bodyOf(first ? [first] : []), undefined))

  const ahead = [first, second]
  const body = new Readable({
    read() {
      Promise.resolve(ahead.shift() ?? next()).then(
        (piece) => this.push(piece ?? null),
        (error: unknown) => this.destroy(one.stopped ?? explained(engineError(error), limits)),
      )
    },
    async destroy(error, callback) {
      clearTimeout(patience)
      stream.cancel()
      one.end(undefined)
      callback(error)
    },
  })
  // While nobody reads, the engine does not look at its clock, so this one does.
  const patience = setTimeout(() => one.stop(unread), unreadMs)
  patience.unref()
  // Whoever reads hears of an error by reading; one that nobody reads must not end the process.
  body.on('error', () => undefined)
  one.reads(body)
  return answered(format, body, undefined)
}

/** The pieces gathered, for who wants no answer rather than a part of one; or for a format that knows where a piece ends. */
export async function answerGathered(
  one: Running,
  statement: string,
  format: FormatInPieces,
  limits: Limits,
): Promise<Answer> {
  const began = performance.now()
  const { stream, next } = startPieces(one, statement, format)
  const pieces: Buffer[] = []
  let bytes = 0
  for (let piece = await next(); piece !== undefined; piece = await next()) {
    bytes += piece.length
    if (bytes > limits.answerBytes) {
      stream.cancel()
      throw explained(new WarehouseError('engine', 'The answer is too large.', tooManyBytes), limits)
    }
    pieces.push(piece)
  }
  // The engine does not say what it has read for an answer in pieces.
  const cost = { elapsedMs: performance.now() - began, rowsRead: 0, bytesRead: 0, bytes }
  return one.end(answered(format, bodyOf(pieces), cost))
}

interface Pieces {
  readonly stream: { cancel(): void }
  /** Resolves with undefined at the end. */
  next(): Promise<Buffer | undefined>
}

function startPieces(one: Running, statement: string, { name, joining }: FormatInPieces): Pieces {
  const stream = one.connection.chdb.queryStream(one.marked(statement), { format: name })
  const chunks = stream[Symbol.asyncIterator]()
  let isFirst = true
  return {
    stream,
    async next() {
      const { done, value }: IteratorResult<StreamChunk, unknown> = await one.wait(chunks.next())
      if (done) return undefined
      const raw = value.raw()
      const piece = joining(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), isFirst)
      isFirst = false
      return piece
    },
  }
}

/** ClickHouse's code for an answer that is too large. */
const tooManyBytes = 396

function answered({ name, contentType }: OutputFormat, body: Readable, cost: Cost | undefined): Answer {
  return { tag: 'answered', format: name, contentType, body, cost }
}

function bodyOf(pieces: readonly Uint8Array[]): Readable {
  return Readable.from(
    pieces.filter((piece) => piece.length > 0),
    { objectMode: false },
  )
}
