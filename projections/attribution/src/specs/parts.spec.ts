import { type LoggedEvent, memoryState, type Row } from '@vouch/projector'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold } from '../fold.ts'
import { leftToDo } from './left-to-do.ts'
import { logs } from './logs.ts'
import { stored } from './replay.ts'
import { foldApart, restoringState } from './restoring.ts'
import {
  click,
  conversion,
  enrolled,
  issued,
  logOf,
  program,
  reinstated,
  revoked,
  rule,
  suspended,
  type Terms,
  type Told,
  terms,
  updated,
} from './story.ts'

/** The rows of each table, in their order. */
function byTable(rows: readonly Row[]): Record<string, unknown[]> {
  const tables: Record<string, unknown[]> = {}
  for (const { table, values } of rows) {
    tables[table] ??= []
    tables[table].push(values)
  }
  return tables
}

/** A program with that horizon, whose clock stands at 10 January when the rest is told. */
const within = (horizon: string) => [
  ...program({ attribution: { horizon } }),
  click('v', 'ANNA', { at: '01-03' }),
  conversion('o', '10.00 EUR', { at: '01-04', customerId: 'c' }),
  click('someone', 'CARL', { at: '01-10' }),
]
const sameWho = conversion('p', '1.00 EUR', { at: '01-06', visitorId: 'v', customerId: 'c' })
const lateClick = click('w', 'ANNA', { at: '01-06' })
const from5 = (wording: Terms) => terms({ at: '01-20', from: '01-05', ...wording })

describe('new terms', () => {
  it.each<[string, readonly Told[], Terms, readonly string[]]>([
    [
      'a purchase of before, where a link comes to count',
      [...within('2d'), sameWho],
      { attribution: { horizon: '10d' } },
      ['attributions o', 'attributions p', 'conversions p', 'exclusions p', 'links'],
    ],
    [
      'a purchase of before, where a link counts no longer',
      [...within('10d'), sameWho],
      { attribution: { horizon: '2d' } },
      ['attributions o', 'attributions p', 'conversions p', 'exclusions p'],
    ],
    [
      'a click that comes to count',
      [...within('2d'), lateClick],
      { attribution: { horizon: '10d' } },
      ['exclusions', 'touches'],
    ],
    [
      'a click of before all terms',
      [click('w', 'ANNA', { at: '2025-12-20' }), ...within('2d')],
      { from: '2025-12-01' },
      ['exclusions', 'touches'],
    ],
    [
      'a click that counts no longer',
      [...within('10d'), lateClick],
      { attribution: { horizon: '2d' } },
      ['exclusions'],
    ],
    [
      'clicks that they pay for',
      [...within('2d'), click('w', 'ANNA', { at: '01-11' })],
      { attribution: { horizon: '2d' }, rewards: [rule('x', { trigger: 'click', amount: { fixed: '5.00' } })] },
      ['rewards'],
    ],
  ])('reach %s', (_, story, wording, expected) => {
    const state = memoryState()
    const log = logOf([...story, from5(wording)]).map(stored)
    const rows = log.map((logged) => fold(state, logged)).at(-1) ?? []
    const named = rows.map(({ table, values: { conversion_id: id } }) => `${table} ${id ?? ''}`.trim())
    expect([...new Set(named)].filter((it) => it !== 'programs').sort()).toStrictEqual(expected)
    expect(leftToDo(state, log.at(-1) as LoggedEvent)).toStrictEqual([])
  })

  it('judge anew all that they can change, and nothing is left for a judgement of everything', () => {
    let publications = 0
    fc.assert(
      fc.property(logs(), (log) => {
        const state = memoryState()
        for (const logged of log.map(stored)) {
          fold(state, logged)
          if (logged.event.type !== 'vouch.program.published.v1') continue
          expect(leftToDo(state, logged)).toStrictEqual([])
          publications += 1
        }
      }),
      { numRuns: 800 },
    )
    expect(publications).toBeGreaterThan(800)
  })

  it('give the same rows in parts, whatever is forgotten between two of them', () => {
    let parts = 0
    fc.assert(
      fc.property(logs(), fc.constantFrom(1, 2, 5), fc.constantFrom(1, 2, 3, 100), (log, steps, held) => {
        const [whole, apart] = [memoryState(), restoringState()]
        for (const logged of log.map(stored)) {
          const expected = fold(whole, logged)
          const found = foldApart(apart, logged, steps, held)
          parts += found.length
          expect(byTable(found.flat())).toStrictEqual(byTable(expected))
        }
      }),
      { numRuns: 400 },
    )
    expect(parts).toBeGreaterThan(400)
  })
})

/** Thirty purchases that ANNA and a code that nobody has yet, DORA, had a part in; anna is a child of bert. */
const busy = [
  ...program(
    { rewards: [rule('ten'), rule('up', { to: 'upline', amount: { percent: '1' } })] },
    { anna: { parentAdvocateId: 'bert' } },
  ),
  ...Array.from({ length: 30 }, (_, nth) => [
    click(`d${nth}`, 'DORA', { at: '01-02' }),
    conversion(`p${nth}`, '10.00 EUR', { at: '01-03', visitorId: `d${nth}` }),
    click(`v${nth}`, 'ANNA', { at: '01-02' }),
    conversion(`o${nth}`, '10.00 EUR', { at: '01-03', visitorId: `v${nth}` }),
  ]).flat(),
]

describe('what changes all that an advocate brought', () => {
  it.each<[string, readonly Told[]]>([
    ['its suspension', [suspended('anna', { at: '01-09' }), suspended('anna', { at: '01-02' })]],
    ['its return', [suspended('anna', { at: '01-02' }), reinstated('anna', { at: '01-02 00:00:01' })]],
    ['its being a customer', [updated('anna', { at: '01-01 12:00', customerId: 'c' })]],
    ['another parent', [updated('anna', { at: '01-01 12:00', parentAdvocateId: 'carl' })]],
    ["its parent's suspension", [suspended('bert', { at: '01-02' })]],
    ['a code that comes late', [issued('DORA', 'carl', { at: '01-09' })]],
    ['a code that is revoked', [revoked('ANNA', 'anna', { at: '01-02' })]],
    ['an advocate that was not known', [issued('DORA', 'dora', { at: '01-09' }), enrolled('dora', { at: '01-09' })]],
    ['terms', [terms({ at: '01-20', from: '01-01', rewards: [rule('five', { amount: { percent: '5' } })] })]],
  ])('comes in parts: %s', (_, last) => {
    const [whole, apart] = [memoryState(), restoringState()]
    let parts: (readonly Row[])[] = []
    let rows: readonly Row[] = []
    for (const logged of logOf([...busy, ...last]).map(stored)) {
      rows = fold(whole, logged)
      parts = foldApart(apart, logged, 1, 4)
    }
    expect(byTable(parts.flat())).toStrictEqual(byTable(rows))
    expect(parts.length).toBeGreaterThan(30)
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(20)
  })
})
