import type { Projection } from '@vouch/projector'
import { fold, foldInParts } from './fold.ts'
import { packedClicks, packedVisitor } from './packing.ts'

export { type ExplainedRule, type Explanation, explainConversion } from './explain.ts'
export { laws } from './laws.ts'
export type { ProgramState } from './state.ts'

/** Touches, conversions, attributions, rewards, exclusions and who is who: all that depends on the same facts. */
export const attribution: Projection = {
  name: 'attribution',
  version: 8,
  tables: new URL('../tables.sql', import.meta.url),
  packings: { visitor: packedVisitor, 'older-clicks': packedClicks },
  fold: (state, logged) => fold(state, logged),
  foldInParts: (state, logged) => foldInParts(state, logged),
}
