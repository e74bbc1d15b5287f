import { describe, expect, it } from 'vitest'
import { parameterStatements } from '../chdb/settings.ts'
import { parameterTexts } from './params.ts'

describe('parameters', () => {
  it.each<[unknown, string]>([
    ['plain', "SET param_x = 'plain'; "],
    ["'; SET readonly = 0; --", "SET param_x = '\\'; SET readonly = 0; --'; "],
    ['\\', "SET param_x = '\\\\\\\\'; "],
    ['a\tb\n', "SET param_x = 'a\\\\tb\\\\n'; "],
    ['', "SET param_x = ''; "],
    [12.5, "SET param_x = '12.5'; "],
    [18446744073709551615n, "SET param_x = '18446744073709551615'; "],
    [true, "SET param_x = 'true'; "],
    [null, "SET param_x = '\\\\N'; "],
    [new Date(Date.UTC(2026, 2, 1, 12, 0, 0, 5)), "SET param_x = '2026-03-01 12:00:00.005'; "],
    [['a', "b'", null, 1], "SET param_x = '[\\'a\\',\\'b\\\\\\'\\',NULL,1]'; "],
    [[['a'], []], "SET param_x = '[[\\'a\\'],[]]'; "],
    [undefined, ''],
  ])('are given: %s', (value, statements) => {
    const texts = parameterTexts({ x: value })
    expect('tag' in texts ? texts : parameterStatements(texts)).toBe(statements)
  })

  it.each<[Record<string, unknown>, string]>([
    [{ 'x y': 1 }, 'The parameter "x y" has no plain name; letters, digits and underscores make one.'],
    [
      { 'x = 1; SET readonly': 1 },
      'The parameter "x = 1; SET readonly" has no plain name; letters, digits and underscores make one.',
    ],
    [
      { x: {} },
      'The parameter x is of no kind that can be given; strings, numbers, booleans, null and arrays of these can.',
    ],
    [
      { x: [{}] },
      'The parameter x is of no kind that can be given; strings, numbers, booleans, null and arrays of these can.',
    ],
    [
      { x: Number.NaN },
      'The parameter x is of no kind that can be given; strings, numbers, booleans, null and arrays of these can.',
    ],
    [
      { x: new Date(Number.NaN) },
      'The parameter x is of no kind that can be given; strings, numbers, booleans, null and arrays of these can.',
    ],
  ])('are refused: %s', (params, reason) => {
    expect(parameterTexts(params)).toEqual({ tag: 'refused', rule: 'parameter', reason })
  })
})
