import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Incoming } from '../incoming.ts'
import { chooseMapping, type Mapping, parseMapping } from './mapping.ts'
import { bindMapping } from './rows.ts'

function mapping(yaml: string, name = 'map.yaml'): Mapping {
  const parsed = parseMapping(yaml, name)
  if (isLeft(parsed)) throw new Error(parsed.left.join('\n'))
  return parsed.right
}

function map(yaml: string, header: readonly string[], ...rows: readonly (readonly string[])[]): Incoming[] {
  const bound = bindMapping(mapping(yaml), header, 'rows.csv')
  if (isLeft(bound)) throw new Error(bound.left.join('\n'))
  return rows.flatMap((values, index) =>
    bound.right({ line: index + 2, input: values.join(','), content: { values } }).map(({ incoming }) => incoming),
  )
}

const click = (rest = '', data = '{ programId: p, code: "{code}" }') => `
source: shop
events:
  - type: vouch.click.v1
    id: '{id}'
    time: '{time}'
    data: ${data}
${rest}`

const time = '2026-03-01T12:00:00.000Z'

/** What a mapping makes of `data` for one row with the columns a and b. */
const dataOf = (data: string, a: string, b = 'bee'): unknown => {
  const [incoming] = map(click('', data), ['id', 'time', 'a', 'b'], ['1', time, a, b])
  return incoming?.tag === 'value' ? (incoming.value as { data: unknown }).data : incoming
}

const failed = (field: string, reason: string) => ({ tag: 'unreadable', field, reason })

describe('a mapping', () => {
  it('makes an event of each row', () => {
    expect(map(click(), ['id', 'code', 'time'], ['1', 'ANNA', time], ['2', 'BEN', time])).toEqual(
      ['1', '2'].map((id) => ({
        tag: 'value',
        value: {
          specversion: '1.0',
          id,
          source: 'shop',
          type: 'vouch.click.v1',
          time,
          data: { programId: 'p', code: id === '1' ? 'ANNA' : 'BEN' },
        },
      })),
    )
  })

  it('makes several events of one row, in the order of the mapping, where their conditions hold', () => {
    const yaml = `
source: shop
events:
  - { type: vouch.click.v1, id: 'click-{id}', time: '{time}', data: { kind: '{kind}' } }
  - { type: vouch.conversion.v1, when: { kind: sale }, id: 'sale-{id}', source: '{kind}s', time: '{time}', data: {} }`
    const made = map(yaml, ['id', 'time', 'kind'], ['1', time, 'view'], ['2', time, 'sale'])
    expect(made.map((it) => it.tag === 'value' && it.value)).toMatchObject([
      { id: 'click-1', source: 'shop', data: { kind: 'view' } },
      { id: 'click-2', source: 'shop', data: { kind: 'sale' } },
      { id: 'sale-2', source: 'sales', type: 'vouch.conversion.v1', data: {} },
    ])
  })

  it.each([
    ['{ kind: sale }', ['sale']],
    ['{ kind: [sale, view] }', ['sale', 'view']],
    ['{ kind: { not: sale } }', ['Sale', '', ' ', 'view']],
    ['{ kind: { not: [sale, view] } }', ['Sale', '', ' ']],
    ["{ kind: '' }", ['']],
    ['{ kind: { empty: true } }', ['', ' ']],
    ['{ kind: { empty: false } }', ['sale', 'Sale', 'view']],
    ['{ kind: sale, id: x }', []],
  ])('when %s', (when, kinds) => {
    const yaml = `
source: shop
events: [{ type: vouch.click.v1, when: ${when}, id: '{id}', time: '{time}', data: { kind: '_{kind}' } }]`
    const applies = ['sale', 'Sale', '', ' ', 'view'].filter(
      (kind) => map(yaml, ['id', 'time', 'kind'], ['1', time, kind]).length > 0,
    )
    expect(applies).toEqual(kinds)
  })

  it.each([
    ["{ x: '{a}' }", 'ay', { x: 'ay' }],
    ["{ x: 'a {a} and {b}!' }", 'ay', { x: 'a ay and bee!' }],
    ["{ x: '{{{a}}}' }", 'ay', { x: '{ay}' }],
    ['{ x: constant, y: 007, z: true }', '', { x: 'constant', y: '007', z: 'true' }],
    ["{ x: ' {a}' }", ' ay ', { x: '  ay ' }],
    // What is empty is left out, with all that depends on it.
    ["{ x: '{a}', y: '{b}' }", '', { y: 'bee' }],
    ["{ x: '{a}', y: '{b}' }", ' ', { y: 'bee' }],
    ["{ x: 'code-{a}-{b}', y: y }", '', { y: 'y' }],
    ["{ x: { y: { z: '{a}' } }, b: '{b}' }", '', { b: 'bee' }],
    ["{ x: { y: '{a}', z: '{b}' } }", '', { x: { z: 'bee' } }],
    ["{ x: ['{a}', '{b}', c] }", '', { x: ['bee', 'c'] }],
    ["{ x: ['{a}'], b: b }", '', { b: 'b' }],
    ["{ x: [{ y: '{a}' }, { y: '{b}' }] }", 'ay', { x: [{ y: 'ay' }, { y: 'bee' }] }],
    ['{ x: {}, y: [] }', '', { x: {}, y: [] }],
    // Numbers, and true and false.
    ["{ x: { $number: '{a}' }, y: { $number: 2 } }", ' 12.5 ', { x: 12.5, y: 2 }],
    ["{ x: { $number: '{a}' }, b: b }", '', { b: 'b' }],
    ["{ x: { $number: '{a}' } }", '1,5', failed('data.x', '"1,5" is no number')],
    ["{ x: { $number: '{a}' } }", '0x10', failed('data.x', '"0x10" is no number')],
    ["{ x: { $boolean: '{a}' } }", 'Yes', { x: true }],
    ["{ x: { $boolean: '{a}' } }", '0', { x: false }],
    ["{ x: { $boolean: '{a}' }, b: b }", '', { b: 'b' }],
    ["{ x: { $boolean: '{a}' } }", 'maybe', failed('data.x', '"maybe" is neither true, yes or 1 nor false, no or 0')],
    // Money stays text, exact.
    ["{ x: { $money: '{a}', currency: EUR } }", ' 49.9 ', { x: { value: '49.9', currency: 'EUR' } }],
    ["{ x: { $money: '{a}', currency: '{b}' } }", '1', { x: { value: '1', currency: 'bee' } }],
    ["{ x: { $money: '{a}', currency: EUR }, b: b }", '', { b: 'b' }],
    ["{ x: { $money: '{a}', currency: EUR, decimal: ',' } }", '1234,50', { x: { value: '1234.50', currency: 'EUR' } }],
    ["{ x: { $money: '{a}', currency: EUR, decimal: ',' } }", '-7', { x: { value: '-7', currency: 'EUR' } }],
    [
      "{ x: { $money: '{a}', currency: EUR, decimal: ',', grouping: . } }",
      '1.234.567,5',
      { x: { value: '1234567.5', currency: 'EUR' } },
    ],
    ["{ x: { $money: '{a}', currency: EUR, grouping: ',' } }", '1,234.5', { x: { value: '1234.5', currency: 'EUR' } }],
    [
      "{ x: { $money: '{a}', currency: CHF, grouping: \"'\" } }",
      "1'234.50",
      { x: { value: '1234.50', currency: 'CHF' } },
    ],
    [
      "{ x: { $money: '{a}', currency: EUR, decimal: ',' } }",
      '1234.50',
      failed('data.x.value', '"1234.50" is no amount with the decimal mark ","'),
    ],
    [
      "{ x: { $money: '{a}', currency: EUR, decimal: ',', grouping: . } }",
      '1.23,50',
      failed('data.x.value', '"1.23,50" is no amount with the decimal mark "," and groups of three by "."'),
    ],
    // Values by name.
    ["{ x: { $map: '{a}', values: { ay: A, bee: B } } }", 'ay', { x: 'A' }],
    ["{ x: { $map: '{a}', values: { ay: 'A {b}' } } }", 'ay', { x: 'A bee' }],
    ["{ x: { $map: '{a}', values: { ay: A } }, b: b }", '', { b: 'b' }],
    ["{ x: { $map: '{a}', values: { ay: A }, otherwise: other } }", 'cee', { x: 'other' }],
    ["{ x: { $map: '{a}', values: { ay: A }, otherwise: '{a}' } }", 'cee', { x: 'cee' }],
    [
      "{ x: { $map: '{a}', values: { ay: A, bee: B } } }",
      'cee',
      failed('data.x', '"cee" is not among the mapping\'s values: ay, bee'),
    ],
    [
      "{ x: [{ y: { $map: '{a}', values: { ay: A } } }] }",
      'cee',
      failed('data.x[0].y', '"cee" is not among the mapping\'s values: ay'),
    ],
  ])('data %s for a = "%s"', (data, a, made) => {
    expect(dataOf(data, a)).toEqual(made)
  })

  it('leaves the id and the time out where their columns are empty, for the event to be rejected', () => {
    const [incoming] = map(click(), ['id', 'code', 'time'], ['', 'ANNA', ' '])
    expect(incoming).toEqual({
      tag: 'value',
      value: { specversion: '1.0', source: 'shop', type: 'vouch.click.v1', data: { programId: 'p', code: 'ANNA' } },
    })
  })

  it('says why a time is none', () => {
    const [incoming] = map(click(), ['id', 'code', 'time'], ['1', 'ANNA', 'noon'])
    expect(incoming).toEqual(failed('time', '"noon" is no ISO 8601 time, e.g. 2026-03-01T12:00:00Z'))
  })

  it('knows the time zone of the whole mapping, and that of one event', () => {
    const yaml = `
source: shop
timezone: Europe/Berlin
events:
  - { type: vouch.click.v1, id: '{id}', time: '{time}', data: {} }
  - { type: vouch.click.v1, id: '{id}', time: { value: '{time}', timezone: UTC }, data: {} }
  - { type: vouch.click.v1, id: '{id}', time: { value: '{day}', format: DD.MM.YYYY }, data: {} }`
    const made = map(yaml, ['id', 'time', 'day'], ['1', '2026-03-01 12:00', '01.03.2026'])
    expect(made.map((it) => it.tag === 'value' && (it.value as { time: string }).time)).toEqual([
      '2026-03-01T11:00:00.000Z',
      '2026-03-01T12:00:00.000Z',
      '2026-02-28T23:00:00.000Z',
    ])
  })

  it('gives all events of a row the same {$row}, and the next row another', () => {
    const yaml = `
source: shop
events:
  - { type: vouch.click.v1, id: 'click-{$row}', time: '{time}', data: { x: '{$row}' } }
  - { type: vouch.share.v1, id: 'share-{$row}', time: '{time}', data: {} }`
    const made = map(yaml, ['time'], [time], [time]) as { value: { id: string; data: { x: string } } }[]
    const id = made[0]?.value.data.x
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    expect(made.map(({ value }) => value.id)).toEqual([`click-${id}`, `share-${id}`, `click-${id}-2`, `share-${id}-2`])
  })

  it('rejects a row with another number of columns', () => {
    const header = ['id', 'code', 'time']
    const reason = (has: string) => failed('', `this row has ${has} and the header has 3; quote what holds a delimiter`)
    expect(map(click(), header, ['1'], ['1', 'ANNA', time, ''])).toEqual([reason('1 column'), reason('4 columns')])
  })

  it('passes on why a record cannot be read', () => {
    const bound = bindMapping(mapping(click()), ['id', 'code', 'time'], 'rows.csv')
    if (isLeft(bound)) throw new Error(bound.left.join('\n'))
    expect(bound.right({ line: 7, input: 'x', base64: 'eA==', content: { reason: 'it is bad' } })).toEqual([
      { line: 7, input: 'x', base64: 'eA==', incoming: failed('', 'it is bad') },
    ])
  })

  it('takes the names of columns without outer blanks', () => {
    expect(map(click(), [' id', 'code ', ' time '], ['1', 'ANNA', time])).toMatchObject([
      { value: { id: '1', data: { code: 'ANNA' } } },
    ])
  })

  it('names each column that the file has not, or has twice', () => {
    const yaml = `
source: '{shop}'
events:
  - type: vouch.click.v1
    when: { kind: click }
    id: '{id}'
    time: '{when}'
    data:
      items: [{ sku: '{sku}' }]
      amount: { $money: '{amount}', currency: '{currency}' }
      code: { $map: '{channel}', values: { x: '{code}' }, otherwise: '{other}' }
      n: { $number: '{n}' }`
    const has = 'which rows.csv does not have; it has id, sku, sku'
    expect(bindMapping(mapping(yaml), ['id', 'sku', 'sku'], 'rows.csv')).toEqual(
      left([
        `map.yaml: events[0].source names the column "shop", ${has}.`,
        `map.yaml: events[0].time names the column "when", ${has}.`,
        `map.yaml: events[0].when names the column "kind", ${has}.`,
        'map.yaml: events[0].data.items[0].sku names the column "sku", which rows.csv has 2 times.',
        `map.yaml: events[0].data.amount.$money names the column "amount", ${has}.`,
        `map.yaml: events[0].data.amount.currency names the column "currency", ${has}.`,
        `map.yaml: events[0].data.code.$map names the column "channel", ${has}.`,
        `map.yaml: events[0].data.code.values.x names the column "code", ${has}.`,
        `map.yaml: events[0].data.code.otherwise names the column "other", ${has}.`,
        `map.yaml: events[0].data.n.$number names the column "n", ${has}.`,
      ]),
    )
  })
})

describe('parseMapping', () => {
  const event = (more: string) =>
    `source: s\nevents:\n  - type: vouch.click.v1\n    id: '{id}'\n    time: '{time}'\n    data: { code: x }\n${more}`

  it.each([
    ['', 'map.yaml:1: the mapping: must have the fields files, delimiter, source, timezone, events.'],
    ['source: [', 'map.yaml:1: Flow sequence in block collection must be sufficiently indented and end with a ].'],
    ['source: a\nsource: b', 'map.yaml:2: Map keys must be unique.'],
    ['source: s', 'map.yaml:1: events: must be a list of events.'],
    ['source: s\nevents: []', 'map.yaml:2: events: must have at least one event.'],
    [
      event('filez: [x]'),
      'map.yaml:1: the mapping: has unknown fields: filez; there are files, delimiter, source, timezone, events.',
    ],
    [event('files: []'), 'map.yaml:7: files: name at least one file, or leave files out.'],
    [event('delimiter: ab'), 'map.yaml:7: delimiter: must be one character.'],
    [event('delimiter: €'), 'map.yaml:7: delimiter: must be an ASCII character.'],
    [
      event('    when: { a: { is: b } }'),
      'map.yaml:7: events[0].when.a: write a text, a list of texts, { not: … }, or { empty: true or false }.',
    ],
    [
      event("    source: '{'"),
      'map.yaml:7: events[0].source: has a single {; write {column} for a column, or {{ for the brace itself.',
    ],
    [event("    source: '{ }'"), 'map.yaml:7: events[0].source: has {} without the name of a column.'],
    [
      "events:\n  - { type: vouch.click.v1, id: '{id}', time: '{t}', data: {} }",
      'map.yaml:2: events[0]: has no source; give it one, or the whole mapping.',
    ],
    [
      "source: s\nevents:\n  - { type: vouch.click.v1, id: one, time: '{t}', data: {} }",
      'map.yaml:3: events[0].id: must name a column or {$row}, so that no two rows give the same id.',
    ],
    [
      "source: s\nevents:\n  - { type: vouch.click.v1, id: '{i}', time: '{t}', data: [] }",
      'map.yaml:3: events[0].data: must have the fields of the event.',
    ],
    [
      "source: s\nevents:\n  - { type: vouch.click.v1, id: '{i}', time: { value: '{t}', timezone: Mars }, data: {} }",
      'map.yaml:3: events[0].time: "Mars" is no time zone; write UTC, an offset such as +02:00, or a name such as Europe/Berlin.',
    ],
    [
      "source: s\nevents:\n  - { type: vouch.click.v1, id: '{i}', time: [], data: {} }",
      'map.yaml:3: events[0].time: write a text such as "{time}", or { value, format, timezone }.',
    ],
    [
      "source: s\nevents:\n  - { type: vouch.click.v1, id: '{i}', time: '{t', data: {} }",
      'map.yaml:3: events[0].time: has a single {; write {column} for a column, or {{ for the brace itself.',
    ],
  ])('%j', (yaml, problem) => {
    expect(parseMapping(yaml, 'map.yaml')).toEqual(left([problem]))
  })

  it('refuses aliases that multiply, and those that name nothing', () => {
    const level = (n: number) => `a${n}: &a${n} [${Array(10).fill(`*a${n - 1}`)}]\n`
    const many = parseMapping(`a0: &a0 [x]\n${[1, 2, 3, 4].map(level).join('')}`, 'm')
    expect(many).toEqual(left(['m:1: Excessive alias count indicates a resource exhaustion attack.']))
    expect(parseMapping('source: *x', 'm')).toEqual(
      left(['m:1: Unresolved alias (the anchor must be set before the alias): x.']),
    )
  })

  it('needs an id and data', () => {
    expect(parseMapping("source: s\nevents:\n  - { type: vouch.click.v1, time: '{t}' }", 'm')).toEqual(
      left(['m:3: events[0].id: must be a text.', 'm:3: events[0].data: must have the fields of the event.']),
    )
  })

  const problemsOf = (data: string) =>
    parseMapping(
      `source: s\nevents:\n  - type: vouch.click.v1\n    id: '{id}'\n    time: '{time}'\n    data:\n      x: ${data}`,
      'm',
    )

  it.each([
    ["{ $sum: '{a}' }", '$sum', '$sum is unknown; there are $money, $number, $boolean, $map'],
    ["{ $number: '{a}', currency: EUR }", 'currency', 'does not go with $number; nothing else does'],
    [
      "{ $money: '{a}', currency: EUR, values: {} }",
      'values',
      'does not go with $money; currency, decimal, grouping does',
    ],
    ["{ $money: '{a}', currency: EUR, decimal: ; }", 'decimal', 'must be "." or ","'],
    [
      "{ $money: '{a}', currency: EUR, grouping: . }",
      'grouping',
      "must be one of . , ' or a blank, and another than the decimal mark",
    ],
    ["{ $money: ['{a}'], currency: EUR }", '$money', 'must be a text'],
    ["{ $map: '{a}', values: { x: {} } }", 'values.x', 'must be a text'],
  ])('data %s', (data, at, reason) => {
    expect(problemsOf(data)).toEqual(left([`m:7: events[0].data.x.${at}: ${reason}.`]))
  })

  it.each([
    ["{ $money: '{a}' }", '$money needs a currency, e.g. currency: EUR'],
    ["{ $map: '{a}' }", '$map needs values, e.g. values: { Facebook: FB }'],
    ["{ $map: '{a}', values: {} }", '$map needs values, e.g. values: { Facebook: FB }'],
  ])('data %s', (data, reason) => {
    expect(problemsOf(data)).toEqual(left([`m:7: events[0].data.x: ${reason}.`]))
  })

  it('names every problem, each with its line', () => {
    const yaml = `source: s
events:
  - type: vouch.clack.v1
    id: '{id}'
    data:
      a: '{'
      b: { $sum: x }`
    const parsed = parseMapping(yaml, 'm')
    expect(isLeft(parsed) && parsed.left.map((problem) => problem.replace(/there are vouch.*/, 'there are …'))).toEqual(
      [
        'm:3: events[0].type: "vouch.clack.v1" is no event type; there are …',
        'm:3: events[0].time: write a text such as "{time}", or { value, format, timezone }.',
        'm:6: events[0].data.a: has a single {; write {column} for a column, or {{ for the brace itself.',
        'm:7: events[0].data.b.$sum: $sum is unknown; there are $money, $number, $boolean, $map.',
      ],
    )
  })
})

describe('chooseMapping', () => {
  const named = (name: string, files?: string) =>
    mapping(`${click()}${files === undefined ? '' : `files: ${files}\n`}`, name)
  const sales = named('sales.yaml', '[sales*.csv, orders.csv]')
  const clicks = named('clicks.yaml', '[click?.csv]')
  const any = named('any.yaml')

  it.each([
    ['data/sales-2026.csv', [sales, clicks], right(sales)],
    ['orders.csv', [sales, clicks, any], right(sales)],
    ['clicks.csv.gz', [sales, clicks], right(clicks)],
    ['other.csv', [sales, any], right(any)],
    ['other.csv', [any], right(any)],
    ['other.csv', [], left('other.csv is CSV; say with --map MAP.yaml how its rows become events.')],
    [
      'other.csv',
      [sales, clicks],
      left('other.csv fits no mapping: sales.yaml is for sales*.csv, orders.csv; clicks.yaml is for click?.csv.'),
    ],
    [
      'orders.csv',
      [sales, named('also.yaml', '[orders.*]')],
      left('orders.csv fits two mappings, sales.yaml and also.yaml; tell them apart by their files.'),
    ],
    [
      'other.csv',
      [any, named('all.yaml')],
      left('other.csv fits two mappings, any.yaml and all.yaml; tell them apart by their files.'),
    ],
  ])('%s', (path, mappings, choice) => {
    expect(chooseMapping(mappings, path)).toEqual(choice)
  })
})
