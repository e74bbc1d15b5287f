import type { Append, EventToAppend } from './port.ts'

const texts = ['identity', 'type', 'programId', 'source', 'id', 'data', 'extensions'] as const satisfies ReadonlyArray<
  keyof EventToAppend
>

/**
 * Throws a TypeError that names the first thing wrong with a call of `append`. This is asked before anything is written,
 * so that a caller's mistake can never take the appends of others in the same transaction down with it.
 */
export const assertWellFormed = (appends: readonly Append[], recordedAt: number): void => {
  if (!Number.isSafeInteger(recordedAt)) refuse('recordedAt', 'whole milliseconds since the epoch', recordedAt)
  for (const [index, append] of appends.entries()) assertAppend(append, `appends[${index}]`)
}

const assertAppend = ({ stream, expectedRevision, events }: Append, at: string): void => {
  if (stream === '' || !stream.isWellFormed()) refuse(`${at}.stream`, 'Unicode text that is not empty', stream)
  if (typeof expectedRevision === 'bigint' && expectedRevision < -1n) {
    refuse(`${at}.expectedRevision`, "a revision from -1n (empty) on, 'no-stream' or 'any'", expectedRevision)
  }
  if (events.length === 0) refuse(`${at}.events`, 'at least one event', '[]')
  for (const [index, event] of events.entries()) assertEvent(event, `${at}.events[${index}]`)
  if (events.length > 1) assertDistinct(events, at)
}

const assertEvent = (event: EventToAppend, at: string): void => {
  // A lone surrogate would be stored as U+FFFD: the identity read back would no longer be the one that was appended.
  for (const field of texts) {
    if (event[field]?.isWellFormed() === false)
      refuse(`${at}.${field}`, 'Unicode text without lone surrogates', JSON.stringify(event[field]))
  }
  if (event.identity === '') refuse(`${at}.identity`, 'text that is not empty', "''")
  if (!isSha256Hex(event.contentHash)) refuse(`${at}.contentHash`, '64 lower-case hex digits', event.contentHash)
  if (!Number.isSafeInteger(event.time)) refuse(`${at}.time`, 'whole milliseconds since the epoch', event.time)
}

/** By a loop: a pattern takes four times as long. */
const isSha256Hex = (text: string): boolean => {
  if (text.length !== 64) return false
  for (let at = 0; at < 64; at += 1) {
    const unit = text.charCodeAt(at)
    const isDigit = unit >= 0x30 && unit <= 0x39
    if (!isDigit && (unit < 0x61 || unit > 0x66)) return false
  }
  return true
}

const assertDistinct = (events: readonly EventToAppend[], at: string): void => {
  const seen = new Set<string>()
  for (const [index, { identity }] of events.entries()) {
    if (seen.has(identity)) refuse(`${at}.events[${index}].identity`, 'unlike the others in this append', identity)
    seen.add(identity)
  }
}

const refuse = (field: string, right: string, actual: unknown): never => {
  throw new TypeError(`${field} must be ${right}, not ${String(actual)}.`)
}
