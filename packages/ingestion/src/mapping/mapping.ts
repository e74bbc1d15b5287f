import { basename, matchesGlob } from 'node:path'
import { type EventType, sentTypes } from '@vouch/domain'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import { type Condition, conditionSchema } from './condition.ts'
import { type Node, parseNode, template } from './node.ts'
import { type MappingProblems, only, parseYaml, read, separator } from './schema.ts'
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
  delimiter: separator,
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
  const parsed = parseYaml(yaml, name, mappingSchema)
  return isLeft(parsed) ? parsed : right({ name, ...parsed.right })
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
