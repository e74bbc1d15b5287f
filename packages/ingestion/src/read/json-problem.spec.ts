import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findJsonProblem, jsonReason } from './json-problem.ts'

describe('jsonReason', () => {
  it.each([
    ['', 'this is not JSON: at column 1 there should be a value, not the end'],
    ['{"a":}', 'this is not JSON: at column 6 there should be a value, not "}"'],
    ['{"a":1', 'this is not JSON: at column 7 there should be "," or "}", not the end'],
    ['{"a" 1}', 'this is not JSON: at column 6 there should be ":", not "1}"'],
    ['{a:1}', 'this is not JSON: at column 2 there should be a key in double quotes, not "a:1}"'],
    ['{"a":1,}', 'this is not JSON: at column 8 there should be a key in double quotes, not "}"'],
    ['[1 2]', 'this is not JSON: at column 4 there should be "," or "]", not "2]"'],
    ['[1,]', 'this is not JSON: at column 4 there should be a value, not "]"'],
    ['{"a":"b', 'this is not JSON: at column 8 there should be the end of the string, a double quote, not the end'],
    [
      '["\\x"]',
      'this is not JSON: at column 3 there should be one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u after the backslash, not "\\\\x\\"]"',
    ],
    ['["\\u12"]', 'this is not JSON: at column 3 there should be four hexadecimal digits after \\u, not "\\\\u12\\"]"'],
    ['["a\tb"]', 'this is not JSON: at column 4 there should be no bare control character in a string, not "\\tb\\"]"'],
    ['{} {}', 'this is not JSON: at column 4 there should be nothing more, not "{}"'],
    ['01', 'this is not JSON: at column 2 there should be nothing more, not "1"'],
    ["{'a':1}", 'this is not JSON: at column 2 there should be a key in double quotes, not "\'a\':1}"'],
    ['NaN', 'this is not JSON: at column 1 there should be a value, not "NaN"'],
    ['tru', 'this is not JSON: at column 1 there should be a value, not "tru"'],
  ])('%s', (text, reason) => {
    expect(jsonReason(text)).toBe(reason)
  })
})

describe('findJsonProblem', () => {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }

  it('agrees with JSON.parse about what is JSON', () => {
    const damaged = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '"', '{', ']', '\\', ' ', '0', '-', '.', 'e', '\n', '\u0001'),
      )
      .map(([text, at, piece]) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + piece + text.slice(place + (at % 2))
      })
    fc.assert(
      fc.property(fc.oneof(fc.json(), damaged, fc.string()), (text) => {
        expect(findJsonProblem(text) === undefined).toBe(isJson(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('names a place up to which the text could still become JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, cut) => {
        const start = text.slice(0, cut % text.length)
        const problem = findJsonProblem(start)
        // A number or a word may end early; everything else is missing its end, and only that.
        if (problem !== undefined && !/[a-z\\\d.+-]$/.test(start)) expect(problem.at).toBe(start.length)
      }),
    )
  })

  it('does not break on any depth', () => {
    const deep = 100_000
    expect(findJsonProblem('['.repeat(deep))).toEqual({ at: deep, expected: 'a value' })
  })
})
