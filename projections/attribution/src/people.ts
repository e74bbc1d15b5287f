import { type CompiledTerms, compareOccurrence, insertInOrder, type Occurrence, type Touch } from '@vouch/domain'
import { pagesOf } from './clicks.ts'
import type { Program } from './program.ts'
import { nameOf } from './rows.ts'
import type { Click, ConversionRef, Fact, LinkStatement, SignupState, VisitorState } from './state.ts'
import type { TriggerRef } from './trigger.ts'

/** Who did something: at least one of the two, or nobody known. */
export interface Who {
  readonly customerId?: string | undefined
  readonly visitorId?: string | undefined
}

/**
 * The visitors and customers whose touches count. One step, never further: a customer is all visitors linked to it; a
 * visitor without a customer is, besides itself, all visitors of the customers that it is linked to.
 */
export function circleOf(
  program: Program,
  { customerId, visitorId }: Who,
): { visitors: Set<string>; customers: Set<string> } {
  const visitors = new Set<string>()
  if (visitorId !== undefined) visitors.add(visitorId)
  const customers = new Set<string>()
  if (customerId !== undefined) customers.add(customerId)
  else if (visitorId !== undefined) for (const id of program.customersOf(visitorId)) customers.add(id)
  for (const id of customers) for (const visitor of program.visitorsOf(id)) visitors.add(visitor)
  return { visitors, customers }
}

/**
 * The touches of the people behind a conversion or signup, but for a coupon of its own; in no order. Those that lie too far
 * back for its path to look at them may be left out.
 */
export function touchesOf(program: Program, fact: Who & Fact, terms: CompiledTerms): Touch[] {
  const { visitors, customers } = circleOf(program, fact)
  const since = fact.time - terms.lookbackMs.click - terms.horizonMs
  const touches: Touch[] = []
  const signups = new Set(customers)
  for (const visitorId of visitors) {
    for (const { clicks } of pagesOf(program, visitorId, since, fact.time))
      for (const click of clicks) touches.push(clickTouch(click))
    for (const customerId of program.visitor(visitorId).signups) signups.add(customerId)
  }
  for (const customerId of signups) {
    const signup = program.signup(customerId)
    const touch = signup && signupTouch(signup)
    if (touch) touches.push(touch)
  }
  return touches
}

/** What a touch takes over from its fact. */
export const touchBase = ({ time, source, id, lateMs }: Fact) => ({ time, source, id, lateMs })

export const clickId = ({ source, id }: Occurrence): string => nameOf('click', source, id)

export const clickTouch = (click: Click): Touch => {
  const { source, id, time, lateMs, codeKey, channel } = click
  return { source, id, time, lateMs, touchId: clickId(click), kind: 'click', codeKey, channel }
}

export function signupTouch({ fact }: SignupState): Touch | undefined {
  if (fact.codeKey === undefined) return undefined
  return { ...touchBase(fact), touchId: nameOf('signup', fact.customerId), kind: 'signup', codeKey: fact.codeKey }
}

/** Time of the same person's last conversion before this one, in the order of the contract; undefined if it is the first. */
export function previousConversionAt(program: Program, who: Who, own: Occurrence): number | undefined {
  const { visitors, customers } = circleOf(program, who)
  let latest: ConversionRef | undefined
  const consider = (ref: ConversionRef) => {
    if (compareOccurrence(ref, own) >= 0 || program.isTooLate(ref)) return
    if (!latest || compareOccurrence(ref, latest) > 0) latest = ref
  }
  for (const id of customers) for (const ref of program.customer(id).conversions) consider(ref)
  for (const id of visitors)
    for (const ref of program.visitor(id).conversions) if (ref.customerId === undefined) consider(ref)
  return latest?.time
}

/** Whether the customer has no conversion before this moment. */
export function isFirstOfCustomer(program: Program, customerId: string, own: Occurrence): boolean {
  const first = program.customer(customerId).conversions.find((ref) => !program.isTooLate(ref))
  return first === undefined || compareOccurrence(first, own) >= 0
}

/** Notes what was said about a visitor and a customer. */
export function stateLink(program: Program, visitorId: string, statement: LinkStatement): void {
  const { customerId } = statement
  const visitor = program.visitor(visitorId)
  const known = visitor.links.some((it) => it.customerId === customerId)
  insertInOrder(visitor.links, statement)
  const sure = visitor.links.findLastIndex((it) => it.customerId === customerId && it.lateMs === undefined)
  visitor.links = visitor.links.filter((it, index) => it.customerId !== customerId || index >= sure || it.unlisted)
  program.save('visitor', visitorId, visitor)
  if (known) return
  const customer = program.customer(customerId)
  customer.visitors.push(visitorId)
  program.save('customer', customerId, customer)
}

/** Whether a visitor has bought nothing, and nobody has ever said who it is, as a signup would have. */
const isAlone = ({ links, conversions }: VisitorState): boolean => links.length === 0 && conversions.length === 0

/**
 * Every conversion and signup whose circle may hold this visitor or customer: those of both, of the customers linked to
 * the visitor, and of the visitors linked to any of these customers.
 * @param since leaves out what was before this time, ms: what happens then cannot change it
 */
export function triggersAround(
  program: Program,
  { visitorId, customerId }: Who,
  since = Number.NEGATIVE_INFINITY,
): TriggerRef[] {
  // Most of what happens is a click of somebody of whom nothing else is known.
  if (customerId === undefined && visitorId !== undefined && isAlone(program.visitor(visitorId))) return []
  const customers = new Set<string>(visitorId === undefined ? [] : program.customersOf(visitorId))
  if (customerId !== undefined) customers.add(customerId)
  const visitors = new Set<string>(visitorId === undefined ? [] : [visitorId])
  for (const id of customers) for (const visitor of program.visitorsOf(id)) visitors.add(visitor)
  const ofCustomers = [...customers].flatMap((id) => [
    ...conversionsSince(program.customer(id).conversions, since),
    ...signupSince(program, id, since),
  ])
  const ofVisitors = [...visitors].flatMap((id) => {
    const { conversions, signups } = program.visitor(id)
    return [...conversionsSince(conversions, since), ...signups.flatMap((one) => signupSince(program, one, since))]
  })
  return [...ofCustomers, ...ofVisitors]
}

/**
 * Every conversion and signup that a link between the two, or its end, can change: what the customer did, and what the
 * visitor and those linked to the customer bought as nobody known, all since the visitor was first seen.
 */
export function triggersOfLink(program: Program, visitorId: string, customerId: string): TriggerRef[] {
  const since = firstSeen(program, visitorId)
  const ofNobody = (id: string) => program.visitor(id).conversions.filter((it) => it.customerId === undefined)
  return [
    ...conversionsSince(program.customer(customerId).conversions, since),
    ...signupSince(program, customerId, since),
    ...[visitorId, ...program.visitorsOf(customerId)].flatMap((id) => conversionsSince(ofNobody(id), since)),
  ]
}

/** The time of the first thing that a visitor did, ms; Infinity if it has done nothing. */
function firstSeen(program: Program, visitorId: string): number {
  const { conversions, signups } = program.visitor(visitorId)
  const [oldest] = pagesOf(program, visitorId)
  const facts = [oldest?.clicks[0], conversions[0], ...signups.map((id) => program.signup(id)?.fact)]
  return facts.reduce((first, fact) => Math.min(first, fact?.time ?? first), Number.POSITIVE_INFINITY)
}

const conversionsSince = (conversions: readonly ConversionRef[], since: number): TriggerRef[] =>
  conversions.flatMap(({ conversionId, time }) => (time >= since ? [{ kind: 'conversion', id: conversionId }] : []))

function signupSince(program: Program, customerId: string, since: number): TriggerRef[] {
  const signup = program.signup(customerId)
  return signup && signup.fact.time >= since ? [{ kind: 'signup', id: customerId }] : []
}
