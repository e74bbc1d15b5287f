import { Readable } from 'node:stream'
import { type Answer, WarehouseError } from '../port.ts'
import { engineError } from './failure.ts'
import type { OutputFormat } from './formats.ts'
import { type Limits, limitMessage } from './limits.ts'
import type { Running } from './running.ts'

/** The answer as one piece. */
export async function answerWhole(one: Running, statement: string, format: OutputFormat): Promise<Answer> {
  const result = await one.wait(one.connection.chdb.queryAsync(one.marked(statement), { format: format.name }))
  return one.end(answered(format, bodyOf([result.bytes()])))
}

/** The answer as its pieces are computed, each when it is asked for. */
export async function answerInPieces(
  one: Running,
  statement: string,
  format: OutputFormat,
  limits: Limits,
): Promise<Answer> {
  const stream = one.connection.chdb.queryStream(one.marked(statement), { format: format.name })
  const pieces = stream[Symbol.asyncIterator]()
  const first = await one.wait(pieces.next())
  const second = first.done ? first : await one.wait(pieces.next())
  // Most answers are one piece: then nothing is left to wait for, however slowly it is read.
  if (second.done) return one.end(answered(format, bodyOf(first.done ? [] : [first.value.raw()])))

  const ahead = [first, second]
  const body = new Readable({
    read() {
      const next = ahead.shift()
      Promise.resolve(next ?? one.wait(pieces.next())).then(
        ({ done, value }) => this.push(done ? null : value.raw()),
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
  return answered(format, body)
}

const unreadMs = 120_000
const unread = new WarehouseError('engine', 'The answer was not read within two minutes.', 394)

/** An engine's error, with what to do about it where that is known. */
export function explained(error: WarehouseError, limits: Limits): WarehouseError {
  const message = error.fault === 'engine' ? limitMessage(error.code, limits) : undefined
  return message === undefined ? error : new WarehouseError(error.fault, message, error.code, error)
}

function answered({ contentType }: OutputFormat, body: Readable): Answer {
  return { tag: 'answered', contentType, body }
}

function bodyOf(pieces: readonly Uint8Array[]): Readable {
  return Readable.from(
    pieces.filter((piece) => piece.length > 0),
    { objectMode: false },
  )
}
