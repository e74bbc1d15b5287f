import fc from 'fast-check'

/** A JSON Schema, as far as those of vouch go. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly propertyNames?: Schema
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
}

export interface FromSchemaOptions {
  /** What a reference stands for. */
  readonly resolve?: (reference: string) => Schema
  /** Which arbitrary to take in place of the schema's own, by the path to it: for names that have to be known. */
  readonly known?: (path: string) => fc.Arbitrary<unknown> | undefined
}

/** JSON values of any kind, none of them deep. */
const anything = fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes('__proto__'))

/**
 * Values that a JSON Schema accepts.
 * @throws Error for a keyword that it does not know, so that none is passed over in silence
 */
export function fromSchema(schema: Schema, options: FromSchemaOptions = {}, path = ''): fc.Arbitrary<unknown> {
  const known = options.known?.(path)
  if (known) return known
  assertKnown(schema, path)
  if (schema.$ref !== undefined) {
    if (!options.resolve) throw new Error(`${path}: ${schema.$ref} stands for nothing here`)
    return fromSchema(options.resolve(schema.$ref), options, path)
  }
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const choices = schema.oneOf ?? (schema.properties ? undefined : schema.anyOf)
  if (choices) return fc.oneof(...choices.map((choice) => fromSchema(choice, options, path)))
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['any'])
  return fc.oneof(...types.map((type) => ofType(type, schema, options, path)))
}

function ofType(type: string, schema: Schema, options: FromSchemaOptions, path: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'any':
      return anything
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -(2 ** 31), max: schema.maximum ?? 2 ** 31 })
    case 'number':
      return fc.double({
        min: schema.minimum ?? -1e9,
        max: schema.maximum ?? 1e9,
        noNaN: true,
        noDefaultInfinity: true,
      })
    case 'string':
      return text(schema)
    case 'array':
      return fc.array(fromSchema(schema.items ?? {}, options, `${path}[]`), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 5, 5),
      })
    case 'object':
      return object(schema, options, path)
    default:
      throw new Error(`${path}: no arbitrary for the type ${type}`)
  }
}

function text({ pattern, allOf = [], format, minLength = 0, maxLength = 300 }: Schema): fc.Arbitrary<string> {
  const patterns = [pattern, ...allOf.map((part) => part.pattern)].flatMap((it) => (it === undefined ? [] : [it]))
  // The last one is the narrowest of those that are there.
  const last = patterns.at(-1)
  const fits = (it: string) =>
    isWithin(it, minLength, maxLength) && patterns.every((one) => new RegExp(one, 'u').test(it))
  if (format === 'date-time') return time.filter(fits)
  const plain = fc.oneof(
    { weight: 7, arbitrary: fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 40) }) },
    { weight: 2, arbitrary: fc.string({ unit: oddUnit, minLength, maxLength: Math.min(maxLength, 8) }) },
    { weight: 1, arbitrary: longest(minLength, maxLength) },
  )
  if (last === undefined) return plain.filter(fits)
  const matching = fc.stringMatching(new RegExp(last.replace(lookahead, ''))).filter(fits)
  // Where hardly any text fits, looking for one would take for ever.
  return fc.sample(plain, { numRuns: 50, seed: 1 }).some(fits) ? fc.oneof(matching, plain.filter(fits)) : matching
}

/** In characters, as JSON Schema counts. */
function isWithin(text: string, minLength: number, maxLength: number): boolean {
  const { length } = Array.from(text)
  return length >= minLength && length <= maxLength
}

/** Where a rule and its regular expression may differ: what stands on no line, is not seen, or is no single code unit. */
const oddUnit = fc.constantFrom(
  ...['a', 'Z', '0', ' ', '\t', '\n', '\r', '\0', '\u001f', '\u007f', '\u0085', '\u00a0', '\u00ad'],
  ...['\u200b', '\u200e', '\u2028', '\u2029', '\u3000', '\ufeff', '\ufffd', '👍', '👩‍👩‍👧', 'e\u0301', '"', '\\'],
)

/** As long as a text may be, or nearly, of characters of one code unit or two. */
const longest = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc
    .record({ missing: fc.integer({ min: 0, max: 2 }), unit: fc.constantFrom('x', 'é', '👍') })
    .map(({ missing, unit }) => unit.repeat(Math.max(minLength, maxLength - missing)))

/** What fast-check does not make strings of; it is looked at afterwards. */
const lookahead = /\(\?[=!](?:[^()]|\([^()]*\))*\)/g

/** Of years that any event may have. */
const time = fc
  .record({
    at: fc.date({ min: new Date('1971-01-01'), max: new Date('2026-06-30'), noInvalidDate: true }),
    end: fc.constantFrom('Z', '+02:00', '-11:30', 'z'),
  })
  .map(({ at, end }) => at.toISOString().replace('Z', end))

function object(schema: Schema, options: FromSchemaOptions, path: string): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties = true, anyOf } = schema
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [name, fromSchema(inner, options, `${path}.${name}`)]),
  )
  const more =
    typeof additionalProperties === 'object' ? fromSchema(additionalProperties, options, `${path}.*`) : anything
  const names = schema.propertyNames ? text(schema.propertyNames) : fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,12}$/)
  const known = (needed: readonly string[]) =>
    fc.record(fields, { requiredKeys: [...new Set([...required, ...needed])] as never[] })
  // Of several demands on the same object each is met in turn.
  const own = anyOf ? fc.oneof(...anyOf.map((one) => known(one.required ?? []))) : known([])
  if (additionalProperties === false) return own
  const unknown = fc.dictionary(
    names.filter((name) => !(name in properties)),
    more,
    { maxKeys: 2, noNullPrototype: true },
  )
  return fc.tuple(unknown, own).map(([some, all]) => ({ ...some, ...all }))
}

const keywords = new Set([
  ...[
    '$ref',
    '$schema',
    '$id',
    'title',
    'description',
    'examples',
    'default',
    'type',
    'const',
    'enum',
    'anyOf',
    'oneOf',
  ],
  ...['allOf', 'pattern', 'format', 'minLength', 'maxLength', 'minimum', 'maximum', 'properties', 'required'],
  ...['additionalProperties', 'propertyNames', 'items', 'minItems', 'maxItems', 'discriminator'],
])

function assertKnown(schema: Schema, path: string): void {
  const unknown = Object.keys(schema).filter((keyword) => !keywords.has(keyword))
  if (unknown.length > 0) throw new Error(`${path}: no arbitrary knows ${unknown.join(', ')}`)
}
