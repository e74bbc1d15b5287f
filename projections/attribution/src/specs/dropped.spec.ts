import { compareOccurrence } from '@vouch/domain'
import { type FoldState, memoryState, type Row } from '@vouch/projector'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { LinkStatement, VisitorState } from '../state.ts'
import { logs } from './logs.ts'
import { replay } from './replay.ts'

/** A state that drops nothing: statements about links come back, and nothing that waits for a code is ever taken out. */
function hoardingState(): FoldState & { readonly hoarded: () => number } {
  const state = memoryState()
  const hoard = new Map<string, LinkStatement[]>()
  let hoarded = 0
  return {
    ...state,
    put(kind, key, value) {
      if (kind === 'visitor') {
        const visitor = value as VisitorState
        const dropped = (hoard.get(key) ?? []).filter((old) => !visitor.links.includes(old))
        hoarded += dropped.length
        visitor.links = [...visitor.links, ...dropped].sort(compareOccurrence)
        hoard.set(key, visitor.links)
      }
      state.put(kind, key, value)
    },
    remove: () => {
      hoarded += 1
    },
    hoarded: () => hoarded,
  }
}

const textOf = (rows: readonly Row[]): string => JSON.stringify(rows)

it('is the same fold, to the last row, that keeps all that is dropped', () => {
  let hoarded = 0
  fc.assert(
    fc.property(logs(), (log) => {
      const hoarding = hoardingState()
      expect(textOf(replay(log, hoarding))).toBe(textOf(replay(log)))
      hoarded += hoarding.hoarded()
    }),
    { numRuns: 800 },
  )
  // Else nothing was tried.
  expect(hoarded).toBeGreaterThan(100)
})
