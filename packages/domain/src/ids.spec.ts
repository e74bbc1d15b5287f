import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textProblem } from './ids.ts'

describe('an id', () => {
  it.each(['a', 'c-1', 'Zoë Ω', '日本', '👩‍👩‍👧', 'a b', '%:/', 'x'.repeat(200), '👍'.repeat(200)])(
    '%s will do',
    (text) => {
      expect(textProblem(text, 200)).toBe(undefined)
    },
  )

  it.each<[string, string]>([
    ['', 'is empty; write 1 to 200 characters'],
    ['\u3000', 'is blank; write 1 to 200 characters'],
    ['a ', '"a " begins or ends with a blank; write "a"'],
    ['\ta', '"\\ta" begins or ends with a blank; write "a"'],
    ['a\u007fb', '"a\u007fb" has the control character U+007F; leave it out'],
    ['a\u0085b', '"a\u0085b" has the control character U+0085; leave it out'],
    ['a\u2028b', '"a\u2028b" has the control character U+2028; leave it out'],
    ['👍'.repeat(201), 'has 201 characters; write at most 200'],
  ])('%j will not', (text, problem) => {
    expect(textProblem(text, 200)).toBe(problem)
  })

  it('is refused exactly when it breaks a rule', () => {
    const unit = fc.oneof(
      fc.constantFrom('a', '!', '~', ' ', '\n', '\u007f', '\u2029', 'é', '👍'),
      fc.string({ unit: 'binary', size: '-1' }),
    )
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 8 }), (units) => {
        const text = units.join('')
        const count = Array.from(text).length
        const allowed = count > 0 && count <= 6 && text === text.trim() && !/[\p{Cc}\u2028\u2029]/u.test(text)
        expect(textProblem(text, 6) === undefined).toBe(allowed)
      }),
      { numRuns: 1000 },
    )
  })
})
