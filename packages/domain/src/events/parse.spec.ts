import fc from 'fast-check'
import { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../canonical.ts'
import { eventTypes } from './catalog.ts'
import { decodeEvent, toCloudEvent } from './decode.ts'
import { arbitraryNow, cloudEvent, json } from './events.arbitraries.ts'
import { example, exampleData, exampleNow } from './events.examples.ts'
import { canonicalContent, identityOf } from './identity.ts'
import { parseEvent } from './parse.ts'
import type { VouchEvent } from './types.ts'

const parsed = (input: unknown, now = arbitraryNow): VouchEvent => {
  const result = parseEvent(input, now)
  if (isLeft(result)) throw new Error(`${result.left.field}: ${result.left.reason}`)
  return result.right
}

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}

/** The same value with the keys of every object in reverse order. */
const turnedRound = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(turnedRound)
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turnedRound(inner)]),
  )
}

describe('a valid event', () => {
  it.each(eventTypes)('%s: what is canonical already comes out as it went in', (type) => {
    const { id, source, data } = example(type)
    expect(parseEvent(example(type), exampleNow)).toStrictEqual(
      right({ id, source, type, time: Date.parse('2026-03-01T12:00:00Z'), data }),
    )
  })

  it('becomes canonical: money, country, rate, and codes without outer blanks', () => {
    const data = {
      programId: 'summer',
      conversionId: 'c-1',
      code: ' Anna10\t',
      amount: { value: '0049.9', currency: 'EUR' },
      items: [{ sku: 'a', amount: { value: '7', currency: 'EUR' } }],
      country: 'de',
      fxRate: '01.0500',
    }
    expect(parsed(example('vouch.conversion.v1', data)).data).toStrictEqual({
      programId: 'summer',
      conversionId: 'c-1',
      code: 'Anna10',
      amount: { value: '49.90', currency: 'EUR' },
      items: [{ sku: 'a', amount: { value: '7.00', currency: 'EUR' } }],
      country: 'DE',
      fxRate: '1.05',
    })
  })

  it('keeps other CloudEvents attributes as extensions, and takes null for an attribute that is not set', () => {
    const input = {
      ...example('vouch.click.v1'),
      subject: 'x',
      traceparent: '00-1',
      dataschema: null,
      datacontenttype: null,
    }
    expect(parsed(input).extensions).toStrictEqual({ subject: 'x', traceparent: '00-1' })
    expect(parsed({ ...example('vouch.click.v1'), dataschema: null })).not.toHaveProperty('extensions')
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
    'may say that it is %s',
    (it) => {
      expect(parsed({ ...example('vouch.click.v1'), datacontenttype: it })).toStrictEqual(
        parsed(example('vouch.click.v1')),
      )
    },
  )

  it('keeps unknown fields at every level', () => {
    const data = {
      ...exampleData['vouch.refund.v1'],
      amount: { value: '1.00', currency: 'EUR', net: true },
      items: [{ sku: 'a', amount: { value: '1.00', currency: 'EUR' }, size: null }],
      note: { deep: [1, { er: null }] },
    }
    expect(parsed(example('vouch.refund.v1', data)).data).toStrictEqual(data)
  })

  it('may lie ahead of now by less than a day', () => {
    const time = Date.parse(example('vouch.click.v1').time)
    expect(parsed(example('vouch.click.v1'), time - 86_400_000 + 1).time).toBe(time)
    expect(isLeft(parseEvent(example('vouch.click.v1'), time - 86_400_000))).toBe(true)
  })
})

describe('parsing', () => {
  it('takes every valid event, with its time and its unknown fields', () => {
    fc.assert(
      fc.property(cloudEvent(), ({ input, type, ms, unknown }) => {
        const event = parsed(deepFreeze(input))
        expect({ type: event.type, time: event.time, id: event.id, source: event.source }).toStrictEqual({
          type,
          time: ms,
          id: input.id,
          source: input.source,
        })
        expect(event.data).toMatchObject(unknown)
      }),
    )
  })

  it('changes nothing that is parsed already', () => {
    fc.assert(
      fc.property(cloudEvent(), ({ input }) => {
        const event = parsed(input)
        expect(parsed(JSON.parse(JSON.stringify(toCloudEvent(event))))).toStrictEqual(event)
      }),
    )
  })

  it('yields what the log gives back', () => {
    fc.assert(
      fc.property(cloudEvent(), ({ input }) => {
        const event = parsed(input)
        const { id, source, type, time, data, extensions } = event
        const stored = { id, source, type, time, data: canonicalJson(data) }
        const kept = extensions === undefined ? stored : { ...stored, extensions: canonicalJson(extensions) }
        expect(decodeEvent(kept)).toStrictEqual(event)
      }),
    )
  })

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(cloudEvent(), ({ input }) => {
        const [event, other] = [parsed(input), parsed(turnedRound(input))]
        expect(canonicalContent(other)).toBe(canonicalContent(event))
        expect(identityOf(other)).toBe(identityOf(event))
      }),
    )
  })

  it('gives an answer to anything, and never throws', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true }), (input) => {
        expect(isLeft(parseEvent(input, arbitraryNow))).toBe(true)
      }),
    )
  })

  it('names a field of the event and a reason whatever is put in place of a part of it', () => {
    const spoilt = cloudEvent().chain(({ input }) => {
      const places = [...Object.keys(input).map((key) => [key]), ...Object.keys(input.data).map((key) => ['data', key])]
      return fc.tuple(fc.constant(input), fc.constantFrom(...places), json)
    })
    fc.assert(
      fc.property(spoilt, ([input, [key, inner], value]) => {
        const result = parseEvent(
          inner === undefined
            ? { ...input, [key as string]: value }
            : { ...input, data: { ...input.data, [inner]: value } },
          arbitraryNow,
        )
        if (isRight(result)) return
        expect(result.left.field.startsWith(key as string)).toBe(true)
        expect(result.left.reason).toMatch(/^.{10,}[^.]$/s)
        expect(result.left.reason).not.toMatch(/invalid|undefined/i)
      }),
      { numRuns: 1000 },
    )
  })

  it('is not led to an object’s prototype', () => {
    const input = JSON.parse('{"specversion":"1.0","__proto__":{"polluted":1}}')
    expect(parseEvent(input, exampleNow)).toStrictEqual(
      left({ field: '__proto__', reason: 'is not taken as the name of a field; use another' }),
    )
    const names = example('vouch.click.v1', { ...exampleData['vouch.click.v1'], constructor: 1, prototype: { a: 1 } })
    expect(parsed(names).data).toStrictEqual(names.data)
    expect(({} as Record<string, unknown>).polluted).toBe(undefined)
  })
})
