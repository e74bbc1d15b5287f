import type { Fact } from './log.ts'
import { type Facts, factsOfType, outOfAccount, ownerOf } from './program.ts'

export interface KnownTouch {
  readonly kind: 'click' | 'signup' | 'coupon' | 'share'
  readonly advocateId: string
  /** The event that it comes from; a coupon's is its conversion. */
  readonly fact: Fact
}

/** What is taken into account and has an owner: touches whose code is known, and shares, which are their sharer's. */
export function knownTouches(facts: Facts): KnownTouch[] {
  const touches: KnownTouch[] = []
  for (const fact of factsOfType(facts, 'click', 'signup', 'conversion', 'share')) {
    if (outOfAccount(facts, fact) !== undefined) continue
    if (fact.type === 'share' && 'advocateId' in fact.data) {
      touches.push({ kind: 'share', advocateId: fact.data.advocateId, fact })
      continue
    }
    const advocateId = fact.data.code === undefined ? undefined : ownerOf(facts, fact.data.code)
    const kind = fact.type === 'conversion' ? 'coupon' : fact.type
    if (advocateId !== undefined) touches.push({ kind, advocateId, fact })
  }
  return touches
}
