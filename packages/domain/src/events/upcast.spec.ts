import { describe, expect, it } from 'vitest'
import { decodeWith } from './decode.ts'
import { makeUpcaster, type UpcastStep, upcast } from './upcast.ts'

const step = (from: string, to: string, change: (data: object) => object): UpcastStep => ({
  from,
  to,
  upcast: (data) => change(data as object),
})

/** A history that no released version has: clicks began as hits with an `at`. */
const history = makeUpcaster([
  step('test.hit.v2', 'test.hit.v3', (data) => ({ ...data, second: true })),
  step('test.hit.v1', 'test.hit.v2', (data) => ({ ...data, first: true })),
])

describe('an upcaster', () => {
  it('goes on step by step from whatever version was stored', () => {
    expect(history({ type: 'test.hit.v1', data: { a: 1 } })).toStrictEqual({
      type: 'test.hit.v3',
      data: { a: 1, first: true, second: true },
    })
    expect(history({ type: 'test.hit.v2', data: {} })).toStrictEqual({ type: 'test.hit.v3', data: { second: true } })
  })

  it('leaves the newest version and other types as they are', () => {
    const newest = { type: 'test.hit.v3', data: {} }
    expect(history(newest)).toBe(newest)
    const other = { type: 'vouch.click.v1', data: {} }
    expect(history(other)).toBe(other)
    expect(upcast(other)).toBe(other)
  })

  it.each<[string, string]>([
    ['test.hit.v1', 'test.hit.v3'],
    ['test.hit.v2', 'test.hit.v1'],
    ['test.hit.v1', 'test.hit.v1'],
    ['test.hit.v1', 'test.miss.v2'],
    ['test.hit', 'test.hit.v2'],
    ['test.hit.v0', 'test.hit.v1'],
  ])('is not made of a step from %s to %s', (from, to) => {
    const message = `An upcast leads from a version to the next one of the same type, not from ${from} to ${to}.`
    expect(() => makeUpcaster([step(from, to, (it) => it)])).toThrow(new Error(message))
  })

  it('is not made of two steps from the same version', () => {
    const twice = [step('test.hit.v1', 'test.hit.v2', (it) => it), step('test.hit.v1', 'test.hit.v2', (it) => it)]
    expect(() => makeUpcaster(twice)).toThrow(new Error('Two upcasts begin at test.hit.v1; there must be one.'))
  })
})

describe('decoding', () => {
  const stored = { type: 'vouch.click.v1', id: 'evt-1', source: 'shop.example', time: 7, data: '{"visitorId":"v-1"}' }

  it('brings an older version to that of today', () => {
    // As if today's clicks were the second version of the clicks before the first.
    const older = (it: { type: string; data: unknown }) =>
      it.type === 'vouch.click.v0'
        ? { type: 'vouch.click.v1', data: { visitorId: (it.data as { visitor: string }).visitor } }
        : it
    expect(decodeWith(older, { ...stored, type: 'vouch.click.v0', data: '{"visitor":"v-1"}' })).toStrictEqual({
      id: 'evt-1',
      source: 'shop.example',
      type: 'vouch.click.v1',
      time: 7,
      data: { visitorId: 'v-1' },
    })
  })

  it('names a type that no schema knows', () => {
    expect(() => decodeWith(upcast, { ...stored, type: 'vouch.click.v9' })).toThrow(
      new Error(
        'The log holds an event of type vouch.click.v9 (id evt-1), which this version of vouch does not know; use a newer one.',
      ),
    )
  })

  it('does not guess at data that is no JSON', () => {
    expect(() => decodeWith(upcast, { ...stored, data: '{' })).toThrow(SyntaxError)
  })
})
