import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { eventTypes, sentTypes } from './catalog.ts'
import { arbitraryNow, cloudEvent } from './events.arbitraries.ts'
import { example, exampleData } from './events.examples.ts'
import { anyEventJsonSchema, eventJsonSchema, type JsonSchema } from './json-schema.ts'
import { parseEvent } from './parse.ts'
import type { EventType } from './types.ts'

/** Reads the published schema as a stranger would, without a look at what it was made from. */
const reader = (type: EventType) => z.fromJSONSchema(eventJsonSchema(type))

interface Node {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
}

/** Paths of the properties that are not described. */
const undescribed = (node: Node, path: string): string[] => [
  ...Object.entries(node.properties ?? {}).flatMap(([name, inner]) => [
    ...(inner.description ? [] : [`${path}.${name}`]),
    ...undescribed(inner, `${path}.${name}`),
  ]),
  ...(node.items ? undescribed(node.items, `${path}[]`) : []),
]

describe('the JSON Schema of a type', () => {
  it.each(eventTypes.filter((type) => type !== 'vouch.program.published.v1'))('%s: describes every field', (type) => {
    const schema = eventJsonSchema(type) as Node & JsonSchema
    expect(schema.description).toEqual(expect.any(String))
    expect(undescribed(schema, '').filter((path) => path !== '.type' && path !== '.data')).toStrictEqual([])
  })

  it.each(eventTypes)('%s: takes what the parser takes', (type) => {
    const schema = reader(type)
    fc.assert(
      fc.property(cloudEvent(type), ({ input }) => {
        expect(isRight(parseEvent(input, arbitraryNow))).toBe(true)
        // zod's own reader of date-time knows capitals only, where RFC 3339 and JSON Schema take both.
        const result = schema.safeParse({ ...input, time: String(input.time).toUpperCase() })
        expect(result.error?.issues).toBe(undefined)
      }),
      { numRuns: 30 },
    )
  })

  it.each<[EventType, Record<string, unknown>]>([
    ['vouch.click.v1', { code: undefined }],
    ['vouch.click.v1', { visitorId: ' v' }],
    ['vouch.click.v1', { code: '  ' }],
    ['vouch.conversion.v1', { kind: 'gift' }],
    ['vouch.conversion.v1', { amount: { value: '1e3', currency: 'EUR' } }],
    ['vouch.conversion.v1', { amount: { value: '5', currency: 'eur' } }],
    ['vouch.conversion.v1', { items: [{ sku: 'a' }] }],
    ['vouch.refund.v1', { amount: { value: '0.00', currency: 'EUR' } }],
    ['vouch.refund.v1', { reason: 'broken' }],
    ['vouch.advocate.enrolled.v1', { attributes: 'x' }],
  ])('%s: refuses %j', (type, fields) => {
    expect(reader(type).safeParse(example(type)).success).toBe(true)
    const spoilt = JSON.parse(JSON.stringify(example(type, { ...exampleData[type], ...fields })))
    expect(reader(type).safeParse(spoilt).success).toBe(false)
  })

  it('asks a conversion for someone to whom it belongs', () => {
    const schema = eventJsonSchema('vouch.conversion.v1') as { properties: { data: JsonSchema } }
    const anyOf = [{ required: ['customerId'] }, { required: ['visitorId'] }, { required: ['code'] }]
    expect(schema.properties.data.anyOf).toStrictEqual(anyOf)
  })

  it('is one of those the schema of any event refers to', () => {
    expect(anyEventJsonSchema().oneOf).toStrictEqual(sentTypes.map((type) => ({ $ref: `${type}.json` })))
    expect(eventTypes.map((type) => eventJsonSchema(type).$id)).toStrictEqual(eventTypes.map((type) => `${type}.json`))
  })
})
