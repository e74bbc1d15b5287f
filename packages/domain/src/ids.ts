import { z } from 'zod'
import { quote } from './quote.ts'

/**
 * A string that stands for one kind of thing. A plain string may be used for it, but a CustomerId never for a VisitorId:
 * what matters is that two kinds of id are not mixed up.
 */
export type Id<Kind extends string> = string & { readonly __kind?: Kind }

export type ProgramId = Id<'ProgramId'>
export type AdvocateId = Id<'AdvocateId'>
export type VisitorId = Id<'VisitorId'>
export type CustomerId = Id<'CustomerId'>
export type ConversionId = Id<'ConversionId'>
export type RefundId = Id<'RefundId'>
export type ShareId = Id<'ShareId'>

/** How long an id may be, in characters. */
export const maxIdLength = 200

/**
 * Why a text cannot stand as an id or a name: empty, blank, with outer blanks, with control characters, or longer than
 * `maxLength` characters. The answer says what would be right; undefined if all is well.
 */
export function textProblem(text: string, maxLength: number): string | undefined {
  // The pattern alone decides in nearly every case; the rest only finds the words.
  if (text.length <= maxLength && plain.test(text)) return undefined
  if (text === '') return `is empty; write 1 to ${maxLength} characters`
  if (text.trim() === '') return `is blank; write 1 to ${maxLength} characters`
  if (text !== text.trim()) return `${quote(text)} begins or ends with a blank; write ${quote(text.trim())}`
  const control = controlCharacter.exec(text)
  if (control) return `${quote(text)} has the control character ${codePoint(control[0])}; leave it out`
  const length = characters(text)
  if (length > maxLength) return `has ${length} characters; write at most ${maxLength}`
  return undefined
}

const plain = /^[!-~]+$/
/** Line and paragraph separators too: an id stands on one line. */
const controlCharacter = /[\p{Cc}\p{Zl}\p{Zp}]/u
const codePoint = (text: string): string =>
  `U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** Length in code points, as JSON Schema counts. */
const characters = (text: string): number => {
  let count = 0
  for (const _ of text) count++
  return count
}

/** A schema for a text that is not blank, has no outer blanks and no control characters. */
export const plainText = (maxLength: number) =>
  z
    .string()
    .check((context) => {
      const message = textProblem(context.value, maxLength)
      if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value })
    })
    .meta({ minLength: 1, maxLength, pattern: '^\\S(.*\\S)?$' })

/** A schema for an id of one kind; at run time it stays a plain string. */
// The kind exists for the compiler alone, so the cast changes nothing at run time.
const id = <Kind extends string>() => plainText(maxIdLength) as unknown as z.ZodType<Id<Kind>, string>

export const programId = id<'ProgramId'>().describe('The program it belongs to')
export const advocateId = id<'AdvocateId'>().describe('Who refers others')
export const visitorId = id<'VisitorId'>().describe('A browser or device, known by a pseudonym')
export const customerId = id<'CustomerId'>().describe('A person known to the shop, by a pseudonym')
export const conversionId = id<'ConversionId'>().describe('The order, subscription or lead; unique within the program')
export const refundId = id<'RefundId'>().describe('The refund; unique within the program')
export const shareId = id<'ShareId'>().describe('The share that a click came from')
