import type { Readable } from 'node:stream'
import type { WarehouseError } from '../port.ts'
import { codedError, networkError, type Passing } from './failure.ts'

/**
 * The bytes of an answer that comes as it is computed. What fails meanwhile ClickHouse says at its end, between tags that the
 * head has announced (since 25.11); that is thrown, and is no part of the answer.
 * @throws WarehouseError, or Passing where the answer was cut off
 */
export async function* untilException(body: Readable, tag: string | undefined): AsyncGenerator<Buffer> {
  const marker = Buffer.from(`\r\n__exception__\r\n${tag ?? ''}\r\n`)
  let held: Buffer = Buffer.alloc(0)
  let said: Buffer | undefined
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (said !== undefined) {
        said = Buffer.concat([said, chunk])
        continue
      }
      const all = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      const at = tag === undefined ? -1 : all.indexOf(marker)
      if (at >= 0) {
        said = all.subarray(at + marker.length)
        held = all.subarray(0, at)
        continue
      }
      // What may be the beginning of the tag.
      const kept = tag === undefined ? 0 : Math.min(marker.length - 1, all.length)
      held = all.subarray(all.length - kept)
      if (kept < all.length) yield all.subarray(0, all.length - kept)
    }
  } catch (error) {
    if (said === undefined) throw networkError(error)
  }
  if (held.length > 0) yield held
  if (said !== undefined) throw exceptionOf(said.toString())
}

/** The text, then its length in bytes and the tag. */
function exceptionOf(said: string): WarehouseError | Passing {
  const text = said.slice(0, said.lastIndexOf('\n', said.lastIndexOf('\r\n__exception__') - 1) + 1) || said
  return codedError(Number(/^Code: (\d+)\./.exec(text)?.[1] ?? 1002), text.trim())
}
