import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { codeSchema } from './code.ts'
import { freeText, reason } from './events/fields.ts'
import { plainText, textProblem } from './text.ts'

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

interface Published {
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
}

/** Whether the JSON Schema published for a text takes it, in characters and Unicode as JSON Schema has them. */
function reader(schema: z.ZodType): (text: string) => boolean {
  const published = z.toJSONSchema(schema, { io: 'input' }) as Published
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern = '' } = published
  const regex = new RegExp(pattern, 'u')
  return (text) => {
    const { length } = Array.from(text)
    return length >= minLength && length <= maxLength && regex.test(text)
  }
}

describe.each<[string, z.ZodType, number]>([
  ['a plain text', plainText(7), 7],
  ['a free text', freeText(7), 7],
  ['a code', codeSchema, 200],
  ['a reason', reason, 500],
])('%s, by its published schema', (_, schema, longest) => {
  const isTaken = reader(schema)
  const agrees = (text: string): void => {
    expect([text, isTaken(text)]).toStrictEqual([text, schema.safeParse(text).success])
  }

  const unit = fc.oneof(
    fc.constantFrom('a', ' ', '\t', '\n', '\0', '\u0085', '\u00a0', '\u2028', '\u2029', '\ufeff', '\u200b', '👍'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  )

  it('is right for every character there is, alone, within, and at an end', () => {
    for (let point = 0; point <= 0xffff; point++) {
      const character = String.fromCharCode(point)
      if (!character.isWellFormed()) continue
      for (const text of [character, `a${character}a`, `${character}a`, `a${character}`]) {
        if (isTaken(text) !== schema.safeParse(text).success) agrees(text)
      }
    }
  })

  it('is right for any text', () => {
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 9 }), (units) => agrees(units.join(''))),
      { numRuns: 1000 },
    )
  })

  it('is right as long as one may be and beyond', () => {
    const lengths = fc.integer({ min: longest - 3, max: longest + 3 })
    const ends = fc.constantFrom('', ' ', 'a', '\n')
    fc.assert(
      fc.property(lengths, fc.constantFrom('x', '👍', ' '), ends, ends, (length, filling, start, end) =>
        agrees(start + filling.repeat(length - start.length - end.length) + end),
      ),
      { numRuns: 300 },
    )
  })
})
