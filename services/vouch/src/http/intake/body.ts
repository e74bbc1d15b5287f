import type { Readable } from 'node:stream'

/**
 * The whole of a body, as its bytes.
 * @param admit looks at the length so far, and throws if no more is to be read
 * @throws whatever `admit` throws. The rest is then let go unread, so that the sender can still be told.
 */
export const readBody = (payload: Readable, admit: (bytes: number, all: number) => void): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let all = 0
    const settle = (end: () => void) => {
      payload.off('data', onData).off('end', onEnd).off('close', onClose)
      end()
    }
    const onData = (chunk: Buffer) => {
      all += chunk.length
      try {
        admit(chunk.length, all)
        chunks.push(chunk)
      } catch (error) {
        settle(() => reject(error))
        payload.resume()
      }
    }
    const onEnd = () => settle(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, all)))
    const onClose = () => settle(() => reject(Object.assign(new Error('The body broke off.'), { statusCode: 400 })))
    payload
      .on('data', onData)
      .on('end', onEnd)
      .on('close', onClose)
      // The end of the connection; `close` follows.
      .on('error', () => undefined)
  })
