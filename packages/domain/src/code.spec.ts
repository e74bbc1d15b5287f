import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeKey } from './code.ts'

describe('the key of a code', () => {
  it.each<[string, string]>([
    ['ANNA10', 'anna10'],
    [' Anna10\t', 'anna10'],
    ['\u00a0anna10\ufeff', 'anna10'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['STRAẞE', 'strasse'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδοσ', 'οδος'],
    ['E\u0301te\u0301', 'été'],
    ['ÉTÉ', 'été'],
    ['a b', 'a b'],
  ])('%j is %j', (code, key) => {
    expect(codeKey(code)).toBe(key)
  })

  it('tells codes apart that differ in more than case and blanks', () => {
    expect(codeKey('anna-10')).not.toBe(codeKey('anna10'))
    expect(codeKey('an na')).not.toBe(codeKey('anna'))
  })

  it('is its own key for every character there is, in either normal form', () => {
    for (let point = 0; point <= 0x10ffff; point++) {
      const character = String.fromCodePoint(point)
      if (!character.isWellFormed()) continue
      const key = codeKey(character)
      if (
        codeKey(key) !== key ||
        codeKey(character.normalize('NFD')) !== key ||
        codeKey(character.toUpperCase()) !== key
      ) {
        expect.fail(`U+${point.toString(16)} has the key ${key}, which is not stable`)
      }
    }
  })

  it('is the same for a code, its key, and the code in other case or normal form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (code) => {
        const key = codeKey(code)
        expect(codeKey(key)).toBe(key)
        expect(codeKey(code.toUpperCase())).toBe(key)
        expect(codeKey(`  ${code} `)).toBe(key)
        expect(codeKey(code.normalize('NFD'))).toBe(key)
        expect(codeKey(code.normalize('NFC'))).toBe(key)
      }),
      { numRuns: 1000 },
    )
  })
})
