import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { type Incoming, unreadable } from '../incoming.ts'
import { jsonReason } from './json-problem.ts'
import { defaultMaxLineBytes } from './ndjson.ts'
import { firstInvalidUtf8 } from './utf8.ts'

/**
 * Reads the one JSON value that a message holds, whole in memory. It may be as long as a line of NDJSON.
 * @returns on the left one sentence that says what is wrong and what would be right
 */
export function readJsonMessage(bytes: Buffer): Either<string, unknown> {
  if (bytes.length > defaultMaxLineBytes)
    return left(`this message has ${bytes.length} bytes, more than the ${defaultMaxLineBytes} that one event may have`)
  const invalid = firstInvalidUtf8(bytes)
  if (invalid !== undefined) return left(`byte ${invalid} of the message is not UTF-8; write JSON in UTF-8`)
  const text = bytes.toString()
  try {
    return right(JSON.parse(text))
  } catch {
    return left(jsonReason(text))
  }
}

/** Reads the one event that a message holds as JSON. */
export function readEventMessage(bytes: Buffer): Incoming {
  const read = readJsonMessage(bytes)
  if (read._tag === 'Left') return unreadable(read.left)
  return Array.isArray(read.right)
    ? unreadable('this message is a JSON array; send each event as a message of its own')
    : { tag: 'value', value: read.right }
}
