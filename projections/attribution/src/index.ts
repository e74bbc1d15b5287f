import type { Projection } from '@vouch/projector'
import { fold } from './fold.ts'

/** Touches, conversions, attributions, rewards, exclusions and who is who: all that depends on the same facts. */
export const attribution: Projection = {
  name: 'attribution',
  version: 1,
  tables: new URL('../tables.sql', import.meta.url),
  fold,
}
