import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import { personalOf, subjectOf } from '../personal.ts'
import { quote } from '../quote.ts'
import { dataSchemas, isEventType, sentTypes } from './catalog.ts'
import { attributes } from './envelope.ts'
import { nearest } from './nearest.ts'
import type { Rejection } from './rejection.ts'
import { soundnessProblem } from './soundness.ts'
import { futureProblem } from './time.ts'
import type { EventType, VouchEvent } from './types.ts'
import { usualEvent } from './usual.ts'
import { firstProblem, kindOf, wording } from './wording.ts'

const type = z
  .string()
  .refine(isEventType, { error: (issue) => unknownType(String(issue.input)) })
  .transform((text) => text as EventType)

const { specversion, id, source, time, datacontenttype } = attributes
const envelope = z.object({ specversion, id, source, type, time, datacontenttype })

const known = new Set([...Object.keys(envelope.shape), 'data'])

const words = { error: wording, abortEarly: true }

/**
 * Checks one event as an app sends it, and brings it to its canonical form: money with the currency's digits, codes
 * without outer blanks, country in capitals, the exchange rate without needless zeros. Unknown fields of `data` are kept.
 * @param input a JSON value
 * @param now ms since the epoch, UTC; an event a day or more after it is rejected
 * @returns on the left the first problem, attributes first, in the order of the schema
 */
export function parseEvent(input: unknown, now: number): Either<Rejection, VouchEvent> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return left({ field: '', reason: `an event is a JSON object, not ${kindOf(input)}` })
  }
  const usual = usualEvent(input)
  if (usual !== undefined && futureProblem(usual.time, now) === undefined) return right(usual)
  return parseBySchema(input, now)
}

/** As `parseEvent`, of any object, by the schemas alone. */
export function parseBySchema(input: object, now: number): Either<Rejection, VouchEvent> {
  const unsound = soundnessProblem(input)
  if (unsound !== undefined) return left(unsound)
  const outer = envelope.safeParse(input, words)
  if (!outer.success) return left(firstProblem(outer.error.issues, []))
  const { id, source, type, time } = outer.data
  const future = futureProblem(time, now)
  if (future !== undefined) return left({ field: 'time', reason: future })
  const given = input as Record<string, unknown>
  if (given.data === undefined) return left(missingData(given))
  const inner = dataSchemas[type].safeParse(given.data, words)
  if (!inner.success) return left(firstProblem(inner.error.issues, ['data']))
  const event = { id, source, type, time, data: inner.data }
  const extensions = extensionsOf(given)
  // The compiler cannot know that the schema looked up by type made data of that type.
  const whole = (extensions === undefined ? event : { ...event, extensions }) as VouchEvent
  if (personalOf(whole) !== undefined && subjectOf(whole) === undefined) return left(nobodys(type))
  return right(whole)
}

/** All other attributes; null stands for an attribute that is not set (CloudEvents JSON format, section 2.2). */
function extensionsOf(input: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  let extensions: Record<string, unknown> | undefined
  for (const name of Object.keys(input)) {
    if (known.has(name) || input[name] === null || input[name] === undefined) continue
    extensions ??= {}
    extensions[name] = input[name]
  }
  return extensions
}

const nobodys = (type: EventType): Rejection => ({
  field: 'data.personal',
  reason: `${type} is about nobody whose data this could be; leave personal out`,
})

function missingData(input: Readonly<Record<string, unknown>>): Rejection {
  const how = input.data_base64 === undefined ? 'write an object' : 'send a JSON object as data, not data_base64'
  return { field: 'data', reason: `is missing; ${how}` }
}

function unknownType(type: string): string {
  const meant =
    nearest(type, sentTypes) ?? nearest(`vouch.${type}`, sentTypes) ?? nearest(`vouch.${type}.v1`, sentTypes)
  return meant === undefined
    ? `${quote(type)} is not a type of event; the types are ${sentTypes.join(', ')}`
    : `${quote(type)} is not a type of event; did you mean ${meant}?`
}
