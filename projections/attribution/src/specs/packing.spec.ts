import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packedVisitor } from '../packing.ts'
import type { Click, VisitorState } from '../state.ts'

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
/** Often the same, and sometimes what the packed form has a meaning for. */
const text = fc.oneof(fc.constantFrom('', '0', '1', 'shop.example', '__proto__'), fc.string())
const occurrence = { source: text, id: text, time: fc.integer({ min: -(2 ** 45), max: 2 ** 45 }) }
const lateMs = maybe(fc.nat())

const click: fc.Arbitrary<Click> = fc.record({
  ...occurrence,
  lateMs,
  codeKey: text,
  channel: maybe(text),
  shareId: maybe(text),
  listed: maybe(fc.constant(true as const)),
  excluded: maybe(text),
})

const visitor: fc.Arbitrary<VisitorState> = fc.record({
  clicks: fc.array(click, { maxLength: 5 }),
  links: fc.array(fc.record({ ...occurrence, customerId: text, linked: fc.boolean(), lateMs }), { maxLength: 2 }),
  signups: fc.array(text, { maxLength: 2 }),
  conversions: fc.array(fc.record({ ...occurrence, conversionId: text, customerId: maybe(text), lateMs }), {
    maxLength: 2,
  }),
  older: maybe(fc.array(fc.record({ page: fc.nat(), before: fc.record(occurrence) }), { minLength: 1, maxLength: 2 })),
})

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('a packed visitor', () => {
  it('is the same visitor when it was unpacked, by way of JSON', () => {
    fc.assert(
      fc.property(visitor, (it) => {
        expect(asJson(packedVisitor.unpack(asJson(packedVisitor.pack(it))))).toEqual(asJson(it))
      }),
      { numRuns: 1000 },
    )
  })

  it('names no fields of clicks that were listed, and no source twice', () => {
    const clicks = [1, 2].map((time) => {
      return {
        source: 'shop.example',
        id: `c-${time}`,
        time,
        codeKey: 'anna10',
        channel: 'mail',
        listed: true as const,
      }
    })
    const packed = packedVisitor.pack({ clicks, links: [], signups: [], conversions: [] })
    expect(JSON.stringify(packed)).toBe('[["shop.example","c-1",1,"anna10","mail",1,0,"c-2",2,"anna10","mail",1]]')
  })

  it('that did nothing is nothing', () => {
    expect(packedVisitor.pack({ clicks: [], links: [], signups: [], conversions: [] })).toEqual([])
    expect(packedVisitor.unpack([])).toEqual({ clicks: [], links: [], signups: [], conversions: [] })
  })
})
