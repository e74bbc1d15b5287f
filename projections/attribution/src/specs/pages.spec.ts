import { compareOccurrence } from '@vouch/domain'
import { type FoldState, memoryState, type Row } from '@vouch/projector'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clicksOnPage, pagesOf } from '../clicks.ts'
import { fold, foldInParts } from '../fold.ts'
import { Program } from '../program.ts'
import type { Click, VisitorState } from '../state.ts'
import { logs } from './logs.ts'
import { stored } from './replay.ts'
import { foldApart, restoringState } from './restoring.ts'
import { at, click, conversion, issued, logOf, program, signup, type Told, terms } from './story.ts'

/** A state in memory that counts what is asked for, and how many clicks stand in what is put. */
function countingState() {
  const state = memoryState()
  const counts = { pagesRead: 0, mostClicksPut: 0 }
  const counting: FoldState = {
    ...state,
    get<T>(kind: string, key: string) {
      if (kind === 'older-clicks') counts.pagesRead += 1
      return state.get<T>(kind, key)
    },
    put(kind, key, value) {
      const clicks = kind === 'visitor' ? (value as VisitorState).clicks : kind === 'older-clicks' ? value : []
      counts.mostClicksPut = Math.max(counts.mostClicksPut, (clicks as Click[]).length)
      state.put(kind, key, value)
    },
  }
  return { state: counting, counts }
}

/** The ids of a visitor's clicks, page by page; one page is one text. */
const pagesIn = (state: FoldState, visitorId: string): string[] =>
  [...pagesOf(new Program(state, 'summer'), visitorId)].map(({ clicks }) => clicks.map(({ id }) => id).join(' '))

const foldAll = (state: FoldState, told: readonly Told[], onPage?: number): Row[] =>
  logOf(told).flatMap((logged) => fold(state, stored(logged), onPage))

describe('clicks of a visitor who has very many', () => {
  it('lead to the same rows on pages of any size, whatever is forgotten between two parts', () => {
    let pages = 0
    fc.assert(
      fc.property(logs(), fc.integer({ min: 1, max: 5 }), (log, onPage) => {
        const [whole, paged] = [memoryState(), restoringState()]
        for (const logged of log.map(stored)) {
          const expected = [...(foldInParts(whole, logged, 1, 3) ?? [fold(whole, logged)])].flat()
          expect(foldApart(paged, logged, 1, 3, onPage).flat()).toStrictEqual(expected)
        }
        pages += paged.keys('older-clicks', '').length
      }),
      { numRuns: 800 },
    )
    expect(pages).toBeGreaterThan(800)
  })

  it('are in order over all pages, however they arrive, and none holds too many', () => {
    const moments = fc.array(fc.record({ minute: fc.nat(30), id: fc.nat(99) }), { maxLength: 60 })
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 5 }), (arrivals, onPage) => {
        const state = restoringState()
        const told = arrivals.map(({ minute, id }, nth) =>
          click('v', 'ANNA', { at: `01-02 12:${String(minute).padStart(2, '0')}`, id: `${id}-${nth}` }),
        )
        for (const logged of logOf([...program(), ...told])) fold(state, stored(logged), onPage)
        const pages = [...pagesOf(new Program(state, 'summer', onPage), 'v')].map(({ clicks }) => clicks)
        const ids = told
          .toSorted((a, b) => compareOccurrence({ ...a, id: a.id ?? '' }, { ...b, id: b.id ?? '' }))
          .map(({ id }) => id)
        expect(pages.flat().map(({ id }) => id)).toStrictEqual(ids)
        expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(onPage)
        if (told.length > 0) expect(Math.min(...pages.map(({ length }) => length))).toBeGreaterThan(0)
      }),
      { numRuns: 500 },
    )
  })

  it.each<[string, readonly Told[], string[]]>([
    [
      'one after the other',
      [1, 2, 3, 4, 5].map((n) => click('v', 'ANNA', { at: `01-0${n}`, id: `c${n}` })),
      ['c1 c2', 'c3 c4 c5'],
    ],
    [
      'backwards',
      [5, 4, 3, 2, 1].map((n) => click('v', 'ANNA', { at: `01-0${n}`, id: `c${n}` })),
      ['c1 c2', 'c3 c4 c5'],
    ],
    ['all at once', ['b', 'e', 'a', 'd', 'c'].map((id) => click('v', 'ANNA', { at: '01-02', id })), ['a b', 'c d e']],
  ])('are divided in halves: %s', (_, told, pages) => {
    const state = memoryState()
    foldAll(state, [...program(), ...told], 4)
    expect(pagesIn(state, 'v')).toStrictEqual(pages)
  })

  it('cost no more for being many', () => {
    const { state, counts } = countingState()
    const many = 6 * clicksOnPage
    const told = Array.from({ length: many }, (_, nth) =>
      // Three days, each of which begins with clicks on a code that nobody has.
      click('v', nth % clicksOnPage < 100 ? 'NOBODY' : 'ANNA', {
        at: new Date(at('01-02') + Math.floor((nth / many) * 3 * 86_400_000))
          .toISOString()
          .slice(0, 23)
          .replace('T', ' '),
      }),
    )
    const rows = foldAll(state, [...program(), ...told])
    expect(counts.mostClicksPut).toBeLessThanOrEqual(clicksOnPage + 1)
    expect(pagesIn(state, 'v').length).toBeGreaterThan(6)
    expect(counts.pagesRead).toBeLessThan(100)
    const firsts = rows.filter(({ table, values }) => table === 'touches' && values.first_of_day === 1)
    expect(firsts.map(({ values }) => String(values.occurred_at).slice(0, 10))).toStrictEqual([
      '2026-01-02',
      '2026-01-03',
      '2026-01-04',
    ])
  })

  it('are read for a purchase as far back as its path may look, and no further', () => {
    const { state, counts } = countingState()
    const days = Array.from({ length: 100 }, (_, day) =>
      new Date(at('01-02') + day * 86_400_000).toISOString().slice(0, 10),
    )
    const lately = { attribution: { lookback: { click: '3d' }, horizon: '2d' } }
    const clicks = days.map((day) => click('v', 'ANNA', { at: day }))
    const bought = conversion('o', '10.00 EUR', { at: `${days.at(-1)}`, visitorId: 'v' })
    let pages = 0
    let rows: readonly Row[] = []
    for (const logged of logOf([...program(lately), ...clicks, bought]).map(stored)) {
      pages = pagesIn(state, 'v').length
      counts.pagesRead = 0
      rows = fold(state, logged, 2)
    }
    expect(rows.filter(({ table }) => table === 'exclusions').length).toBe(2)
    expect(pages).toBeGreaterThan(60)
    expect(counts.pagesRead).toBeLessThan(10)
  })

  it('were kept whole before there were pages, and are divided when they are changed', () => {
    const state = restoringState()
    const told = Array.from({ length: 9 }, (_, nth) => click('v', 'DORA', { at: `01-02 0${nth}:00`, id: `c${nth}` }))
    const later = [click('v', 'DORA', { at: '01-03', id: 'c9' }), issued('DORA', 'anna', { at: '01-04' })]
    const log = logOf([
      ...program(),
      ...told,
      ...later,
      signup('c', { at: '01-05', visitorId: 'v' }),
      terms({ at: '01-06' }),
    ])
    const expected = memoryState()
    for (const [nth, logged] of log.map(stored).entries()) {
      const onPage = nth < program().length + told.length ? 1000 : 4
      expect(fold(state, logged, onPage)).toStrictEqual(fold(expected, logged))
      state.endEvent()
    }
    expect(pagesIn(state, 'v').length).toBeGreaterThan(2)
  })
})
