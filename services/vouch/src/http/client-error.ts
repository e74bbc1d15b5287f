import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

/** Answers what is no request that could be read, or did not come in time, and closes the connection. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const { status, message } = problemOf(error.code)
  const body = JSON.stringify({ error: { message } })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  // A reader that takes nothing is not waited for.
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}

function problemOf(code: string | undefined): { readonly status: number; readonly message: string } {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, message: 'The request did not come in time; send it again, in one go.' }
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, message: 'The address and headers of the request are too long; shorten them.' }
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, message: 'The extensions of a chunk are too long; leave them out.' }
    default:
      return { status: 400, message: 'This is no HTTP request that can be read.' }
  }
}
