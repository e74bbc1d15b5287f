import { inOrder, nameOf, sameCode } from '../../oracle/log.ts'
import { factsOfType, linkStatements, outOfAccount, ownerOf, versionsOf } from '../../oracle/program.ts'
import { knownTouches } from '../../oracle/touches.ts'
import { type CalledForRow, jsonText, rowOf, type Step, timeText, touchIdOf } from './step.ts'

/** Tables that list what happened: the log itself, terms, touches, signups, links, advocates, codes, consents, erasures. */
export interface ListBook {
  readonly touches: Set<string>
  /** Visitors with the UTC days on which a click of theirs is listed. */
  readonly visits: Set<string>
  readonly signups: Set<string>
  readonly links: Set<string>
}

export const emptyListBook = (): ListBook => ({
  touches: new Set(),
  visits: new Set(),
  signups: new Set(),
  links: new Set(),
})

export function listedBy(step: Step, book: ListBook): CalledForRow[] {
  return [
    eventRow(step),
    ...programRow(step),
    ...touchRows(step, book),
    ...signupRows(step, book),
    ...linkRows(step, book),
    ...advocateRow(step),
    ...codeRow(step),
    ...privacyRow(step),
  ]
}

function eventRow(step: Step): CalledForRow {
  const { type, source, id, data } = step.logged.event
  return rowOf(step, 'events', { type, source, event_id: id, data: jsonText(data) })
}

function programRow(step: Step): CalledForRow[] {
  const { fact, facts, logged } = step
  if (fact.type !== 'program.published') return []
  const version = versionsOf(facts).at(-1)
  if (version === undefined) return []
  const { terms, effectiveFrom } = version
  return [
    rowOf(step, 'programs', {
      version: String(version.version),
      name: terms.name,
      currency: terms.currency,
      reward_by: terms.attribution.rewardBy,
      effective_from: timeText(effectiveFrom),
      terms: jsonText(logged.event.data),
    }),
  ]
}

/** A touch is listed once: when its code is known and it is taken into account for the first time. */
function touchRows(step: Step, { touches, visits }: ListBook): CalledForRow[] {
  const known = knownTouches(step.facts).sort((a, b) => inOrder(a.fact, b.fact))
  return known.flatMap(({ kind, advocateId, fact }) => {
    const touchId = touchIdOf(kind, fact)
    if (touches.has(touchId)) return []
    touches.add(touchId)
    const data = fact.data as Readonly<Record<string, string | undefined>>
    const visit = JSON.stringify([data.visitorId, timeText(fact.time).slice(0, 10)])
    const firstOfDay = kind === 'click' && !visits.has(visit)
    if (firstOfDay) visits.add(visit)
    const code = kind === 'share' ? data.code : codeAsIssued(step, data.code ?? '')
    return [
      rowOf(step, 'touches', {
        touch_id: touchId,
        advocate_id: advocateId,
        code,
        kind,
        channel: data.channel,
        visitor_id: data.visitorId,
        customer_id: data.customerId,
        share_id: data.shareId,
        source: fact.source,
        event_id: fact.id,
        first_of_day: firstOfDay ? '1' : '0',
        occurred_at: timeText(fact.time),
      }),
    ]
  })
}

function codeAsIssued({ facts }: Step, code: string): string | undefined {
  return factsOfType(facts, 'code.issued').find((fact) => sameCode(fact.data.code, code))?.data.code
}

function signupRows(step: Step, { signups }: ListBook): CalledForRow[] {
  return factsOfType(step.facts, 'signup').flatMap((signup) => {
    const { customerId, visitorId, code } = signup.data
    if (signups.has(customerId) || outOfAccount(step.facts, signup) !== undefined) return []
    signups.add(customerId)
    return [
      rowOf(step, 'signups', {
        customer_id: customerId,
        visitor_id: visitorId,
        code,
        source: signup.source,
        event_id: signup.id,
        occurred_at: timeText(signup.time),
      }),
    ]
  })
}

/** A statement is listed once, when it first counts; what came too late says nothing. */
function linkRows(step: Step, { links }: ListBook): CalledForRow[] {
  return linkStatements(step.facts).flatMap(({ visitorId, customerId, linked, fact }) => {
    if (links.has(nameOf(fact))) return []
    links.add(nameOf(fact))
    return [
      rowOf(step, 'links', {
        visitor_id: visitorId,
        customer_id: customerId,
        entry: linked ? 'linked' : 'unlinked',
        source: fact.source,
        event_id: fact.id,
        occurred_at: timeText(fact.time),
      }),
    ]
  })
}

/** The advocate as last said by the statements' own times, anew with each statement. */
function advocateRow(step: Step): CalledForRow[] {
  const { fact, facts } = step
  if (!fact.type.startsWith('advocate.') || !('advocateId' in fact.data)) return []
  const { advocateId } = fact.data
  const mine = <T extends { readonly data: { readonly advocateId: string } }>(it: T) =>
    it.data.advocateId === advocateId
  const profiles = factsOfType(facts, 'advocate.enrolled', 'advocate.updated').filter(mine).sort(inOrder)
  const standing = factsOfType(facts, 'advocate.suspended', 'advocate.reinstated').filter(mine).sort(inOrder).at(-1)
  const enrolment = profiles.find(({ type }) => type === 'advocate.enrolled')
  const last = <K extends keyof (typeof profiles)[number]['data']>(field: K) =>
    profiles.findLast(({ data }) => data[field] !== undefined)?.data[field]
  const suspended = standing?.type === 'advocate.suspended'
  return [
    rowOf(step, 'advocates', {
      advocate_id: advocateId,
      kind: last('kind'),
      customer_id: last('customerId'),
      group: last('group'),
      parent_advocate_id: last('parentAdvocateId'),
      attributes: jsonText(last('attributes') ?? {}),
      status: suspended ? 'suspended' : enrolment ? 'active' : 'unknown',
      enrolled_at: enrolment ? timeText(enrolment.time) : 'null',
    }),
  ]
}

/** The code as last said, anew with each word about it once it is issued. */
function codeRow(step: Step): CalledForRow[] {
  const { fact, facts } = step
  if (fact.type !== 'code.issued' && fact.type !== 'code.revoked') return []
  const issued = factsOfType(facts, 'code.issued').find((one) => sameCode(one.data.code, fact.data.code))
  if (issued === undefined) return []
  const owner = ownerOf(facts, fact.data.code)
  const revoked = factsOfType(facts, 'code.revoked')
    .filter((one) => sameCode(one.data.code, fact.data.code) && one.data.advocateId === owner)
    .sort(inOrder)[0]
  return [
    rowOf(step, 'codes', {
      code: issued.data.code,
      advocate_id: owner,
      status: revoked ? 'revoked' : 'issued',
      issued_at: timeText(issued.time),
      revoked_at: revoked ? timeText(revoked.time) : 'null',
    }),
  ]
}

function privacyRow(step: Step): CalledForRow[] {
  const { fact } = step
  const { source, id } = fact
  switch (fact.type) {
    case 'consent.granted':
    case 'consent.withdrawn': {
      const { customerId, purpose } = fact.data
      const entry = fact.type === 'consent.granted' ? 'granted' : 'withdrawn'
      return [rowOf(step, 'consents', { customer_id: customerId, purpose, entry, source, event_id: id })]
    }
    case 'person.forgotten': {
      const { subject, subjectId, reason } = fact.data
      return [rowOf(step, 'erasures', { subject, subject_id: subjectId, reason, source, event_id: id })]
    }
    default:
      return []
  }
}
