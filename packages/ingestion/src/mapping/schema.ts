import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import type { Complain } from './node.ts'

/** What is wrong with a mapping, each in one sentence that names the place. */
export type MappingProblems = readonly string[]

/** Lets a hand-written reader take part in a zod schema, with complaints at their own paths. */
export const read = <T>(reader: (input: unknown, complain: Complain) => T) =>
  z.unknown().transform((input, context): T => {
    const before = context.issues.length
    const value = reader(input, (path, message) => {
      context.issues.push({ code: 'custom', path: [...path], message, input })
    })
    return context.issues.length > before ? z.NEVER : value
  })

/** An object with these fields and no others. */
export const only = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => {
      const fields = Object.keys(shape).join(', ')
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : undefined
      return unknown === undefined
        ? `must have the fields ${fields}`
        : `has unknown fields: ${unknown}; there are ${fields}`
    },
  })

/** What parts the columns of a CSV. */
export const separator = z
  .string()
  .regex(/^[^"\r\n]$/, 'must be one character')
  .refine((it) => it.charCodeAt(0) < 128, 'must be an ASCII character')
  .default(',')

/**
 * Reads YAML by a schema. All scalars are texts.
 * @param name of the file, for problems to name
 */
export function parseYaml<T>(yaml: string, name: string, schema: z.ZodType<T>): Either<MappingProblems, T> {
  const lines = new LineCounter()
  const document = parseDocument(yaml, { schema: 'failsafe', lineCounter: lines })
  if (document.errors.length > 0) {
    return left(
      document.errors.map(
        ({ linePos, message }) => `${name}:${linePos?.[0].line ?? 1}: ${message.split(' at line ')[0]}.`,
      ),
    )
  }
  let content: unknown
  try {
    content = document.toJS()
  } catch (error) {
    // Aliases that multiply without end, or name nothing.
    return left([`${name}:1: ${(error as Error).message}.`])
  }
  const parsed = schema.safeParse(content)
  if (parsed.success) return right(parsed.data)
  return left(
    parsed.error.issues.map(({ path, message }) => {
      const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
      return `${name}:${lineOf(path)}: ${place.replace(/^\./, '') || 'the mapping'}: ${message}.`
    }),
  )

  /** The line of a path, or of the innermost part of it that is there. */
  function lineOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined
      if (node?.range?.[0] !== undefined) return lines.linePos(node.range[0]).line
    }
    return 1
  }
}
