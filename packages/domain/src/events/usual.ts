import { maxIdLength } from '../ids.ts'
import { canonicalAmount, notAboveZero } from '../money.ts'
import { conversionKinds, refundReasons } from './conversions.ts'
import { maxAttributeLength } from './envelope.ts'
import { readTime } from './time.ts'
import type { EventType, VouchEvent } from './types.ts'

/** Whether the schema of a field surely takes a value, and leaves it as it is. */
type Field = (value: unknown) => boolean

interface Usual {
  readonly required: Readonly<Record<string, Field>>
  readonly optional: Readonly<Record<string, Field>>
  /** One of these is there. */
  readonly oneOf?: readonly string[]
}

/** Printable ASCII without blanks. */
const plain = /^[!-~]+$/
const text =
  (maxLength: number): Field =>
  (value) =>
    typeof value === 'string' && value.length <= maxLength && plain.test(value)

const among =
  (values: readonly string[]): Field =>
  (value) =>
    values.includes(value as string)

const id = text(maxIdLength)
const attribute = text(maxAttributeLength)
const channel = text(100)
const address: Field = (value) => typeof value === 'string' && value.length <= 8192 && value.isWellFormed()
const country: Field = (value) => typeof value === 'string' && /^[A-Z]{2}$/.test(value) && value !== 'UK'

const money: Field = (given) => {
  if (!isPlainObject(given) || Object.keys(given).length !== 2) return false
  const { value, currency } = given
  if (typeof value !== 'string' || typeof currency !== 'string') return false
  const amount = canonicalAmount(value, currency)
  return amount._tag === 'Right' && amount.right === value
}

const moneyAboveZero: Field = (given) => money(given) && !notAboveZero.test((given as { value: string }).value)

/** The fields that events of the types that come by the million mostly have, and what they mostly hold. */
const usual: Readonly<Partial<Record<EventType, Usual>>> = {
  'vouch.click.v1': {
    required: { programId: id, code: id, visitorId: id },
    optional: { channel, url: address, referrer: address, shareId: id },
  },
  'vouch.share.v1': {
    required: { programId: id, advocateId: id, channel },
    optional: { code: id, contentId: id, shareId: id },
  },
  'vouch.signup.v1': {
    required: { programId: id, customerId: id },
    optional: { visitorId: id, code: id },
  },
  'vouch.conversion.v1': {
    required: { programId: id, conversionId: id, amount: money },
    optional: { customerId: id, visitorId: id, code: id, kind: among(conversionKinds), country },
    oneOf: ['customerId', 'visitorId', 'code'],
  },
  'vouch.refund.v1': {
    required: { programId: id, refundId: id, conversionId: id, amount: moneyAboveZero },
    optional: { reason: among(refundReasons) },
  },
  'vouch.identities.linked.v1': { required: { programId: id, visitorId: id, customerId: id }, optional: {} },
}

export const usualTypes = Object.keys(usual) as readonly EventType[]

interface Compiled {
  readonly type: EventType
  readonly fields: ReadonlyMap<string, Field>
  readonly required: readonly string[]
  readonly oneOf: readonly string[] | undefined
}

const compiled: ReadonlyMap<unknown, Compiled> = new Map(
  usualTypes.map((type) => {
    const { required, optional, oneOf } = usual[type] as Usual
    const fields = new Map(Object.entries({ ...required, ...optional }))
    return [type, { type, fields, required: Object.keys(required), oneOf }]
  }),
)

/**
 * Reads what is written as nearly all events are: one of the types that come by the million, nothing unknown in it, texts
 * in ASCII, all in canonical form. It says what the schemas would say, in a fifth of their time, and undefined for whatever
 * it is not sure of, right or wrong: the schemas are asked then. `data` is the very object that was given.
 */
export function usualEvent(input: object): VouchEvent | undefined {
  if (!isPlainObject(input)) return undefined
  const { specversion, id, source, type, time, datacontenttype, data } = input
  const known = datacontenttype === 'application/json' ? 7 : 6
  if (specversion !== '1.0' || Object.keys(input).length !== known || !attribute(id) || !attribute(source)) {
    return undefined
  }
  const as = compiled.get(type)
  if (as === undefined || typeof time !== 'string' || !isPlainObject(data) || !isUsual(data, as)) return undefined
  const ms = readTime(time)
  if (typeof ms !== 'number') return undefined
  // The compiler cannot know that the fields of this type were looked at.
  return { id, source, type: as.type, time: ms, data } as VouchEvent
}

function isUsual(data: Readonly<Record<string, unknown>>, { fields, required, oneOf }: Compiled): boolean {
  for (const name of Object.keys(data)) if (!fields.get(name)?.(data[name])) return false
  for (const name of required) if (data[name] === undefined) return false
  return oneOf === undefined || oneOf.some((name) => data[name] !== undefined)
}

/** Not of a class of its own, and no list. */
const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
