import { z } from 'zod'
import { quote } from '../quote.ts'
import { plainText } from '../text.ts'
import { readTime } from './time.ts'

/** How long `id` and `source` may be, in characters. */
export const maxAttributeLength = 500

const time = z
  .string()
  .transform((text, context) => {
    const read = readTime(text)
    if (typeof read === 'number') return read
    context.issues.push({ code: 'custom', message: read, input: text })
    return z.NEVER
  })
  .describe('When it happened in the world: RFC 3339 with an offset, kept to the millisecond')
  .meta({ format: 'date-time' })

const json = /^application\/json\s*(;.*)?$/i

const datacontenttype = z
  .string()
  .check((context) => {
    if (json.test(context.value)) return
    const message = `${quote(context.value)} is not read; data is a JSON object, so write "application/json" or leave it out`
    context.issues.push({ code: 'custom', message, input: context.value })
  })
  .nullish()
  .describe('Always JSON, so it may be left out')
  // JSON Schema knows no flags, so that case is written out.
  .meta({
    examples: ['application/json'],
    pattern: '^[Aa][Pp][Pp][Ll][Ii][Cc][Aa][Tt][Ii][Oo][Nn]/[Jj][Ss][Oo][Nn]\\s*(;.*)?$',
  })

/** The CloudEvents 1.0 attributes that are read, in the order in which they are looked at; `type` and `data` aside. */
export const attributes = {
  specversion: z.literal('1.0').describe('The version of CloudEvents'),
  id: plainText(maxAttributeLength).describe('Unique within its source'),
  source: plainText(maxAttributeLength).describe('Which app reports it, e.g. shop.example'),
  time,
  datacontenttype,
}
