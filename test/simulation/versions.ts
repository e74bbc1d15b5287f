import { attribution as ofTheProduct } from '@vouch/projection-attribution'
import { events } from '@vouch/projection-events'
import { ledger } from '@vouch/projection-ledger'
import type { Projection } from '@vouch/projector'
import { fold, foldInParts } from '../../projections/attribution/src/fold.ts'

/** With parts and pages so small that the few people of a simulation make several. */
const attribution: Projection = {
  ...ofTheProduct,
  fold: (state, logged) => fold(state, logged, 2),
  foldInParts: (state, logged) => foldInParts(state, logged, 3, 2, 2),
}

const current: readonly Projection[] = [events, attribution, ledger]

/** As code before or after a change of what a fold means: other values in some rows, and some rows more. */
const other: readonly Projection[] = [
  {
    ...events,
    version: events.version + 1,
    fold(state, logged, followed) {
      const rows = events
        .fold(state, logged, followed)
        .map((row) => ({ ...row, values: { ...row.values, source: 'retold' } }))
      return logged.position % 2n === 0n ? rows : [...rows, ...rows]
    },
  },
  attribution,
  ledger,
]

/** The versions of the code that processes are started with, the one in this repository first. */
export const versions: readonly (readonly Projection[])[] = [current, other]
