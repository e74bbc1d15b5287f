import { durationMs } from './exact.ts'
import { type Fact, inOrder } from './log.ts'
import {
  advocateAt,
  consented,
  countedConversions,
  disqualified,
  type Facts,
  factsOfType,
  outOfAccount,
  ownerOf,
  type Person,
  personOf,
  revokedAt,
  suspendedAt,
  type Version,
} from './program.ts'

/** What a path leads to: a conversion, or a signup without a code that looks for its last touch. */
export type Subject = Fact<'conversion'> | Fact<'signup'>

export interface Touch {
  readonly kind: 'click' | 'signup' | 'coupon'
  readonly code: string
  readonly fact: Fact
}

export interface PathTouch extends Touch {
  readonly advocateId: string
}

/** Every reason that can speak against a touch; of several, the first here is the one to be named. */
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

export interface Path {
  /** In order. */
  readonly touches: readonly PathTouch[]
  /** Without those so far back that not even one as late as the horizon allows could count. */
  readonly lost: readonly { readonly touch: Touch; readonly reasons: readonly TouchReason[] }[]
}

export function pathTo(facts: Facts, subject: Subject, version: Version): Path {
  const person = personOf(facts, subject.data)
  const touches: PathTouch[] = []
  const lost: { touch: Touch; reasons: TouchReason[] }[] = []
  for (const touch of candidates(facts, subject, person)) {
    const reasons = touchReasons.filter((reason) => speaksAgainst(reason, { facts, subject, version, person, touch }))
    const advocateId = ownerOf(facts, touch.code)
    if (reasons.length === 0 && advocateId !== undefined) touches.push({ ...touch, advocateId })
    else lost.push({ touch, reasons })
  }
  const horizon = durationMs(version.terms.attribution.horizon)
  return { touches, lost: lost.filter(({ touch }) => ageBeyondLookback(touch, subject, version) <= horizon) }
}

/** ms by which a touch is too old, or less than zero; a coupon is never too old for its own conversion. */
function ageBeyondLookback({ kind, fact }: Touch, subject: Subject, { terms }: Version): number {
  const lookback = kind === 'coupon' ? 0 : durationMs(terms.attribution.lookback[kind])
  return subject.time - fact.time - lookback
}

function candidates(facts: Facts, subject: Subject, person: Person): Touch[] {
  const touches: Touch[] = []
  for (const fact of factsOfType(facts, 'click')) {
    if (person.visitors.includes(fact.data.visitorId)) touches.push({ kind: 'click', code: fact.data.code, fact })
  }
  for (const fact of factsOfType(facts, 'signup')) {
    const { code, visitorId, customerId } = fact.data
    const theirs =
      person.customers.includes(customerId) || (visitorId !== undefined && person.visitors.includes(visitorId))
    if (code !== undefined && theirs) touches.push({ kind: 'signup', code, fact })
  }
  if (subject.type === 'conversion' && subject.data.code !== undefined) {
    touches.push({ kind: 'coupon', code: subject.data.code, fact: subject })
  }
  return touches.filter((touch) => touch.fact.time <= subject.time).sort((a, b) => inOrder(a.fact, b.fact))
}

interface Case {
  readonly facts: Facts
  readonly subject: Subject
  readonly version: Version
  readonly person: Person
  readonly touch: Touch
}

function speaksAgainst(reason: TouchReason, { facts, subject, version, person, touch }: Case): boolean {
  const { attribution } = version.terms
  const owner = ownerOf(facts, touch.code)
  switch (reason) {
    case 'beyond-horizon':
    case 'no-terms':
      return outOfAccount(facts, touch.fact) === reason
    case 'unknown-code':
      return owner === undefined
    case 'revoked-code':
      return revokedAt(facts, touch.code, touch.fact.time)
    case 'disqualified':
      return disqualified(facts, touch.fact)
    case 'self-referral':
      return attribution.selfReferral !== 'allow' && owner !== undefined && isSelf(facts, owner, subject)
    case 'advocate-suspended':
      return owner !== undefined && suspendedAt(facts, owner, subject.time)
    case 'outside-look-back':
      return ageBeyondLookback(touch, subject, version) > 0
    case 'before-previous-conversion': {
      if (subject.type === 'signup' || touch.kind === 'coupon') return false
      if (attribution.touchReuse !== 'since-last-conversion') return false
      const previous = previousConversion(facts, subject, person)
      return previous !== undefined && touch.fact.time <= previous.time
    }
    case 'no-consent':
      return lacksConsent(facts, subject, version)
  }
}

/** The subject's customer is the advocate's, as the advocate's data stood at the subject's time. */
export function isSelf(facts: Facts, advocateId: string, subject: Subject): boolean {
  const { customerId } = subject.data
  return customerId !== undefined && advocateAt(facts, advocateId, subject.time).customerId === customerId
}

/** The terms ask for consent, and the subject's customer had not given it at the subject's time. */
export function lacksConsent(facts: Facts, subject: Subject, { terms }: Version): boolean {
  const { requireConsent } = terms.attribution
  return requireConsent !== undefined && !consented(facts, subject.data.customerId, requireConsent, subject.time)
}

function previousConversion(facts: Facts, subject: Subject, person: Person): Fact<'conversion'> | undefined {
  return countedConversions(facts).findLast(({ data, ...conversion }) => {
    const same =
      data.customerId !== undefined
        ? person.customers.includes(data.customerId)
        : data.visitorId !== undefined && person.visitors.includes(data.visitorId)
    return same && inOrder(conversion, subject) < 0
  })
}
