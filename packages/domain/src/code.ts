import { z } from 'zod'
import type { Id } from './ids.ts'
import { paddedTextPattern, textProblem } from './text.ts'

/** A link slug or coupon as it was written, without outer blanks. */
export type Code = Id<'Code'>

/**
 * The key under which two codes are the same: without case, outer blanks and differences of Unicode normal form. It is
 * stable: the key of a key is the key.
 */
export function codeKey(code: string): string {
  const known = keys.get(code)
  if (known !== undefined) return known
  if (keys.size >= rememberedCodes) keys.clear()
  const key = keyOf(code)
  keys.set(code, key)
  return key
}

/** A program's few codes come over and over; what strangers make up must not fill the memory. */
const rememberedCodes = 10_000
const keys = new Map<string, string>()

function keyOf(code: string): string {
  const trimmed = code.trim()
  if (ascii.test(trimmed)) return trimmed.toLowerCase()
  // Down, up and down again: some letters have two lower-case forms (σ, ς), some a capital of two letters (ß, SS) or one
  // that no small letter leads to (ẞ).
  return trimmed.normalize('NFD').toLowerCase().toUpperCase().toLowerCase().normalize('NFC')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant
const ascii = /^[\u0000-\u007f]*$/

/** How long a code may be, in characters, without outer blanks. */
const maxCodeLength = 200

export const codeSchema = z
  .string()
  .meta({ minLength: 1, pattern: paddedTextPattern(maxCodeLength) })
  .transform((text, context) => {
    const code = text.trim()
    const problem = textProblem(code, maxCodeLength)
    if (problem === undefined) return code as Code
    context.issues.push({ code: 'custom', message: problem, input: text })
    return z.NEVER
  })
