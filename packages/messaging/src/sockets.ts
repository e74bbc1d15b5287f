import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ISocketFactory } from 'kafkajs'

/** The connections of one client, which can be cut: kafkajs waits for answers that may never come. */
export interface Sockets {
  readonly factory: ISocketFactory
  /** Cuts all there are, and each further one as it is opened. */
  cut(): void
  /** Closes what a client that is done with has left open. */
  release(): void
}

/** kafkajs looks at errors, and not at whether a socket is closed. */
const cut = () => Object.assign(new Error('The connection was cut, to stop.'), { code: 'ECONNRESET' })

export function trackSockets(): Sockets {
  const open = new Set<Socket>()
  let isCut = false
  return {
    factory: ({ host, port, ssl, onConnect }) => {
      const socket = ssl
        ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
        : connectPlain({ host, port }, onConnect)
      socket.setKeepAlive(true, 60_000)
      open.add(socket)
      socket.once('close', () => open.delete(socket))
      if (isCut) socket.destroy(cut())
      return socket
    },
    cut() {
      isCut = true
      for (const socket of open) socket.destroy(cut())
    },
    release() {
      for (const socket of open) socket.destroy()
    },
  }
}
