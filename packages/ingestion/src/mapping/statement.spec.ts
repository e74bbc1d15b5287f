import { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { bindStatementMapping, parseStatementMapping } from './statement.ts'

const bank = `
delimiter: ";"
sign: negative
when: { Art: Auszahlung }
reference: "{Zweck}"
beneficiary_id: "{Kunde}"
amount: { $money: "{Betrag}", currency: EUR, decimal: ",", grouping: "." }
status: { $map: "{Status}", values: { gebucht: settled, abgelehnt: failed, zurück: returned } }
date: { value: "{Tag}", format: DD.MM.YYYY }
fee: { $money: "{Gebühr}", currency: EUR, decimal: "," }
statement_id: "2026-06"
line_id: "{Nr}"
`
const header = ['Nr', 'Tag', 'Art', 'Zweck', 'Kunde', 'Betrag', 'Gebühr', 'Status', 'Saldo']
const row = (more: Readonly<Record<string, string>> = {}) =>
  header.map((name) => {
    const usual = {
      Nr: '1',
      Tag: '03.06.2026',
      Art: 'Auszahlung',
      Zweck: 'R-1',
      Betrag: '-1.106,23',
      Status: 'gebucht',
    }
    return { ...usual, ...more }[name] ?? ''
  })

function mapped(yaml: string, values: readonly string[], names: readonly string[] = header) {
  const mapping = parseStatementMapping(yaml, 'map.yaml')
  if (!isRight(mapping)) throw new Error(mapping.left.join('\n'))
  const bound = bindStatementMapping(mapping.right, names, 'bank.csv')
  if (!isRight(bound)) throw new Error(bound.left.join('\n'))
  return bound.right(values)
}

const usual = {
  reference: 'R-1',
  amount: { value: '1106.23', currency: 'EUR' },
  status: 'settled',
  date: '2026-06-03',
  statement_id: '2026-06',
  line_id: '1',
}

describe('a row of any provider’s CSV', () => {
  it.each([
    ['says what a statement says', {}, right(usual)],
    [
      'may name a beneficiary and a fee',
      { Kunde: 'ada', Gebühr: '-0,35' },
      right({ ...usual, beneficiary_id: 'ada', fee: { value: '0.35', currency: 'EUR' } }),
    ],
    [
      'has come back where it is above zero',
      { Betrag: '9,99', Status: 'zurück' },
      right({ ...usual, amount: { value: '9.99', currency: 'EUR' }, status: 'returned' }),
    ],
    [
      'may have failed, whatever the sign',
      { Betrag: '9,99', Status: 'abgelehnt' },
      right({ ...usual, amount: { value: '9.99', currency: 'EUR' }, status: 'failed' }),
    ],
    ['of another kind is passed over', { Art: 'Miete' }, undefined],
    [
      'with a word that is not mapped is named',
      { Status: 'offen' },
      left({ field: 'status', reason: `"offen" is not among the mapping's values: gebucht, abgelehnt, zurück` }),
    ],
    [
      'with a day of another form is named',
      { Tag: '2026-06-03' },
      left({ field: 'date', reason: '"2026-06-03" is not written as DD.MM.YYYY' }),
    ],
    [
      'with an amount of another form is named',
      { Betrag: '-1,106.23' },
      left({
        field: 'amount',
        reason: `"-1,106.23" is no amount with the decimal mark "," and groups of three by "."`,
      }),
    ],
    [
      'with the sign of a return that is settled is named',
      { Betrag: '1,00' },
      left({
        field: 'amount',
        reason: 'is 1.00, and sign is negative: what is settled is below zero, what is returned above',
      }),
    ],
  ])('%s', (_name, more, expected) => {
    expect(mapped(bank, row(more))).toStrictEqual(expected)
  })

  it('may have its status in the sign alone', () => {
    const yaml = 'sign: negative\nreference: "{r}"\namount: { $money: "{a}", currency: "{c}" }\ndate: "{d}"'
    const statusOf = (amount: string) => {
      const made = mapped(yaml, ['R', amount, 'EUR', '2026-06-03'], ['r', 'a', 'c', 'd'])
      return made !== undefined && isRight(made) ? [made.right.status, made.right.amount?.value] : made
    }
    expect([statusOf('-1.00'), statusOf('1.00')]).toStrictEqual([
      ['settled', '1.00'],
      ['returned', '1.00'],
    ])
  })

  it('is of the day that is written, whatever the time beside it', () => {
    const yaml =
      'reference: "{r}"\namount: { $money: "{a}", currency: EUR }\nstatus: settled\ndate: { value: "{d}", format: "DD.MM.YYYY HH:mm" }'
    expect(mapped(yaml, ['R', '1.00', '03.06.2026 23:59'], ['r', 'a', 'd'])).toMatchObject(
      right({ date: '2026-06-03' }),
    )
  })
})

describe('a mapping', () => {
  const needed = 'reference: "{r}"\namount: { $money: "{a}", currency: EUR }\nstatus: settled\ndate: "{d}"\n'
  it.each([
    ['without what is needed', 'date: "{d}"', ['map.yaml:1: reference: must be a text such as "{column}", or a $map.']],
    [
      'with a field that there is not',
      `${needed}ref: x`,
      ['map.yaml:1: the mapping: has unknown fields: ref; there are delimiter, sign, when, reference,'],
    ],
    [
      'without a status, where the sign says nothing',
      needed.replace('status: settled\n', ''),
      [
        'map.yaml:1: status: is needed, unless sign is negative: then what is below zero is settled, and what is above is returned.',
      ],
    ],
    [
      'with an amount that is a text',
      needed.replace(/\{ \$.*\}/, '"{a}"'),
      ['map.yaml:2: amount: must be { $money: "{column}", currency: "{column}" }.'],
    ],
    [
      'with a format of days that is none',
      needed.replace('"{d}"', '{ value: "{d}", format: heute }'),
      ['map.yaml:4: date: "heute" is no format;'],
    ],
  ])('%s is refused, and the place is named', (_name, yaml, expected) => {
    const mapping = parseStatementMapping(yaml, 'map.yaml')
    const problems = isLeft(mapping) ? mapping.left : []
    expect(problems.length).toBeGreaterThan(0)
    for (const [index, begins] of expected.entries())
      expect(problems[index]?.startsWith(begins), problems[index]).toBe(true)
  })

  it('of columns that the file has not, or has twice, is refused', () => {
    const mapping = parseStatementMapping(needed, 'map.yaml')
    const bound = isRight(mapping) ? bindStatementMapping(mapping.right, ['r', 'r', 'd'], 'bank.csv') : mapping
    expect(bound).toStrictEqual(
      left([
        'map.yaml: reference names the column "r", which bank.csv has 2 times.',
        'map.yaml: amount.$money names the column "a", which bank.csv does not have; it has r, r, d.',
      ]),
    )
  })
})
