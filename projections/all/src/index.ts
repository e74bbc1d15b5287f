import { attribution, laws as attributionLaws, type Law } from '@vouch/projection-attribution'
import { events } from '@vouch/projection-events'
import { ledger, ledgerLaws } from '@vouch/projection-ledger'
import type { Projection } from '@vouch/projector'

/** In the order in which they fold: one that follows another comes after it. */
export const projections: readonly Projection[] = [events, attribution, ledger]

/** What must hold of the tables of all of them. */
export const laws: readonly Law[] = [...attributionLaws, ...ledgerLaws]
