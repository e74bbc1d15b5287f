import { basename, matchesGlob } from 'node:path'
import { type EventType, sentTypes } from '@vouch/domain'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { type Condition, conditionSchema } from './condition.ts'
import { type Complain, type Node, parseNode, template } from './node.ts'
import { isConstant, rowIdName, type Template } from './template.ts'
import { type TimeReader, timeReader } from './time.ts'

/** How the rows of CSV files become events: for each row, each template whose conditions hold yields one event. */
export interface Mapping {
  /** The file it was read from, as its user named it. */
  readonly name: string
  /** Globs on the base names of the files it is for; undefined: any. */
  readonly files: readonly string[] | undefined
  readonly delimiter: string
  readonly events: readonly EventTemplate[]
}

/** One event that a row may become. */
export interface EventTemplate {
  readonly type: EventType
  readonly id: Template
  readonly source: Template
  readonly time: Template
  readonly readTime: TimeReader
  readonly when: Readonly<Record<string, Condition>>
  /** Always an object. */
  readonly data: Node
}

/** What is wrong with a mapping, each in one sentence that names the place. */
export type MappingProblems = readonly string[]

/** Lets a hand-written reader take part in a zod schema, with complaints at their own paths. */
const read = <T>(reader: (input: unknown, complain: Complain) => T) =>
  z.unknown().transform((input, context): T => {
    const before = context.issues.length
    const value = reader(input, (path, message) => {
      context.issues.push({ code: 'custom', path: [...path], message, input })
    })
    return context.issues.length > before ? z.NEVER : value
  })

const text = read((input, complain): Template => template(input, [], complain))

const id = text.refine(
  (value) => !isConstant(value),
  `must name a column or {${rowIdName}}, so that no two rows give the same id`,
)

const time = z
  .union(
    [
      z.string().transform((value) => ({ value })),
      z.strictObject({ value: z.string(), format: z.string().optional(), timezone: z.string().optional() }),
    ],
    {
      error: 'write a text such as "{time}", or { value, format, timezone }',
    },
  )
  .transform(({ value, ...options }, context) => ({
    value: template(value, [], (_path, message) => context.issues.push({ code: 'custom', message, input: value })),
    ...options,
  }))

const data = read((input, complain): Node => {
  const node = parseNode(input, [], complain)
  if (node.tag !== 'object' || input === undefined) complain([], 'must have the fields of the event')
  return node
})

/** An object with these fields and no others. */
const only = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => {
      const fields = Object.keys(shape).join(', ')
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : undefined
      return unknown === undefined
        ? `must have the fields ${fields}`
        : `has unknown fields: ${unknown}; there are ${fields}`
    },
  })

const eventSchema = only({
  type: z.enum(sentTypes, {
    error: ({ input }) => `${JSON.stringify(input)} is no event type; there are ${sentTypes.join(', ')}`,
  }),
  id,
  source: text.optional(),
  time,
  when: z.record(z.string(), conditionSchema).optional(),
  data,
})

const mappingSchema = only({
  files: z.array(z.string().min(1)).min(1, 'name at least one file, or leave files out').optional(),
  delimiter: z
    .string()
    .regex(/^[^"\r\n]$/, 'must be one character')
    .refine((it) => it.charCodeAt(0) < 128, 'must be an ASCII character')
    .default(','),
  source: text.optional(),
  timezone: z.string().optional(),
  events: z.array(eventSchema, 'must be a list of events').min(1, 'must have at least one event'),
}).transform((mapping, context) => {
  const complain = (path: readonly PropertyKey[], message: string) => {
    context.issues.push({ code: 'custom', path: [...path], message, input: mapping })
  }
  const events = mapping.events.flatMap(({ type, id, source = mapping.source, time, when = {}, data }, index) => {
    const readTime = timeReader(time.format, time.timezone ?? mapping.timezone)
    if (isLeft(readTime)) complain(['events', index, 'time'], readTime.left)
    if (source === undefined) complain(['events', index], 'has no source; give it one, or the whole mapping')
    if (isLeft(readTime) || source === undefined) return []
    return [{ type, id, source, time: time.value, readTime: readTime.right, when, data }]
  })
  return { files: mapping.files, delimiter: mapping.delimiter, events }
})

/**
 * Reads a mapping from YAML. All scalars are texts, as in the CSV: `007` stays `007`.
 * @param name of the file, for problems to name
 */
export function parseMapping(yaml: string, name: string): Either<MappingProblems, Mapping> {
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
  const parsed = mappingSchema.safeParse(content)
  if (parsed.success) return right({ name, ...parsed.data })
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

/** Whether a mapping says of itself that it is for this file; packing does not count. */
export function isNamedBy(mapping: Mapping, path: string): boolean {
  const name = basename(path).replace(/\.gz$/i, '')
  return mapping.files?.some((glob) => matchesGlob(name, glob)) ?? false
}

/** Finds the mapping for a CSV file: the one that names it, else the one that is for any file. */
export function chooseMapping(mappings: readonly Mapping[], path: string): Either<string, Mapping> {
  const naming = mappings.filter((mapping) => isNamedBy(mapping, path))
  const fitting = naming.length > 0 ? naming : mappings.filter((mapping) => mapping.files === undefined)
  const [first, second] = fitting
  if (second !== undefined) {
    return left(`${path} fits two mappings, ${first?.name} and ${second.name}; tell them apart by their files.`)
  }
  if (first !== undefined) return right(first)
  if (mappings.length === 0) return left(`${path} is CSV; say with --map MAP.yaml how its rows become events.`)
  return left(
    `${path} fits no mapping: ${mappings.map((it) => `${it.name} is for ${it.files?.join(', ')}`).join('; ')}.`,
  )
}
