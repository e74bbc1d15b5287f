import { z } from 'zod'
import { quote } from '../quote.ts'
import { canonicalRate } from '../rate.ts'
import { plainText } from '../text.ts'

const personal = z
  .looseObject({})
  .optional()
  .describe(
    'What is personal: name, e-mail, address, IP. Kept encrypted under the key of whom the event is about; nothing of it may stand elsewhere',
  )

/**
 * An object whose unknown fields are kept when it is parsed. To the compiler it has the known fields alone, so that a
 * misspelt name does not pass as an unknown one; and `personal`, which any event may have, is read by `personalOf`.
 */
export const open = <Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape> =>
  z.looseObject({ ...shape, personal }) as unknown as z.ZodObject<Shape>

/** A text within which anything may stand, up to a length in characters. */
export const freeText = (maxLength: number) => z.string().max(maxLength)

/** A reason in words: not blank, up to 500 characters. */
export const reason = z
  .string()
  .max(500)
  .check((context) => {
    if (context.value.trim() !== '') return
    context.issues.push({ code: 'custom', message: 'is blank; say why, in up to 500 characters', input: context.value })
  })
  .meta({ minLength: 1, pattern: '\\S' })

export const channel = plainText(100).describe('Where it took place, e.g. instagram, email, qr')

export const country = z
  .string()
  .transform((text, context) => {
    const code = text.toUpperCase()
    const message = countryProblem(text, code)
    if (message === undefined) return code
    context.issues.push({ code: 'custom', message, input: text })
    return z.NEVER
  })
  .describe("The customer's country: ISO 3166-1 alpha-2, e.g. DE; lower case is taken as upper case")
  .meta({ pattern: '^[A-Za-z]{2}$' })

function countryProblem(text: string, code: string): string | undefined {
  // The text, not the code: capitals of other letters can be two of these (ß, SS).
  if (!/^[A-Za-z]{2}$/.test(text)) {
    return `${quote(text)} is not a country code; write the two letters of ISO 3166, such as DE`
  }
  // The one code that is often written and is not the country's; a rule for GB would pass it over in silence.
  if (code === 'UK') return `${quote(text)} is not a country code of ISO 3166; did you mean GB?`
  return undefined
}

/** A decimal above zero in canonical form: no leading zeros, none trailing after the point. */
export const fxRate = z
  .string()
  .transform((text, context) => {
    const rate = canonicalRate(text, { before: 12, after: 12 })
    if (rate !== undefined) return rate
    const like = 'write a decimal above zero with at most 12 digits on either side of the point, such as "1.0834"'
    context.issues.push({ code: 'custom', message: `${quote(text)} is not a rate; ${like}`, input: text })
    return z.NEVER
  })
  .describe("Units of the program's currency for one unit of the amount's currency: a decimal string above zero")
  .meta({ pattern: '^\\d{1,12}(\\.\\d{1,12})?$' })

/** Whether a text is a rate that `fxRate` takes. */
export const isRate = (text: string): boolean => fxRate.safeParse(text).success
