import type { Projection } from '@vouch/projector'
import { fold, followParts } from './fold.ts'

export { ledgerLaws } from './laws.ts'

/** The books: what the rewards that attribution works out, and the payouts of them, move from account to account. */
export const ledger: Projection = {
  name: 'ledger',
  version: 3,
  tables: new URL('../tables.sql', import.meta.url),
  follows: 'attribution',
  fold,
  followParts,
}
