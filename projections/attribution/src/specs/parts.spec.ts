import { type FoldState, type LoggedEvent, memoryState, type Row } from '@vouch/projector'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listClick, listLinks } from '../facts.ts'
import { fold, foldInParts } from '../fold.ts'
import { Program } from '../program.ts'
import { Rows } from '../rows.ts'
import { settle } from '../settle.ts'
import type { VisitorState } from '../state.ts'
import { refOf } from '../trigger.ts'
import { logs } from './logs.ts'
import { stored } from './replay.ts'
import { restoringState } from './restoring.ts'
import { click, conversion, logOf, program, rule, type Terms, type Told, terms } from './story.ts'

/** The rows of each table, in their order. */
function byTable(rows: readonly Row[]): Record<string, unknown[]> {
  const tables: Record<string, unknown[]> = {}
  for (const { table, values } of rows) {
    tables[table] ??= []
    tables[table].push(values)
  }
  return tables
}

/** All that a judgement of everything would change: nothing, if everything is as the facts have it. */
function leftToDo(state: FoldState, { event, recordedAt }: LoggedEvent): readonly Row[] {
  const program = new Program(state, event.data.programId)
  const rows = new Rows(program.id, { type: event.type, occurredAt: event.time, recordedAt })
  for (const [id] of program.scan<VisitorState>('visitor')) {
    const visitor = program.visitor(id)
    for (const click of visitor.clicks) listClick(program, id, visitor, click, rows)
    listLinks(program, id, visitor, rows)
    program.save('visitor', id, visitor)
  }
  const kinds = ['click', 'share', 'signup', 'conversion'] as const
  const refs = kinds.flatMap((kind) => [...program.scan(kind)].map(([id]) => refOf(`${kind}\n${id}`)))
  settle(program, refs, rows)
  return rows.list
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
          const found: Row[] = []
          for (const part of foldInParts(apart, logged, steps, held) ?? [fold(apart, logged)]) {
            apart.endEvent()
            found.push(...part)
            parts += 1
          }
          expect(byTable(found)).toStrictEqual(byTable(expected))
        }
      }),
      { numRuns: 400 },
    )
    expect(parts).toBeGreaterThan(400)
  })
})
