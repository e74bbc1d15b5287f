import { compareOccurrence, type Occurrence } from '../order.ts'
import type { CompiledTerms } from '../terms/compiled.ts'

export type TouchKind = 'click' | 'signup' | 'coupon'

/** A touch that might have led to a conversion. */
export interface Touch extends Occurrence {
  /** Its name in tables, from its event's identity. */
  readonly touchId: string
  readonly kind: TouchKind
  /** As `codeKey` gives it. */
  readonly codeKey: string
  readonly channel?: string | undefined
  /** How far behind the program's clock it arrived, ms; left out when in time. */
  readonly lateMs?: number | undefined
}

/** Why a touch is not in a path, in order of precedence. */
export const touchReasons = [
  'no-terms',
  'outside-look-back',
  'unknown-code',
  'revoked-code',
  'advocate-suspended',
  'self-referral',
  'disqualified',
  'before-previous-conversion',
  'beyond-horizon',
  'no-consent',
] as const
export type TouchReason = (typeof touchReasons)[number]

export interface PathTouch extends Touch {
  readonly advocateId: string
}

export interface LostTouch extends Touch {
  readonly reason: TouchReason
}

/** What the path asks about the rest of the program. */
export interface Surroundings {
  termsAt(time: number): CompiledTerms | undefined
  /** The code's owner, and from when on it is revoked; undefined while it has not been issued. */
  codeOf(codeKey: string): { readonly advocateId: string; readonly revokedAt: number | undefined } | undefined
  isSuspended(advocateId: string, time: number): boolean
  /** The customer that the advocate was at that time. */
  customerOf(advocateId: string, time: number): string | undefined
  isDisqualified(touch: Occurrence): boolean
}

/** What a path leads to: a conversion, or a signup that came without a code. */
export interface Destination {
  readonly time: number
  readonly customerId: string | undefined
  /** Time of the same person's conversion before it; touches up to then are spent under `since-last-conversion`. */
  readonly previousAt: number | undefined
  /** Whether the customer consents to what the terms require a consent for. */
  readonly consented: boolean
}

/**
 * Sorts the candidates into the path, in order, and those that lost, each with its reason. What came after the
 * destination is neither, nor is what lies so far back that not even a touch as late as the horizon allows could count.
 */
export function choosePath(
  destination: Destination,
  candidates: readonly Touch[],
  terms: CompiledTerms,
  around: Surroundings,
): { readonly path: readonly PathTouch[]; readonly lost: readonly LostTouch[] } {
  const path: PathTouch[] = []
  const lost: LostTouch[] = []
  for (const touch of [...candidates].sort(compareOccurrence)) {
    const age = destination.time - touch.time
    if (age < 0 || age > lookbackOf(touch.kind, terms) + terms.horizonMs) continue
    const code = around.codeOf(touch.codeKey)
    const reason = whyNot(touch, code, destination, terms, around)
    if (reason === undefined && code) path.push({ ...touch, advocateId: code.advocateId })
    else if (reason !== undefined) lost.push({ ...touch, reason })
  }
  return { path, lost }
}

const lookbackOf = (kind: TouchKind, terms: CompiledTerms): number => (kind === 'coupon' ? 0 : terms.lookbackMs[kind])

function whyNot(
  touch: Touch,
  code: ReturnType<Surroundings['codeOf']>,
  { time, customerId, previousAt, consented }: Destination,
  terms: CompiledTerms,
  around: Surroundings,
): TouchReason | undefined {
  const own = around.termsAt(touch.time)
  if (!own) return 'no-terms'
  if (time - touch.time > lookbackOf(touch.kind, terms)) return 'outside-look-back'
  if (!code) return 'unknown-code'
  if (code.revokedAt !== undefined && code.revokedAt <= touch.time) return 'revoked-code'
  if (around.isSuspended(code.advocateId, time)) return 'advocate-suspended'
  if (terms.excludeSelfReferral && customerId !== undefined && around.customerOf(code.advocateId, time) === customerId)
    return 'self-referral'
  if (around.isDisqualified(touch)) return 'disqualified'
  const spent = touch.kind !== 'coupon' && previousAt !== undefined && touch.time <= previousAt
  if (terms.touchReuse === 'since-last-conversion' && spent) return 'before-previous-conversion'
  if ((touch.lateMs ?? 0) > own.horizonMs) return 'beyond-horizon'
  if (!consented) return 'no-consent'
  return undefined
}
