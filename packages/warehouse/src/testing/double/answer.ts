import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Answer, WarehouseError } from '../../port.ts'

type Answered = Extract<Answer, { tag: 'answered' }>

/** The error as ClickHouse says it instead of an answer; the connection stays. */
export function sendError(response: ServerResponse, version: string, { code = 1002, message }: WarehouseError): void {
  if (response.headersSent || response.destroyed) return void response.destroy()
  response
    .writeHead(code === 516 ? 403 : 500, {
      'content-type': 'text/plain; charset=UTF-8',
      'x-clickhouse-exception-code': String(code),
    })
    .end(errorText(version, code, message))
}

/**
 * Writes an answer as it comes; what fails within it is said at its end, as ClickHouse does since 25.11, and the connection cut.
 * @param cut stops in the middle, and says nothing
 */
export async function sendAnswered(
  response: ServerResponse,
  version: string,
  queryId: string,
  answer: Answered,
  cut: boolean,
): Promise<void> {
  const tag = randomBytes(8).toString('hex')
  const { cost } = answer
  const head = {
    'content-type': answer.contentType,
    'x-clickhouse-query-id': queryId,
    'x-clickhouse-format': answer.format,
    'x-clickhouse-exception-tag': tag,
    ...(cost && {
      'x-clickhouse-summary': JSON.stringify({
        read_rows: String(cost.rowsRead),
        read_bytes: String(cost.bytesRead),
        result_bytes: String(cost.bytes),
        elapsed_ns: String(Math.round(cost.elapsedMs * 1e6)),
      }),
    }),
  }
  let begun = false
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      if (!begun) response.writeHead(200, head)
      begun = true
      if (cut) {
        const half = chunk.subarray(0, Math.floor(chunk.length / 2))
        return void response.write(half, () => response.destroy())
      }
      if (!response.write(chunk)) await drained(response)
    }
    if (cut) return void response.destroy()
    if (!begun) response.writeHead(200, head)
    response.end()
  } catch (error) {
    const { code = 1002, message } = error as WarehouseError
    if (!begun) return sendError(response, version, error as WarehouseError)
    const text = errorText(version, code, message)
    const end = `\r\n__exception__\r\n${tag}\r\n${text}${Buffer.byteLength(text)} ${tag}\r\n__exception__\r\n`
    response.write(end, () => response.destroy())
  }
}

const errorText = (version: string, code: number, message: string): string =>
  `Code: ${code}. DB::Exception: ${message} (version ${version})\n`

/** Resolves when there is room again, or nobody reads any more. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
    if (response.destroyed) done()
  })
