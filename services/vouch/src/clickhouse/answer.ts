import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Answer, type Cost, WarehouseError } from '@vouch/warehouse'
import type { FastifyReply } from 'fastify'
import { type Asked, displayName } from './asked.ts'
import type { Encoding } from './encodings.ts'
import { codes, type Fault, fault, faultText, statusOf } from './fault.ts'

/** Of whoever answers. */
export interface Identity {
  /** ClickHouse's version. */
  readonly version: string
}

export function sendFault(reply: FastifyReply, identity: Identity, found: Fault, queryId?: string): FastifyReply {
  if (found.retryAfterSeconds !== undefined) reply.header('retry-after', String(found.retryAfterSeconds))
  if (found.code === codes.REQUIRED_PASSWORD) reply.header('www-authenticate', 'Basic realm="vouch"')
  if (queryId !== undefined) reply.header('x-clickhouse-query-id', queryId)
  return reply
    .code(statusOf(found))
    .header('x-clickhouse-server-display-name', displayName)
    .header('x-clickhouse-exception-code', String(found.code))
    .type('text/plain; charset=UTF-8')
    .send(faultText(found, identity.version))
}

type Answered = Extract<Answer, { tag: 'answered' }>

/**
 * Writes an answer as it comes. What fails within it is said at its end, behind a tag that the head has announced, and then
 * the connection is cut, so that who knows nothing of tags does not take a part for the whole.
 */
export async function sendAnswer(
  reply: FastifyReply,
  identity: Identity,
  answer: Answered,
  asked: Asked,
  encoding: Encoding | undefined,
): Promise<void> {
  const tag = randomBytes(8).toString('hex')
  const { raw } = reply.hijack()
  raw.writeHead(200, {
    'content-type': answer.contentType,
    ...(encoding && { 'content-encoding': encoding.name }),
    vary: 'accept-encoding',
    ...(reply.server.isClosing() && { connection: 'close' }),
    'x-clickhouse-server-display-name': displayName,
    'x-clickhouse-query-id': asked.queryId,
    'x-clickhouse-format': answer.format,
    'x-clickhouse-timezone': asked.timezone,
    'x-clickhouse-exception-tag': tag,
    ...(answer.cost && { 'x-clickhouse-summary': summaryOf(answer.cost) }),
  })
  let isBroken = false
  const source = closedWith(answer.body, (error) => {
    isBroken = true
    return exceptionBlock(tag, faultText(error, identity.version))
  })
  try {
    if (encoding) await pipeline(source, encoding.encoder(), raw, { end: false })
    else await pipeline(source, raw, { end: false })
  } catch {
    // The asker has gone away, which stops the query; there is nobody to be told.
    raw.destroy()
    return
  }
  if (isBroken) cut(raw)
  else raw.end()
}

/** How long who understands the tag has to read it and to close the connection by itself, ms. */
const patienceMs = 1_000

/** Some drivers throw away what they have not unpacked yet as soon as a connection is cut. */
function cut(raw: ServerResponse): void {
  const patience = setTimeout(() => raw.socket?.destroySoon(), patienceMs)
  raw.once('close', () => clearTimeout(patience))
}

/** What a stream gives; and where it fails, the last words on that. */
async function* closedWith(body: Readable, lastWords: (error: Fault) => Buffer): AsyncGenerator<Buffer> {
  try {
    yield* body
  } catch (error) {
    if (!(error instanceof WarehouseError)) throw error
    yield lastWords(fault(error.code ?? codes.UNKNOWN_EXCEPTION, error.message))
  }
}

/** As ClickHouse 25.11 and later end an answer that failed: the text, its length in bytes, and the tag around both. */
function exceptionBlock(tag: string, text: string): Buffer {
  const bytes = Buffer.byteLength(text)
  return Buffer.from(`\r\n__exception__\r\n${tag}\r\n${text}${bytes} ${tag}\r\n__exception__\r\n`)
}

function summaryOf({ elapsedMs, rowsRead, bytesRead, bytes }: Cost): string {
  return JSON.stringify({
    read_rows: String(rowsRead),
    read_bytes: String(bytesRead),
    written_rows: '0',
    written_bytes: '0',
    total_rows_to_read: '0',
    result_bytes: String(bytes),
    elapsed_ns: String(Math.round(elapsedMs * 1_000_000)),
  })
}
