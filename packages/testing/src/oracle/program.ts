import { durationMs } from './exact.ts'
import {
  byBytes,
  type DataByType,
  type Fact,
  inOrder,
  nameOf,
  type PublishedTerms,
  sameCode,
  type Terms,
} from './log.ts'

/** Questions about one program, each answered by going through all its facts. Nothing is kept between two questions. */

export type Facts = readonly Fact[]

export function factsOfType<T extends keyof DataByType>(facts: Facts, ...types: T[]): Fact<T>[] {
  return facts.filter((fact) => (types as string[]).includes(fact.type)) as unknown as Fact<T>[]
}

export interface Version {
  readonly version: number
  readonly effectiveFrom: number
  readonly terms: Terms
}

export function versionsOf(facts: Facts): Version[] {
  return factsOfType(facts, 'program.published').map((fact, index) => ({
    version: index + 1,
    effectiveFrom: fact.data.effectiveFrom === undefined ? fact.time : Date.parse(fact.data.effectiveFrom),
    terms: inFull(fact.data),
  }))
}

/** What terms leave out has the value of the contract's example; rules have none. */
function inFull({ attribution, holdDays = 30, rewards = [], ...rest }: PublishedTerms): Terms {
  return {
    ...rest,
    attribution: {
      rewardBy: 'last-touch',
      touchReuse: 'all',
      selfReferral: 'exclude',
      positionBased: { first: 0.4, last: 0.4 },
      timeDecay: { halfLife: '7d' },
      horizon: '90d',
      ...attribution,
      lookback: { click: '30d', signup: '365d', ...attribution?.lookback },
    },
    holdDays,
    rewards,
  }
}

/** Of the versions that are effective at `time`, the one that became so last; of two at once the higher one. */
export function versionAt(facts: Facts, time: number): Version | undefined {
  return versionsOf(facts)
    .filter((version) => version.effectiveFrom <= time)
    .sort((a, b) => a.effectiveFrom - b.effectiveFrom || a.version - b.version)
    .at(-1)
}

/** Why a click, share, signup or conversion is not taken into account at all; undefined if it is. */
export function outOfAccount(facts: Facts, fact: Fact): 'no-terms' | 'beyond-horizon' | undefined {
  const version = versionAt(facts, fact.time)
  if (!version) return 'no-terms'
  return fact.lateMs > durationMs(version.terms.attribution.horizon) ? 'beyond-horizon' : undefined
}

export const isTooLate = (facts: Facts, fact: Fact): boolean => outOfAccount(facts, fact) === 'beyond-horizon'

/** The conversions that are taken into account, in order. */
export function countedConversions(facts: Facts): Fact<'conversion'>[] {
  return factsOfType(facts, 'conversion')
    .filter((conversion) => outOfAccount(facts, conversion) === undefined)
    .sort(inOrder)
}

export interface Advocate {
  readonly customerId?: string | undefined
  readonly parentAdvocateId?: string | undefined
}

/** The advocate as stated up to `time`; before the first statement, as first stated. */
export function advocateAt(facts: Facts, advocateId: string, time: number): Advocate {
  const statements = factsOfType(facts, 'advocate.enrolled', 'advocate.updated')
    .filter((fact) => fact.data.advocateId === advocateId)
    .sort(inOrder)
  const until = statements.filter((fact) => fact.time <= time)
  const relevant = until.length > 0 ? until : statements.slice(0, 1)
  return {
    customerId: relevant.findLast((fact) => fact.data.customerId !== undefined)?.data.customerId,
    parentAdvocateId: relevant.findLast((fact) => fact.data.parentAdvocateId !== undefined)?.data.parentAdvocateId,
  }
}

export function suspendedAt(facts: Facts, advocateId: string, time: number): boolean {
  const last = factsOfType(facts, 'advocate.suspended', 'advocate.reinstated')
    .filter((fact) => fact.data.advocateId === advocateId && fact.time <= time)
    .sort(inOrder)
    .at(-1)
  return last?.type === 'advocate.suspended'
}

/** The advocate whose code this is, enrolled or not; undefined while the code is unknown. */
export function ownerOf(facts: Facts, code: string): string | undefined {
  return factsOfType(facts, 'code.issued').find((fact) => sameCode(fact.data.code, code))?.data.advocateId
}

export function revokedAt(facts: Facts, code: string, time: number): boolean {
  const owner = ownerOf(facts, code)
  return factsOfType(facts, 'code.revoked').some(
    (fact) => sameCode(fact.data.code, code) && fact.time <= time && fact.data.advocateId === owner,
  )
}

export function disqualified(facts: Facts, touch: { source: string; id: string }): boolean {
  return factsOfType(facts, 'touch.disqualified').some((fact) => nameOf(fact.data) === nameOf(touch))
}

/** As last said up to `time`, at the same millisecond included; about nobody, nothing was said. */
export function consented(facts: Facts, customerId: string | undefined, purpose: string, time: number): boolean {
  const last = factsOfType(facts, 'consent.granted', 'consent.withdrawn')
    .filter(({ data }) => data.customerId === customerId && data.purpose === purpose)
    .filter((fact) => fact.time <= time)
    .sort(inOrder)
    .at(-1)
  return last?.type === 'consent.granted'
}

export interface LinkStatement {
  readonly visitorId: string
  readonly customerId: string
  readonly linked: boolean
  readonly fact: Fact
}

/** What was said of visitors and customers, in order, without what came too late. */
export function linkStatements(facts: Facts): LinkStatement[] {
  const statements: LinkStatement[] = []
  for (const fact of factsOfType(facts, 'signup', 'conversion')) {
    const { visitorId, customerId } = fact.data
    if (visitorId === undefined || customerId === undefined || isTooLate(facts, fact)) continue
    statements.push({ visitorId, customerId, linked: true, fact })
  }
  for (const fact of factsOfType(facts, 'identities.linked', 'identities.unlinked')) {
    statements.push({ ...fact.data, linked: fact.type === 'identities.linked', fact })
  }
  return statements.sort((left, right) => inOrder(left.fact, right.fact))
}

/** The pairs whose latest statement asserts them. */
export function linkedPairs(facts: Facts): { visitorId: string; customerId: string }[] {
  const statements = linkStatements(facts)
  return statements
    .filter(
      (one, index) =>
        one.linked &&
        !statements
          .slice(index + 1)
          .some((later) => later.visitorId === one.visitorId && later.customerId === one.customerId),
    )
    .map(({ visitorId, customerId }) => ({ visitorId, customerId }))
    .sort((a, b) => byBytes(a.visitorId, b.visitorId) || byBytes(a.customerId, b.customerId))
}

/** Whose touches a conversion (or a signup that looks for its last touch) may use. */
export interface Person {
  readonly visitors: readonly string[]
  readonly customers: readonly string[]
}

export function personOf(facts: Facts, subject: { visitorId?: string; customerId?: string }): Person {
  const pairs = linkedPairs(facts)
  const customers =
    subject.customerId !== undefined
      ? [subject.customerId]
      : pairs.filter((pair) => pair.visitorId === subject.visitorId).map((pair) => pair.customerId)
  const linkedVisitors = pairs.filter((pair) => customers.includes(pair.customerId)).map((pair) => pair.visitorId)
  return {
    visitors: subject.visitorId === undefined ? linkedVisitors : [subject.visitorId, ...linkedVisitors],
    customers,
  }
}
