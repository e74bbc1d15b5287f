import { type FoldState, memoryState } from '@vouch/projector'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold } from '../fold.ts'
import { leftToDo } from './left-to-do.ts'
import { logs } from './logs.ts'
import { stored } from './replay.ts'
import { click, conversion, linked, logOf, program, type Told } from './story.ts'

describe('any event', () => {
  it('judges anew all that it can change, and nothing is left for a judgement of everything', () => {
    let links = 0
    fc.assert(
      fc.property(logs(), (log) => {
        const state = memoryState()
        for (const logged of log.map(stored)) {
          const rows = fold(state, logged)
          if (rows.some(({ table }) => table === 'links')) links += 1
          expect([logged.event, leftToDo(state, logged)]).toStrictEqual([logged.event, []])
        }
      }),
      { numRuns: 800 },
    )
    expect(links).toBeGreaterThan(800)
  })
})

it('a link of a visitor on whom more have signed up than a call has arguments is folded', () => {
  const state = memoryState()
  const signups = Array.from({ length: 200_000 }, () => 'c')
  state.put('visitor', 'summer\nv', { clicks: [], links: [], signups, conversions: [] })
  const rows = logOf([...program(), linked('v', 'c', { at: '01-02' })]).flatMap((logged) => fold(state, stored(logged)))
  expect(rows.filter(({ table }) => table === 'links').length).toBe(1)
})

describe('an order of somebody who seems to be everybody', () => {
  const nth = (index: number) => `01-02 ${String(index).padStart(2, '0')}:00`
  const orders = (who: (index: number) => { customerId: string; visitorId: string }): Told[] =>
    Array.from({ length: 20 }, (_, index) => [
      click(who(index).visitorId, 'ANNA', { at: nth(index) }),
      conversion(`o${index}`, '10.00 EUR', { at: nth(index), ...who(index) }),
    ]).flat()

  it.each<[string, readonly Told[]]>([
    ['a customer with a visitor for each order', orders((n) => ({ customerId: 'guest', visitorId: `v${n}` }))],
    ['a visitor with a customer for each order', orders((n) => ({ customerId: `c${n}`, visitorId: 'undefined' }))],
  ])('is judged alone, for none before it can change: %s', (_, told) => {
    const state = memoryState()
    const judged: string[] = []
    const watching: FoldState = {
      ...state,
      put(kind, key, value) {
        if (kind === 'conversion') judged.push(key)
        state.put(kind, key, value)
      },
    }
    for (const logged of logOf([...program(), ...told]).map(stored)) {
      judged.length = 0
      fold(watching, logged)
      if (logged.event.type !== 'vouch.conversion.v1') continue
      expect([...new Set(judged)]).toStrictEqual([`summer\n${logged.event.data.conversionId}`])
    }
  })
})
