import type { RecordedEvent } from '@vouch/event-store'
import { entryText } from './entry.ts'

/** What a log keeps of an event, wherever it is kept: a position is the store's. */
export type MovedEvent = Omit<RecordedEvent, 'position'>

export interface Entry {
  /** Its number in the log, from 1. */
  readonly count: number
  readonly event: MovedEvent
}

/**
 * An event out of the text that `entryText` made of it, to the last character: `data` and `extensions` are cut out of the text,
 * since parsed and printed anew they could be another one.
 * @returns undefined if `entryText` makes no such text
 */
export function readEntry(text: string): Entry | undefined {
  const fields = objectIn(text)
  if (fields === undefined) return undefined
  const { count, recordedAt, identity, contentHash, type, programId, source, id, time } = fields
  const { stream = identity, revision = 0 } = fields
  if (!isWhole(count) || !isWhole(recordedAt) || !isWhole(time) || !isWhole(revision) || revision < 0) return undefined
  if (!isText(identity) || !isText(stream) || !isText(contentHash) || !isText(type)) return undefined
  if (!isText(programId) || !isText(source) || !isText(id)) return undefined
  const named = {
    stream,
    revision: BigInt(revision),
    identity,
    type,
    programId,
    source,
    id,
    time,
    recordedAt,
    contentHash,
  }
  const before = entryText({ ...named, data: '', position: 0n }, count).slice(0, -1)
  const dataEnd = valueEnd(text, before.length)
  const data = text.slice(before.length, dataEnd)
  const more = text.startsWith(extensionsName, dataEnd) ? text.slice(dataEnd + extensionsName.length, -1) : undefined
  const event = more === undefined ? { ...named, data } : { ...named, data, extensions: more }
  if (more !== undefined && valueEnd(more, 0) !== more.length) return undefined
  return data !== '' && entryText({ ...event, position: 0n }, count) === text ? { count, event } : undefined
}

const extensionsName = ',"extensions":'

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)
const isText = (value: unknown): value is string => typeof value === 'string'

/** Where the JSON value that begins at `from` ends: at a comma or a bracket that is not its own, or with the text. */
function valueEnd(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const char = text[at]
    if (char === '"') at = stringEnd(text, at)
    else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
    if (depth < 0 || (depth === 0 && char === ',')) return at
  }
  return text.length
}

/** Where the string ends that begins with the quote at `from`. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
  }
  return text.length
}
