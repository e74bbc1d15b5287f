import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareOccurrence, compareText, insertInOrder, type Occurrence } from './order.ts'

const bytes = (text: string) => Buffer.from(text, 'utf8')

describe('the order of texts', () => {
  it.each<[string, string, number]>([
    ['', '', 0],
    ['', 'a', -1],
    ['a', 'a', 0],
    ['a', 'aa', -1],
    ['B', 'a', -1],
    ['k10', 'k9', -1],
    ['z', 'é', -1],
    ['\ud7ff', '\u{10000}', -1],
    // Beyond the surrogates in UTF-16, before the supplementary planes in UTF-8.
    ['\uff5e', '\u{10000}', -1],
    ['\ue000', '\u{1f600}', -1],
    ['\u{1f600}', '\u{1f601}', -1],
    ['a\u{10000}', 'a\uffff', 1],
    ['\u{10000}', '\u{10000}a', -1],
  ])('%j and %j', (a, b, sign) => {
    expect(Math.sign(compareText(a, b))).toBe(sign)
    // Adding zero makes of minus zero a plain one.
    expect(Math.sign(compareText(b, a))).toBe(-sign + 0)
  })

  it('is that of their UTF-8 bytes', () => {
    const near = fc.constantFrom(
      'a',
      'b',
      '\u00e9',
      '\u07ff',
      '\u0800',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{10ffff}',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.array(near, { maxLength: 6 }).map((units) => units.join('')),
    )
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(bytes(a), bytes(b)))
      }),
      { numRuns: 2000 },
    )
  })
})

const at = (time: number, source: string, id: string): Occurrence => ({ time, source, id })

describe('the order of occurrences', () => {
  it('is by time, then source, then id', () => {
    const inOrder = [
      at(1, 'z', 'z'),
      at(2, 'a', '9'),
      at(2, 'b', '1'),
      at(2, 'b', '10'),
      at(2, 'b', '2'),
      at(10, 'a', 'a'),
    ]
    fc.assert(
      fc.property(fc.shuffledSubarray(inOrder, { minLength: inOrder.length }), (shuffled) => {
        expect([...shuffled].sort(compareOccurrence)).toStrictEqual(inOrder)
      }),
    )
  })

  it('is none between the same', () => {
    expect(compareOccurrence(at(1, 'a', 'b'), at(1, 'a', 'b'))).toBe(0)
  })

  it('is kept by inserting one after the other', () => {
    const occurrence = fc.record({
      time: fc.nat(3),
      source: fc.constantFrom('a', 'b'),
      id: fc.constantFrom('1', '2', '3'),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(occurrence, { selector: ({ time, source, id }) => `${time}${source}${id}` }),
        (items) => {
          const list: Occurrence[] = []
          for (const item of items) insertInOrder(list, item)
          expect(list).toStrictEqual([...items].sort(compareOccurrence))
        },
      ),
    )
  })
})
