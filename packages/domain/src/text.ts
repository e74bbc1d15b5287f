import { z } from 'zod'
import { quote } from './quote.ts'

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

/** `controlCharacter` and blanks as JSON Schema's regular expressions have them: without Unicode's classes. */
const control = '\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029'
const outer = `[^\\s${control}]`

/** The regular expression of `plainText`, for JSON Schema; the length is not in it. */
export const plainTextPattern = `^${outer}([^${control}]*${outer})?$`

/** The regular expression of a plain text that may have outer blanks, of up to `maxLength` characters without them. */
export const paddedTextPattern = (maxLength: number): string =>
  `^\\s*${outer}([^${control}]{0,${maxLength - 2}}${outer})?\\s*$`

/** A schema for a text that is not blank, has no outer blanks and no control characters. */
export const plainText = (maxLength: number) =>
  z
    .string()
    .check((context) => {
      const message = textProblem(context.value, maxLength)
      if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value })
    })
    .meta({ minLength: 1, maxLength, pattern: plainTextPattern })
