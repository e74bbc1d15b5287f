import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { firstProblem, kindOf, pathText, wording } from './wording.ts'

const problem = (schema: z.ZodType, input: unknown) => {
  const result = schema.safeParse(input, { error: wording })
  return result.success ? undefined : firstProblem(result.error.issues, ['data'])
}

describe('a path', () => {
  it.each<[PropertyKey[], string]>([
    [[], ''],
    [['data', 'items', 0, 'sku'], 'data.items[0].sku'],
    [['data', 'a b', 1], 'data["a b"][1]'],
    [['data', ''], 'data[""]'],
    [['data', 'perÄ'], 'data["perÄ"]'],
  ])('%j is %s', (path, text) => {
    expect(pathText(path)).toBe(text)
  })
})

describe('what a value is', () => {
  it.each<[unknown, string]>([
    ['x', 'the text "x"'],
    ['x'.repeat(80), `the text "${'x'.repeat(60)}…"`],
    [1.5, 'the number 1.5'],
    [true, 'true'],
    [null, 'null'],
    [[], 'a list'],
    [{}, 'an object'],
    [undefined, 'undefined'],
    [Object.create(null), 'an object'],
  ])('%j is %s', (value, words) => {
    expect(kindOf(value)).toBe(words)
  })
})

describe('words for what a schema finds', () => {
  const either = z.union([
    z.strictObject({ percent: z.string() }),
    z.strictObject({ tiers: z.array(z.object({ from: z.number() })) }),
  ])
  const tagged = z.discriminatedUnion('by', [
    z.object({ by: z.literal('count'), from: z.number() }),
    z.object({ by: z.literal('sum'), from: z.string() }),
  ])
  it.each<[string, z.ZodType, unknown, string, string]>([
    [
      'a union, of which one alternative was meant',
      either,
      { tiers: [{ from: 'x' }] },
      'data.tiers[0].from',
      'is the text "x"; write a number',
    ],
    ['a union, of which none was meant', either, 5, 'data', 'is the number 5; write an object'],
    [
      'a union told apart by a field',
      tagged,
      { by: 'sum', from: 1 },
      'data.from',
      'is the number 1; write it as text, in quotes: "1"',
    ],
    [
      'a union told apart by a wrong field',
      tagged,
      { by: 'cuont' },
      'data.by',
      'is the text "cuont"; write one of count, sum (did you mean count?)',
    ],
    [
      'a name that is not known',
      z.strictObject({}),
      { a: 1 },
      'data.a',
      'is not known here; leave it out, or correct its name',
    ],
    ['too small a number', z.number().min(1), 0, 'data', 'is the number 0; write a number of at least 1'],
    ['too large a number', z.number().lt(1), 1, 'data', 'is the number 1; write a number below 1'],
    ['too short a list', z.array(z.string()).min(1), [], 'data', 'is a list; write a list of at least 1'],
    [
      'too long a list',
      z.array(z.string()).max(1),
      ['a', 'b'],
      'data',
      'is a list of more than 1; write a list of at most 1',
    ],
    ['too short a text', z.string().min(2), 'a', 'data', 'is the text "a"; write text of at least 2 characters'],
    ['no truth', z.boolean(), 'yes', 'data', 'is the text "yes"; write true or false'],
    ['a key that does not fit', z.record(z.enum(['a']), z.number()), { b: 1 }, 'data.a', 'is missing; write a number'],
    ['a pattern', z.string().regex(/^a$/), 'b', 'data', 'is the text "b"; write text that matches /^a$/'],
    ['a format', z.iso.date(), 'x', 'data', 'is the text "x"; write text in the format date'],
    ['a message of the schema’s own', z.string('write a name'), 1, 'data', 'write a name'],
  ])('%s', (_, schema, input, field, reason) => {
    expect(problem(schema, input)).toStrictEqual({ field, reason })
  })
})
