import { describe, expect, it } from 'vitest'
import { eventTypes, isEventType, scopeOf, sentTypes } from './catalog.ts'

describe('the types of events', () => {
  it('need the scope that the contract gives them', () => {
    expect(Object.fromEntries(eventTypes.map((type) => [type, scopeOf(type)]))).toStrictEqual({
      'vouch.click.v1': 'ingest',
      'vouch.share.v1': 'ingest',
      'vouch.signup.v1': 'ingest',
      'vouch.conversion.v1': 'ingest',
      'vouch.conversion.amended.v1': 'ingest',
      'vouch.refund.v1': 'ingest',
      'vouch.identities.linked.v1': 'ingest',
      'vouch.identities.unlinked.v1': 'ingest',
      'vouch.consent.granted.v1': 'ingest',
      'vouch.consent.withdrawn.v1': 'ingest',
      'vouch.program.published.v1': 'admin',
      'vouch.advocate.enrolled.v1': 'admin',
      'vouch.advocate.updated.v1': 'admin',
      'vouch.advocate.suspended.v1': 'admin',
      'vouch.advocate.reinstated.v1': 'admin',
      'vouch.code.issued.v1': 'admin',
      'vouch.code.revoked.v1': 'admin',
      'vouch.touch.disqualified.v1': 'admin',
      'vouch.reward.granted.v1': 'admin',
      'vouch.reward.revoked.v1': 'admin',
      'vouch.person.forgotten.v1': 'admin',
      'vouch.payee.registered.v1': 'admin',
      'vouch.payee.held.v1': 'admin',
      'vouch.payee.released.v1': 'admin',
      'vouch.payout.opened.v1': undefined,
      'vouch.payout.approved.v1': undefined,
      'vouch.payout.cancelled.v1': undefined,
      'vouch.payout.submitted.v1': undefined,
      'vouch.payout.settled.v1': undefined,
      'vouch.payout.failed.v1': undefined,
      'vouch.payout.returned.v1': undefined,
      'vouch.statement.recorded.v1': undefined,
      'vouch.payout.instructed.v1': undefined,
      'vouch.discrepancy.resolved.v1': undefined,
      'vouch.period.closing.v1': undefined,
      'vouch.period.closed.v1': undefined,
      'vouch.balances.converted.v1': undefined,
    })
  })

  it('can be sent, but for those that come from a command', () => {
    expect(eventTypes.filter((type) => !sentTypes.includes(type))).toStrictEqual(
      eventTypes.filter((type) => /^vouch\.(payout|balances|statement|discrepancy|period)\./.test(type)),
    )
  })

  it('are no names that every object has', () => {
    expect(['vouch.click.v1', 'toString', '__proto__', ''].map(isEventType)).toStrictEqual([true, false, false, false])
  })
})
