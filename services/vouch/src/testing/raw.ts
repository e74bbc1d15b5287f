import { connect, type Socket } from 'node:net'
import { eventually } from './eventually.ts'

/** A connection on which what is sent is written by hand, for what no client would send. */
export interface RawConnection {
  readonly socket: Socket
  send(...lines: readonly string[]): void
  /** What has come back so far. */
  got(): string
  /** Resolves with all that came, when the other side has closed. */
  readonly closed: Promise<string>
  /** Waits for a status line, and gives the status. */
  status(): Promise<number>
}

export function openRaw(url: string): RawConnection {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk) => {
    text += chunk
  })
  socket.on('error', () => undefined)
  return {
    socket,
    send: (...lines) => void socket.write(lines.join('\r\n')),
    got: () => text,
    closed: new Promise((resolve) => socket.once('close', () => resolve(text))),
    status: () =>
      eventually('an answer comes', () => {
        const status = /^HTTP\/1\.1 ([2-5]\d\d)/.exec(text)?.[1]
        return status === undefined ? undefined : Number(status)
      }),
  }
}
