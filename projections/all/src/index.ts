import { attribution, laws as attributionLaws } from '@vouch/projection-attribution'
import { events } from '@vouch/projection-events'
import { ledger, ledgerLaws } from '@vouch/projection-ledger'
import type { Law, Projection } from '@vouch/projector'

/** In the order in which they fold: one that follows another comes after it. */
export const projections: readonly Projection[] = [events, attribution, ledger]

/**
 * Log positions whose rows are rolled up together where the log is a server's: its places count bytes, several hundred for each
 * event, and other people's are among them. 64 MiB have about as many events as 2^17 places of a log that counts them.
 */
export const serverBucketPositions = 2n ** 26n

/** What must hold of the tables of all of them. */
export const laws: readonly Law[] = [...attributionLaws, ...ledgerLaws]
